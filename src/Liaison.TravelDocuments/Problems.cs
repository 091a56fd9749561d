using Liaison.Api;

namespace Liaison.TravelDocuments;

/// <summary>Every problem that this module can answer beyond Platform's. Published in docs/problems.md.</summary>
internal static class Problems
{
    public static readonly ProblemKind NotIssuingAuthority = new("notIssuingAuthority", 403, "Only the issuing authority writes its documents");
    public static readonly ProblemKind NotOwner = new("notOwner", 403, "Only the owner may see this");
    public static readonly ProblemKind UnknownRecord = new("unknownRecord", 404, "There is no such record");
    public static readonly ProblemKind DuplicateDocument = new("duplicateDocument", 409, "This document is on file and active");
    public static readonly ProblemKind WithdrawnBefore = new("withdrawnBefore", 409, "A record of this document was withdrawn as wrong");
    public static readonly ProblemKind HoldUnchanged = new("holdUnchanged", 409, "The record is on hold already, or is not");
    public static readonly ProblemKind AlreadyWithdrawn = new("alreadyWithdrawn", 409, "The record has ended");
    public static readonly ProblemKind WithdrawalLimit = new("withdrawalLimit", 409, "Your account has ended or hidden very many records today");
    public static readonly ProblemKind IdentityFixed = new("identityFixed", 409, "Issuer, kind and number cannot be changed");
    public static readonly ProblemKind ImportTooLarge = new("importTooLarge", 413, "The file is too large for this path");
    public static readonly ProblemKind UnknownImport = new("unknownImport", 404, "There is no such import");
    public static readonly ProblemKind ImportUnreadable = new("importUnreadable", 400, "The file could not be read");

    /// <param name="existing">Null in the rare case that it ended between the attempt and the look.</param>
    public static Problem Duplicate(Guid? existing) => DuplicateDocument.With(
        existing is null ? "Another record names the same issuer, kind and number." : $"Record {existing} names the same issuer, kind and number. Change or renew that record instead.") with { ExistingId = existing };

    public static Problem Barred(Guid id, string reason, DateTimeOffset endedAt) => WithdrawnBefore.With(string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"Record {id} of it was withdrawn on {endedAt.UtcDateTime:yyyy-MM-dd} as {reason}. If it is reported anew, send reentry: true and say in why what happened."))
        with { ExistingId = id };

    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        NotIssuingAuthority, NotOwner, UnknownRecord, DuplicateDocument, WithdrawnBefore, HoldUnchanged, AlreadyWithdrawn, WithdrawalLimit, IdentityFixed,
        ImportTooLarge, ImportUnreadable, UnknownImport,
    ];
}

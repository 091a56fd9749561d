using Liaison.Api;
using Liaison.Kernel.Parsing;

namespace Liaison.Platform.Web;

/// <summary>Every problem that Platform itself can answer. Published in docs/problems.md.</summary>
public static class PlatformProblems
{
    public static readonly ProblemKind Unauthenticated = new("unauthenticated", 401, "Who is calling is not known");
    public static readonly ProblemKind PermissionMissing = new("permissionMissing", 403, "The caller may not do this");
    public static readonly ProblemKind UnitNotGranted = new("unitNotGranted", 403, "The bureau does not let this unit do this");
    public static readonly ProblemKind NoAgreement = new("noAgreement", 403, "The member has no agreement for this");
    public static readonly ProblemKind PurposeNotAgreed = new("purposeNotAgreed", 403, "Not for this purpose");
    public static readonly ProblemKind TlsRequired = new("tlsRequired", 403, "The hub answers over TLS only");
    public static readonly ProblemKind NotFound = new("notFound", 404, "There is no such thing here");
    public static readonly ProblemKind MethodNotAllowed = new("methodNotAllowed", 405, "This path does not take this method");
    public static readonly ProblemKind BodyTimeout = new("bodyTimeout", 408, "The body came too slowly");
    public static readonly ProblemKind BodyTooLarge = new("bodyTooLarge", 413, "The body is too large");
    public static readonly ProblemKind UnsupportedMediaType = new("unsupportedMediaType", 415, "The body has another media type");
    public static readonly ProblemKind UnsupportedContent = new("unsupportedContent", 415, "A file of this kind is not taken");
    public static readonly ProblemKind MalformedBody = new("malformedBody", 400, "The body could not be read");
    public static readonly ProblemKind InvalidRequest = new("invalidRequest", 400, "The request breaks a rule");
    public static readonly ProblemKind VersionConflict = new("versionConflict", 412, "Somebody changed the record meanwhile");
    public static readonly ProblemKind VersionRequired = new("versionRequired", 428, "Say which version you change");
    public static readonly ProblemKind IdempotencyKeyReused =
        new("idempotencyKeyReused", 422, "This Idempotency-Key was used for another request");
    public static readonly ProblemKind EventsGone = new("eventsGone", 410, "Events after this cursor are no longer kept");
    public static readonly ProblemKind TooManyRequests = new("tooManyRequests", 429, "Too many requests");
    public static readonly ProblemKind Fault = new("fault", 500, "The hub failed");
    public static readonly ProblemKind NotYetVisible = new("notYetVisible", 503, "Written, and not yet seen by searches");
    public static readonly ProblemKind Unavailable = new("unavailable", 503, "The hub cannot answer now");

    public static readonly ProblemKind DiskNearlyFull = new("diskNearlyFull", 507, "The hub has too little room left to write");

    /// <summary>Bad input, field by field.</summary>
    public static Problem Invalid(IReadOnlyList<FieldProblem> problems) => InvalidRequest.With(
        problems.Count == 1 ? problems[0].Message : $"{problems.Count} fields are at fault; each is listed in errors.",
        [.. problems.Select(FieldFault.Of)]);

    public static IReadOnlyList<ProblemKind> OfEveryRoute { get; } =
        [Unauthenticated, PermissionMissing, UnitNotGranted, NoAgreement, PurposeNotAgreed, InvalidRequest, TooManyRequests, Fault, Unavailable];

    public static IReadOnlyList<ProblemKind> OfEveryBody { get; } = [MalformedBody, BodyTimeout, BodyTooLarge, UnsupportedMediaType];

    public static IReadOnlyList<ProblemKind> OfEveryWrite { get; } = [IdempotencyKeyReused, NotYetVisible, DiskNearlyFull];

    public static IReadOnlyList<ProblemKind> All { get; } =
        [.. OfEveryRoute, .. OfEveryBody, .. OfEveryWrite, NotFound, MethodNotAllowed, TlsRequired, VersionConflict, VersionRequired, UnsupportedContent, EventsGone, .. Webhooks.WebhookRoutes.Problems];
}

using System.Globalization;
using Liaison.Platform.Codes;

namespace Liaison.TravelDocuments.Domain;

/// <summary>The code lists of this dataset (<c>data/travel-documents/</c>).</summary>
internal static class DocumentCodes
{
    public const string StolenBlank = "stolenBlank";

    public static CodeList Kinds { get; } = Read("kinds");

    public static CodeList Statuses { get; } = Read("statuses");

    public static CodeList Reasons { get; } = Read("reasons");

    public static CodeList Withdrawals { get; } = Read("withdrawals");

    /// <summary>What an owner may give as the reason of an end, as a sentence lists them.</summary>
    public static string OwnersWithdrawals { get; } = Sentence([.. Withdrawals.Codes.Where(MayEnd)]);

    /// <summary>Reasons after which a document is not recorded again unseen: its holder would be stopped for what is known to be wrong.</summary>
    public static IReadOnlyList<string> WrongReports { get; } = [.. Withdrawals.Codes.Where(reason => Withdrawals.Value(reason, "wrong") == "yes")];

    /// <summary>The number that stands for a kind in the matching index: stable, 0–31.</summary>
    public static byte KindBit(string kind) => byte.Parse(Kinds.Value(kind, "bit"), CultureInfo.InvariantCulture);

    /// <summary>True when an owner may end a record for the reason; the hub alone gives the others.</summary>
    public static bool MayEnd(string reason) => Withdrawals.Has(reason) && Withdrawals.Value(reason, "by") == "owner";

    /// <summary>True when the reason may be given for the status.</summary>
    public static bool ReasonFits(string reason, string status) => Reasons.Value(reason, "statuses").Split(' ').Contains(status);

    /// <summary>These two need a reason code and a legal basis: they are the states that a state can abuse.</summary>
    public static bool NeedsReason(string status) => status is "revoked" or "invalid";

    private static string Sentence(string[] codes) => $"{string.Join(", ", codes[..^1])} or {codes[^1]}";

    private static CodeList Read(string name) => CodeList.Embedded(typeof(DocumentCodes).Assembly, name);
}

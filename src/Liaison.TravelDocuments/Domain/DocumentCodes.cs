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

    /// <summary>The number that stands for a kind in the matching index: stable, 0–31.</summary>
    public static byte KindBit(string kind) => byte.Parse(Kinds.Value(kind, "bit"), CultureInfo.InvariantCulture);

    /// <summary>True when the reason may be given for the status.</summary>
    public static bool ReasonFits(string reason, string status) => Reasons.Value(reason, "statuses").Split(' ').Contains(status);

    /// <summary>These two need a reason code and a legal basis: they are the states that a state can abuse.</summary>
    public static bool NeedsReason(string status) => status is "revoked" or "invalid";

    private static CodeList Read(string name) => CodeList.Embedded(typeof(DocumentCodes).Assembly, name);
}

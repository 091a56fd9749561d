namespace Liaison.Platform.Codes;

/// <summary>Whether a receiver may pass on what it was told: <c>data/onward-transfers.csv</c>.</summary>
public static class OnwardTransfers
{
    public const string Allowed = "allowed", AskOwner = "askOwner";

    public static CodeList List { get; } = CodeList.Embedded(typeof(OnwardTransfers).Assembly, "onward-transfers");

    /// <summary>What holds: what the owner said, but at least <c>askOwner</c> where a handling code demands it.</summary>
    /// <param name="said">A code, or null where the owner said nothing.</param>
    /// <param name="handling">Null where the owner said nothing.</param>
    public static string Effective(string? said, HandlingCodes? handling) =>
        said is null or Allowed ? handling?.AsksOwner is true ? AskOwner : Allowed : said;
}

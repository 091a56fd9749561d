using System.Globalization;

namespace Liaison.Bench;

/// <summary>How much of everything; named in the table.</summary>
internal sealed record Sizes
{
    public const int Connections = 256;

    public required long Documents { get; init; }

    public required long Few { get; init; }

    public required long Many { get; init; }

    public required int ImportRows { get; init; }

    public required int BatchDocuments { get; init; }

    /// <summary>For so long each server is asked before it counts: a hub answers more than half as much again once the runtime has compiled what is asked often.</summary>
    public required TimeSpan WarmUp { get; init; }

    public required TimeSpan Round { get; init; }

    public required TimeSpan LatencyRound { get; init; }

    public static Sizes Full { get; } = new()
    {
        Documents = 10_000_000,
        Few = 1_000_000,
        Many = 50_000_000,
        ImportRows = 10_000_000,
        BatchDocuments = 4_000_000,
        WarmUp = TimeSpan.FromSeconds(20),
        Round = TimeSpan.FromSeconds(10),
        LatencyRound = TimeSpan.FromSeconds(20),
    };

    public static Sizes Quick { get; } = new()
    {
        Documents = 1_000_000,
        Few = 1_000_000,
        Many = 5_000_000,
        ImportRows = 100_000,
        BatchDocuments = 400_000,
        WarmUp = TimeSpan.FromSeconds(5),
        Round = TimeSpan.FromSeconds(1),
        LatencyRound = TimeSpan.FromSeconds(1),
    };

    public static string Name(long count) => count >= 1_000_000
        ? (count / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + " M"
        : (count / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + " k";
}

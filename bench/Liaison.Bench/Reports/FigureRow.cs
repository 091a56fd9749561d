using Liaison.Bench.Servers;

namespace Liaison.Bench.Reports;

/// <summary>One line of the table.</summary>
/// <param name="Figure">What was measured, with its size.</param>
/// <param name="Ours">The hub's figure; null when it could not be measured.</param>
/// <param name="Peer">The peer's in the same run; null without a peer.</param>
/// <param name="Unit">Of both.</param>
internal sealed record FigureRow(string Figure, double? Ours, double? Peer, string Unit)
{
    /// <summary>The median of the rounds' ratios; null without a peer.</summary>
    public double? Ratio { get; init; }

    /// <summary>The lowest and the highest of the rounds, of the ratio or, without a peer, of our figure.</summary>
    public (double Low, double High)? Spread { get; init; }

    /// <summary>What is asked of the ratio or, without a peer, of our figure; null when it is only reported.</summary>
    public Bar? Bar { get; init; }

    public string Note { get; init; } = "";

    /// <summary>Null when there is no bar. What could not be measured has not met its bar.</summary>
    public bool? Met => Bar is null ? null : Ours is not null && (Peer is null ? Ours : Ratio) is { } value && Bar.IsMetBy(value);

    /// <summary>From rounds in which one side followed the other: each round's ratio is of neighbours in time.</summary>
    /// <exception cref="BenchException">A round measured nothing: a ratio with it would be none.</exception>
    public static FigureRow Of(string figure, string unit, IReadOnlyList<double> ours, IReadOnlyList<double> peer, Bar bar)
    {
        if (ours.Concat(peer).Any(value => value <= 0))
            throw new BenchException($"{figure}: a server answered nothing in a whole round. The machine is too busy to measure on; run again when it is idle.");
        double[] ratios = [.. ours.Zip(peer, (mine, other) => mine / other)];
        return new(figure, Median(ours), Median(peer), unit) { Ratio = Median(ratios), Spread = (ratios.Min(), ratios.Max()), Bar = bar };
    }

    public static FigureRow Alone(string figure, string unit, IReadOnlyList<double> ours, Bar? bar) =>
        new(figure, Median(ours), null, unit) { Spread = (ours.Min(), ours.Max()), Bar = bar };

    public static FigureRow Missing(string figure, string unit, Bar? bar, string why) => new(figure, null, null, unit) { Bar = bar, Note = why };

    public static double Median(IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

/// <summary>What a figure must reach.</summary>
/// <param name="Unit">Behind the value: × for a ratio.</param>
internal sealed record Bar(double Value, bool IsMost, string Unit)
{
    public static Bar AtLeast(double ratio) => new(ratio, false, "×");

    public static Bar AtMost(double value, string unit = "×") => new(value, true, unit);

    public bool IsMetBy(double value) => IsMost ? value <= Value : value >= Value;
}

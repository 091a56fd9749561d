using System.Numerics;

namespace Liaison.Bench.Clients;

/// <summary>Counts durations in nanoseconds, to within one in 128 of their value.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class Histogram
{
    private const int Steps = 7;
    private readonly long[] counts = new long[(64 - Steps + 1) << Steps];

    public long Count { get; private set; }

    public void Add(long nanoseconds)
    {
        counts[Bucket(Math.Max(0, nanoseconds))]++;
        Count++;
    }

    public void Add(Histogram other)
    {
        for (var i = 0; i < counts.Length; i++) counts[i] += other.counts[i];
        Count += other.Count;
    }

    /// <summary>The duration that so large a part stays at or below, in milliseconds, rounded up.</summary>
    /// <param name="part">Above 0, at most 1.</param>
    public double MillisecondsAt(double part)
    {
        var wanted = (long)Math.Ceiling(Count * part);
        long seen = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= wanted && seen > 0) return Highest(i) / 1e6;
        }

        return 0;
    }

    private static int Bucket(long value)
    {
        var magnitude = 63 - BitOperations.LeadingZeroCount((ulong)value | (1ul << Steps));
        var shift = magnitude - Steps;
        return (shift << Steps) + (int)(value >> shift);
    }

    private static double Highest(int bucket)
    {
        if (bucket < 2 << Steps) return bucket;
        var shift = (bucket >> Steps) - 1;
        return (((long)(bucket - (shift << Steps)) + 1) << shift) - 1;
    }
}

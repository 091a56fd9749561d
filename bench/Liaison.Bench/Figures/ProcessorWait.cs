using System.Diagnostics;
using Liaison.Bench.Clients;

namespace Liaison.Bench.Figures;

/// <summary>
/// How long whoever comes at any moment waits until a thread has a processor that does nothing but run, as many of them as there are processors: what the machine takes, and
/// whatever else runs on it, by the same count as an open-loop client. Nobody asks the hub meanwhile; it and PostgreSQL are there.
/// </summary>
internal static class ProcessorWait
{
    /// <summary>So often somebody comes.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromMicroseconds(100);

    public static Histogram Measure(TimeSpan duration, CancellationToken stop)
    {
        var waits = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Histogram()).ToArray();
        Thread[] threads = [.. waits.Select(own => new Thread(() => Run(own, duration, stop)))];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        stop.ThrowIfCancellationRequested();
        foreach (var other in waits.Skip(1)) waits[0].Add(other);
        return waits[0];
    }

    private static void Run(Histogram waits, TimeSpan duration, CancellationToken stop)
    {
        var began = Stopwatch.GetTimestamp();
        for (var due = TimeSpan.Zero; due < duration && !stop.IsCancellationRequested;)
        {
            var now = Stopwatch.GetElapsedTime(began);
            for (; due <= now; due += Every) waits.Add((long)(now - due).TotalNanoseconds);
        }
    }
}

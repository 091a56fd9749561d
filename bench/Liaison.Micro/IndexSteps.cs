using System.Globalization;
using BenchmarkDotNet.Attributes;
using Liaison.Matching;

namespace Liaison.Micro;

/// <summary>
/// Probes of a segment of two million numbers, which is far more than a processor's caches hold: each call asks another question, so that
/// its memory is cold as that of a real one is.
/// </summary>
[MemoryDiagnoser]
public class IndexSteps
{
    private const int Numbers = 2_000_000, Asked = 1 << 20, Together = 512;
    private const ulong Scatter = 0x9E37_79B9_7F4A_7C15;

    private readonly Question[] misses = new Question[Asked];
    private readonly Question[] hits = new Question[Asked];
    private readonly Question[] near = new Question[Asked];
    private readonly SearchResult[] results = new SearchResult[Together];
    private string folder = "";
    private NumberIndex index = null!;
    private int next;

    [GlobalSetup]
    public void Setup()
    {
        folder = Directory.CreateTempSubdirectory("liaison-micro-").FullName;
        index = NumberIndex.Open(Path.Combine(folder, "index"), out _);
        using (var load = index.BeginLoad(new IndexOrigin(Guid.NewGuid(), Guid.NewGuid())))
        {
            for (var i = 0; i < Numbers; i++) load.Add(new IndexedNumber(i + 1, Key(i), 1, 0));
            load.Publish(default, CancellationToken.None);
        }

        for (var i = 0; i < Asked; i++)
        {
            misses[i] = new() { Number = Key(Numbers + i), Issuer = 1 };
            hits[i] = new() { Number = Key(i), Issuer = 1 };
            near[i] = misses[i] with { Near = true };
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        index.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Benchmark]
    public int ProbeMiss() => index.Search(misses[next++ & (Asked - 1)], 10).Candidates.Count;

    [Benchmark]
    public int ProbeHit() => index.Search(hits[next++ & (Asked - 1)], 10).Candidates.Count;

    [Benchmark]
    public int ProbeNear() => index.Search(near[next++ & (Asked - 1)], 10).Candidates.Count;

    /// <summary>Time for one question of those that are asked together.</summary>
    [Benchmark(OperationsPerInvoke = Together)]
    public int ProbeMany()
    {
        var from = next & (Asked - 1) & ~(Together - 1);
        next += Together;
        index.SearchMany(misses.AsSpan(from, Together), 10, results);
        return results[0].Candidates.Count;
    }

    /// <summary>Nine characters, distinct: multiplication by an odd number is a bijection of 64 bits, and the low 36 of them too.</summary>
    private static NumberKey Key(int i)
    {
        var scattered = unchecked((ulong)i * Scatter) & 0xF_FFFF_FFFF;
        return NumberKey.TryParse(scattered.ToString("X9", CultureInfo.InvariantCulture), out var key)
            ? key
            : throw new InvalidOperationException("A number is none.");
    }
}

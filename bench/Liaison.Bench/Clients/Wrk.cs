using System.Globalization;
using Liaison.Bench.Servers;

namespace Liaison.Bench.Clients;

/// <summary>The load generator wrk, with the bodies of a list.</summary>
/// <param name="Script">Where <c>search.lua</c> lies.</param>
/// <param name="Lists">The files of questions without their number, one for each thread.</param>
internal sealed record Wrk(string Script, string Lists)
{
    public const int Threads = 2;

    public IEnumerable<string> Files => Enumerable.Range(0, Threads).Select(i => Lists + i.ToString(CultureInfo.InvariantCulture));

    /// <exception cref="BenchException">An answer was no success, or wrk failed.</exception>
    public async Task<LoadResult> RunAsync(HttpTarget target, int connections, TimeSpan duration, CancellationToken stop)
    {
        string[] arguments =
        [
            "-t", Threads.ToString(CultureInfo.InvariantCulture), "-c", connections.ToString(CultureInfo.InvariantCulture),
            "-d", Math.Max(1, (int)Math.Round(duration.TotalSeconds)).ToString(CultureInfo.InvariantCulture) + "s", "--timeout", "10s",
            "-s", Script, target.Address.GetLeftPart(UriPartial.Authority), "--", Lists, target.Path, target.Token,
        ];
        var output = await Programs.OutputAsync("wrk", arguments, stop);
        var line = output.Split('\n').LastOrDefault(l => l.StartsWith("result ", StringComparison.Ordinal))
            ?? throw new BenchException("wrk gave no result: " + output);
        var figures = line.Split(' ').Skip(1).Select(f => long.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        if (figures[2] + figures[3] > 0)
            throw new BenchException($"{target.Address}: {figures[3]} answers were no success, {figures[2]} requests failed.");
        return new(figures[0], 0, (int)figures[4], TimeSpan.FromMicroseconds(figures[1]), new Histogram());
    }
}

/// <summary>What is asked over HTTP, by whom.</summary>
internal sealed record HttpTarget(Uri Address, string Path, string Token);

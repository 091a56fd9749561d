using Liaison.Bench.Clients;
using Liaison.Bench.Corpora;
using Liaison.Bench.Peers;
using Liaison.Bench.Reports;
using Liaison.Bench.Servers;

namespace Liaison.Bench.Figures;

/// <summary>How long an answer takes at half of what the hub can do, asked by a client whose requests have their times.</summary>
internal static class Latency
{
    public static async Task<IReadOnlyList<FigureRow>> RunAsync(Bench bench, CancellationToken stop)
    {
        var main = await bench.MainAsync(stop);
        main.SearchesPerSecond ??= await MeasureAsync(bench, main, stop);
        var rate = main.SearchesPerSecond.Value / 2;
        var (p50, p99, p999) = (new List<double>(), new List<double>(), new List<double>());
        var (bare, disk, processor) = (new List<double>(), new List<double>(), new List<double>());
        await using var kestrel = await Peer.StartAsync("bare", Bench.HubProgram, "", stop);
        for (var round = 0; round <= bench.Options.Rounds; round++)
        {
            var seen = Ask(bench, main, main.Hub.Address.Port, rate, stop);
            // What the same machine and client do to a server that does next to nothing.
            var peer = Ask(bench, main, kestrel.Address.Port, rate, stop);
            var wait = DiskWait.Measure(bench.Folder, bench.Sizes.LatencyRound / 2, stop);
            var turn = ProcessorWait.Measure(bench.Sizes.LatencyRound / 2, stop);
            if (round == 0) continue;
            p50.Add(seen.MillisecondsAt(0.5));
            p99.Add(seen.MillisecondsAt(0.99));
            p999.Add(seen.MillisecondsAt(0.999));
            bare.Add(peer.MillisecondsAt(0.99));
            disk.Add(wait.MillisecondsAt(0.99));
            processor.Add(turn.MillisecondsAt(0.99));
            bench.Say($"latency at {rate:F0} a second: p50 {p50[^1]:F2}, p99 {p99[^1]:F2}, p99.9 {p999[^1]:F2} ms; p99 of bare Kestrel {bare[^1]:F2}, of the disk {disk[^1]:F2}, of the processors {processor[^1]:F2} ms");
        }

        var size = Sizes.Name(bench.Sizes.Documents);
        var note = $"{rate:F0} searches a second over {Sizes.Connections} connections, latency from the time a request was due";
        return
        [
            FigureRow.Alone($"single search, {size}, at half of the maximum rate: p99", "ms", p99, Bar.AtMost(10, "ms")) with { Note = note },
            FigureRow.Alone($"single search, {size}, at half of the maximum rate: p50", "ms", p50, null),
            FigureRow.Alone($"single search, {size}, at half of the maximum rate: p99.9", "ms", p999, null),
            FigureRow.Alone("bare Kestrel at the same rate: p99", "ms", bare, null),
            FigureRow.Alone("the disk alone, a durable write of 16 KiB after any moment: p99", "ms", disk, null),
            FigureRow.Alone("the processors alone, until a thread runs after any moment: p99", "ms", processor, null),
        ];
    }

    private static Histogram Ask(Bench bench, MainDataset main, int port, double rate, CancellationToken stop)
    {
        var count = (int)(rate * bench.Sizes.LatencyRound.TotalSeconds) + 1;
        var bodies = Enumerable.Range(0, count).Select(_ => Questions.Body(main.Questions.Next()));
        var seen = new LoadClient(port, Sizes.Connections, Protocol.Http)
            .RunOpen(RequestList.Http(Hub.SearchPath, Hub.Token, bodies), rate, bench.Sizes.LatencyRound, stop);
        return seen.Bad > 0 ? throw new BenchException($"{seen.Bad} requests of the latency run were answered with an error.") : seen.Latencies;
    }

    private static async Task<double> MeasureAsync(Bench bench, MainDataset main, CancellationToken stop)
    {
        var rates = new List<double>();
        await bench.WarmUpAsync(main.Questions, stop, main.Hub.Search);
        for (var round = 1; round <= bench.Options.Rounds; round++)
        {
            await main.Questions.WriteAsync(bench.Wrk.Files, Lists.Lines(bench.Sizes.Round, Wrk.Threads), stop);
            rates.Add((await bench.Wrk.RunAsync(main.Hub.Search, Sizes.Connections, bench.Sizes.Round, stop)).PerSecond);
        }

        return FigureRow.Median(rates);
    }
}

using System.Diagnostics;
using Liaison.Bench.Clients;
using Liaison.Bench.Corpora;
using Liaison.Bench.Reports;
using Liaison.Bench.Servers;

namespace Liaison.Bench.Figures;

/// <summary>Single searches over many documents against few: two hubs, asked in turn. Only documents that can be hit have rows.</summary>
internal sealed class Scale(Bench bench)
{
    private const int CanHit = 20_000;

    public async Task<IReadOnlyList<FigureRow>> RunAsync(CancellationToken stop)
    {
        await using var few = await StartAsync("few", bench.Sizes.Few, stop);
        await using var many = await StartAsync("many", bench.Sizes.Many, stop);
        var (ours, peer) = (new List<double>(), new List<double>());
        await few.WarmUpAsync(bench, stop);
        await many.WarmUpAsync(bench, stop);
        for (var round = 1; round <= bench.Options.Rounds; round++)
        {
            peer.Add(await few.RoundAsync(bench, stop));
            ours.Add(await many.RoundAsync(bench, stop));
            bench.Say($"round {round}: {Sizes.Name(bench.Sizes.Few)} {peer[^1]:F0}, {Sizes.Name(bench.Sizes.Many)} {ours[^1]:F0} a second");
        }

        return
        [
            FigureRow.Of($"single search, {Sizes.Name(bench.Sizes.Many)} / {Sizes.Name(bench.Sizes.Few)}", "/s", ours, peer, Bar.AtLeast(0.85)) with
            {
                Note = $"segments built from generated keys; {CanHit} documents of each, from which hits are drawn, have rows",
            },
            FigureRow.Alone($"start with {Sizes.Name(bench.Sizes.Many)} documents on disk, until ready", "s", [many.Start.TotalSeconds], null) with
            {
                Note = "once: from the start of the process, every byte of the segments verified",
            },
        ];
    }

    private async Task<Side> StartAsync(string name, long documents, CancellationToken stop)
    {
        bench.Say($"building segments of {Sizes.Name(documents)} documents");
        var database = await HubDatabase.CreateAsync(bench.Cluster, "bench_" + name, stop);
        var stride = documents / CanHit;
        await database.LoadAsync(Enumerable.Range(0, CanHit).Select(i => (i * stride + 1, MainDataset.Corpus.At(i * stride))), stop);
        var node = Path.Combine(bench.Folder, "node-" + name);
        IndexSegments.Build(Path.Combine(node, "index", "travelDocuments"), await database.OriginAsync(stop), MainDataset.Corpus, documents, stop);
        var began = Stopwatch.GetTimestamp();
        var hub = await Hub.StartAsync(Bench.HubProgram, node, database, stop);
        return new(hub, database, Stopwatch.GetElapsedTime(began), new Questions(MainDataset.Corpus, documents, CanHit, n => n * stride), node);
    }

    private sealed class Side(Hub hub, HubDatabase database, TimeSpan start, Questions questions, string folder) : IAsyncDisposable
    {
        public TimeSpan Start => start;

        public Task WarmUpAsync(Bench bench, CancellationToken stop) => bench.WarmUpAsync(questions, stop, hub.Search);

        public async Task<double> RoundAsync(Bench bench, CancellationToken stop)
        {
            await questions.WriteAsync(bench.Wrk.Files, Lists.Lines(bench.Sizes.Round, Wrk.Threads), stop);
            await database.CheckpointAsync(stop);
            return (await bench.Wrk.RunAsync(hub.Search, Sizes.Connections, bench.Sizes.Round, stop)).PerSecond;
        }

        public async ValueTask DisposeAsync()
        {
            await hub.DisposeAsync();
            await database.DropAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }
}

using Liaison.Bench.Clients;
using Liaison.Bench.Peers;
using Liaison.Bench.Reports;
using Liaison.Bench.Servers;

namespace Liaison.Bench.Figures;

/// <summary>
/// Single searches over HTTP, with token and durable audit, against the three peers: each round asks all four servers, one after the other,
/// and the three over HTTP the very same bodies.
/// </summary>
internal sealed class SingleSearch(Bench bench)
{
    private readonly List<double> hub = [], bare = [], sql = [], redis = [];
    private int repeated;

    public async Task<IReadOnlyList<FigureRow>> RunAsync(CancellationToken stop)
    {
        var main = await bench.MainAsync(stop);
        await main.Database.AsAdminAsync(SqlEndpoint.Schema, stop);
        var store = await main.RedisAsync(stop);
        await using var kestrel = await Peer.StartAsync("bare", Bench.HubProgram, "", stop);
        await using var statements = await Peer.StartAsync("sql", Bench.HubProgram, main.Database.App, stop);
        HttpTarget bareTarget = new(kestrel.Address, Hub.SearchPath, Hub.Token), sqlTarget = new(statements.Address, Hub.SearchPath, Hub.Token);

        bench.Say("single searches: warming up");
        await bench.WarmUpAsync(main.Questions, stop, main.Hub.Search, bareTarget, sqlTarget);
        AskRedis(main, store, stop);
        for (var round = 1; round <= bench.Options.Rounds; round++)
        {
            await RoundAsync(main, store, bareTarget, sqlTarget, stop);
            bench.Say($"round {round}: hub {hub[^1]:F0}, bare Kestrel {bare[^1]:F0}, SELECT and INSERT {sql[^1]:F0}, Redis {redis[^1]:F0} a second");
        }

        main.SearchesPerSecond = FigureRow.Median(hub);
        var (size, found) = (Sizes.Name(bench.Sizes.Documents), await main.Database.AuditedAsync(stop));
        var asked = found.Values.Sum();
        var note = $"{asked} searches audited, {100.0 * (asked - found.GetValueOrDefault("notKnown")) / asked:F2} % of them found something"
            + (repeated > 0 ? $"; a list of questions began anew {repeated} times within a round" : "; no question was asked twice");
        return
        [
            FigureRow.Of($"single search, {size}, {Sizes.Connections} connections / bare Kestrel", "/s", hub, bare, Bar.AtLeast(0.5)) with { Note = note },
            FigureRow.Of($"single search, {size} / SELECT and INSERT", "/s", hub, sql, Bar.AtLeast(4)),
            FigureRow.Of($"single search, {size} / Redis GET", "/s", hub, redis, Bar.AtLeast(0.8)),
        ];
    }

    private async Task RoundAsync(MainDataset main, RedisServer store, HttpTarget bareTarget, HttpTarget sqlTarget, CancellationToken stop)
    {
        var each = Lists.Lines(bench.Sizes.Round, Wrk.Threads);
        await main.Questions.WriteAsync(bench.Wrk.Files, each, stop);
        await main.Database.CheckpointAsync(stop);
        hub.Add(await HttpAsync(main.Hub.Search, stop));
        bare.Add(await HttpAsync(bareTarget, stop));
        await main.Database.CheckpointAsync(stop);
        sql.Add(await HttpAsync(sqlTarget, stop));
        redis.Add(AskRedis(main, store, stop));
    }

    private double AskRedis(MainDataset main, RedisServer store, CancellationToken stop)
    {
        var keys = Enumerable.Range(0, Lists.Lines(bench.Sizes.Round, 1)).Select(_ => main.Questions.Next());
        return store.Get(keys, Sizes.Connections, pipeline: 1, bench.Sizes.Round, stop).PerSecond;
    }

    private async Task<double> HttpAsync(HttpTarget target, CancellationToken stop)
    {
        var result = await bench.Wrk.RunAsync(target, Sizes.Connections, bench.Sizes.Round, stop);
        repeated += result.Repeated;
        return result.PerSecond;
    }
}

internal static class Lists
{
    /// <summary>More than any server here answers in a second.</summary>
    private const int FastestPerSecond = 120_000;

    /// <summary>How many questions a list needs so that none is asked twice in a round.</summary>
    public static int Lines(TimeSpan round, int lists) => (int)(FastestPerSecond * Math.Max(1, round.TotalSeconds) / lists);
}

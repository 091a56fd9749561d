using Liaison.Bench.Corpora;
using Liaison.Bench.Servers;

namespace Liaison.Bench;

/// <summary>The documents that most figures ask for: in the database, behind a hub, and in Redis.</summary>
internal sealed class MainDataset : IAsyncDisposable
{
    private RedisServer? redis;

    private MainDataset(Bench bench, HubDatabase database, Hub hub, Questions questions) =>
        (Bench, Database, Hub, Questions) = (bench, database, hub, questions);

    public Bench Bench { get; }

    public HubDatabase Database { get; }

    public Hub Hub { get; }

    public Questions Questions { get; }

    public static Corpus Corpus { get; } = Corpus.OfEverybody();

    /// <summary>The hub's searches a second, once measured.</summary>
    public double? SearchesPerSecond { get; set; }

    public static async Task<MainDataset> StartAsync(Bench bench, CancellationToken stop)
    {
        var documents = bench.Sizes.Documents;
        bench.Say($"loading {Sizes.Name(documents)} documents into PostgreSQL");
        var database = await HubDatabase.CreateAsync(bench.Cluster, "bench_main", stop);
        await database.LoadAsync(Places(documents).Select(place => (place + 1, Corpus.At(place))), stop);
        bench.Say("starting the hub: it builds its index from the database");
        var hub = await Hub.StartAsync(Bench.HubProgram, Path.Combine(bench.Folder, "node-main"), database, stop);
        var spread = new Permutation(documents, 0x504C_4143);
        return new(bench, database, hub, new Questions(Corpus, documents, documents, spread.At));
    }

    public async Task<RedisServer> RedisAsync(CancellationToken stop)
    {
        if (redis is not null) return redis;
        Bench.Say("loading the same documents into Redis");
        redis = await RedisServer.StartAsync(Bench.Folder, stop);
        await redis.LoadAsync(Corpus, Bench.Sizes.Documents, stop);
        return redis;
    }

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        redis?.Dispose();
        await Database.DropAsync(CancellationToken.None);
        Directory.Delete(Path.Combine(Bench.Folder, "node-main"), recursive: true);
    }

    private static IEnumerable<long> Places(long count)
    {
        for (long place = 0; place < count; place++) yield return place;
    }
}

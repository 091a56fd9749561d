using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Data.PrivatePostgres;
using Liaison.Platform.Outbox;
using Liaison.Platform.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using System.Diagnostics.Metrics;

namespace ApiTests.Platform;

/// <summary>Each event once and in order, whatever becomes of the reader; a bad one holds nobody up.</summary>
public sealed class OutboxReaderTests(TestCluster cluster) : IAsyncLifetime
{
    private readonly ServiceProvider metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private string database = "";

    private string App => cluster.Cluster.ConnectionString(ClusterRole.App, database);

    public async ValueTask InitializeAsync()
    {
        database = await cluster.NewDatabaseAsync();
        await OwnerAsync("CREATE SCHEMA t; CREATE TABLE t.taken (n bigint GENERATED ALWAYS AS IDENTITY, event uuid); GRANT USAGE ON SCHEMA t TO liaison_app; GRANT INSERT ON t.taken TO liaison_app");
    }

    public async ValueTask DisposeAsync() => await metrics.DisposeAsync();

    [Fact]
    public async Task Each_event_is_taken_once_and_in_order_though_the_reader_loses_its_connection_in_the_middle()
    {
        await AddAsync(1200, "test.wanted");
        var kills = 0;
        using var reader = Reader(async (transaction, events, cancellation) =>
        {
            await TakeAsync(transaction, events, cancellation);
            // After its work and before its commit, three times.
            if (Interlocked.Increment(ref kills) <= 3) await OwnerAsync($"SELECT pg_terminate_backend({transaction.Connection.ProcessID})");
        });
        await reader.StartAsync(CancellationToken.None);
        await UntilAsync("SELECT count(*) = 0 FROM platform.outbox WHERE dispatched_at IS NULL");
        await reader.StopAsync(CancellationToken.None);
        Assert.True(kills > 3);
        Assert.Equal((1200L, 1200L), (await ScalarAsync<long>("SELECT count(*) FROM t.taken"), await ScalarAsync<long>("SELECT count(DISTINCT event) FROM t.taken")));
        Assert.True(await ScalarAsync<bool>(InOrder));
    }

    [Fact]
    public async Task Events_of_several_subscriptions_are_taken_in_order_too()
    {
        for (var pair = 0; pair < 20; pair++)
        {
            await AddAsync(1, "test.wanted");
            await AddAsync(1, "test.other");
        }

        using var reader = Reader(TakeAsync, "test.wanted", "test.other");
        await reader.StartAsync(CancellationToken.None);
        await UntilAsync("SELECT count(*) = 40 FROM platform.outbox WHERE dispatched_at IS NOT NULL");
        await reader.StopAsync(CancellationToken.None);
        Assert.True(await ScalarAsync<bool>(InOrder));
    }

    [Fact]
    public async Task One_that_fails_comes_again_later_and_the_others_do_not_wait_for_it()
    {
        await AddAsync(40, "test.wanted");
        var bad = await ScalarAsync<Guid>("SELECT event FROM platform.outbox ORDER BY id OFFSET 20 LIMIT 1");
        var heals = false;
        using var reader = Reader(async (transaction, events, cancellation) =>
        {
            await TakeAsync(transaction, events, cancellation);
            if (!Volatile.Read(ref heals) && events.Any(e => e.Id == bad)) throw new InvalidDataException("secret");
        });
        await reader.StartAsync(CancellationToken.None);
        await UntilAsync("SELECT count(*) FILTER (WHERE dispatched_at IS NOT NULL) = 39 AND bool_or(attempts > 1) FROM platform.outbox");
        Assert.Equal("InvalidDataException", await ScalarAsync<string>("SELECT last_fault FROM platform.outbox WHERE attempts > 0"));
        Assert.Equal(39L, await ScalarAsync<long>("SELECT count(*) FROM t.taken"));
        Volatile.Write(ref heals, true);
        await UntilAsync("SELECT count(*) = 40 FROM platform.outbox WHERE dispatched_at IS NOT NULL");
        Assert.Equal(40L, await ScalarAsync<long>("SELECT count(DISTINCT event) FROM t.taken"));
        await reader.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_nobody_wants_is_done_with_at_once_and_takes_no_place_in_the_change_log()
    {
        await AddAsync(3, "test.unwanted");
        using var reader = Reader((_, _, _) => throw new InvalidOperationException("not asked for"));
        await reader.StartAsync(CancellationToken.None);
        await UntilAsync("SELECT count(*) = 3 FROM platform.outbox WHERE dispatched_at IS NOT NULL");
        await reader.StopAsync(CancellationToken.None);
        Assert.Equal((0L, 0L), (await ScalarAsync<long>("SELECT count(*) FROM t.taken"), await ScalarAsync<long>("SELECT count(*) FROM platform.change_log")));
    }

    private const string InOrder = """
        SELECT bool_and(ordered) FROM (SELECT o.id > lag(o.id, 1, 0::bigint) OVER (ORDER BY t.n) AS ordered FROM t.taken t JOIN platform.outbox o ON o.event = t.event) all_of_them
        """;

    private static async Task TakeAsync(WriteTransaction transaction, IReadOnlyList<OutboxRow> events, CancellationToken cancellation)
    {
        foreach (var one in events)
        {
            await using var insert = new NpgsqlCommand("INSERT INTO t.taken (event) VALUES ($1)", transaction.Connection) { Parameters = { new() { Value = one.Id } } };
            await insert.ExecuteNonQueryAsync(cancellation);
        }
    }

    private OutboxReader Reader(Func<WriteTransaction, IReadOnlyList<OutboxRow>, CancellationToken, Task> take, params string[] types) => new(
        new SystemDatabase(App, SystemDatabase.ForRequests(App)),
        (types.Length > 0 ? types : ["test.wanted"]).Select(type => new OutboxSubscription(type, new HashSet<string> { type }, take)),
        new HubMetrics(metrics.GetRequiredService<IMeterFactory>()), TimeProvider.System, NullLogger<OutboxReader>.Instance);

    private Task AddAsync(int count, string type) => OwnerAsync($"""
        INSERT INTO platform.outbox (event, type, at, audit_entry, payload) SELECT gen_random_uuid(), '{type}', now(), gen_random_uuid(), '{AuditJson.Empty.Text}'
        FROM generate_series(1, {count})
        """);

    private async Task UntilAsync(string condition)
    {
        for (var tries = 0; tries < 600; tries++)
        {
            if (await ScalarAsync<bool>(condition)) return;
            await Task.Delay(50);
        }

        Assert.Fail("Not within 30 s: " + condition);
    }

    private async Task OwnerAsync(string sql) => await ScalarAsync<object?>(sql);

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(cluster.Cluster.ConnectionString(ClusterRole.Owner, database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ApiTests.Platform;

public sealed class JobTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Keys_are_forgotten_after_a_day_and_not_before()
    {
        await hub.ScalarAsync<int>("""
            INSERT INTO platform.idempotency (account, key, digest, at) VALUES ('a', 'old', '', now() - interval '24 hours 1 minute'),
                ('a', 'young', '', now() - interval '23 hours 59 minutes') RETURNING 1
            """);
        await RunAsync(PlatformJobs.IdempotencyRetention(TimeProvider.System));
        Assert.False(await HasAsync("old"));
        Assert.True(await HasAsync("young"));
    }

    [Fact]
    public async Task Events_that_were_taken_long_ago_are_forgotten_and_none_that_waits()
    {
        await hub.ScalarAsync<int>("""
            INSERT INTO platform.outbox (event, type, at, audit_entry, payload, dispatched_at, retry_at)
            SELECT gen_random_uuid(), kind, now() - interval '1 year', gen_random_uuid(), '{}', now() - taken, 'infinity'
            FROM (VALUES ('test.old', interval '91 days'), ('test.young', interval '89 days'), ('test.new', interval '29 days'), ('test.waits', NULL)) AS t (kind, taken) RETURNING 1
            """);
        await RunAsync(PlatformJobs.OutboxRetention(TimeProvider.System, new()));
        Assert.Equal(["test.new", "test.waits", "test.young"], await hub.ScalarAsync<string[]>(
            "SELECT array_agg(type ORDER BY type) FROM platform.outbox WHERE type LIKE 'test.%'"));
        // What searches told of, as long as they are kept.
        await hub.ScalarAsync<int>("""
            INSERT INTO platform.outbox (event, type, at, audit_entry, payload, dispatched_at) VALUES (gen_random_uuid(), 'test.kept', now(), gen_random_uuid(), '{}', now() - interval '99 days')
            RETURNING 1
            """);
        await RunAsync(PlatformJobs.OutboxRetention(TimeProvider.System, new() { KeepSearches = TimeSpan.FromDays(100) }));
        Assert.Equal(1L, await hub.ScalarAsync<long>("WITH kept AS (DELETE FROM platform.outbox WHERE type = 'test.kept' RETURNING 1) SELECT count(*) FROM kept"));
        // Nobody who serves removes what is younger than a month.
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT platform.purge_outbox(now() + interval '1 year', 10)"));
        Assert.Equal(["test.new", "test.waits"], await hub.ScalarAsync<string[]>("SELECT array_agg(type ORDER BY type) FROM platform.outbox WHERE type LIKE 'test.%'"));
        await hub.ScalarAsync<string>("DELETE FROM platform.outbox WHERE type = 'test.waits' RETURNING type");
    }

    [Fact]
    public async Task The_audit_has_its_months_ahead_and_loses_those_beyond_its_retention_and_no_others()
    {
        await OwnerAsync("SELECT audit.add_month(now() - interval '12 years'), audit.add_month(now() - interval '9 years')");
        await RunAsync(PlatformJobs.AuditPartitions);
        Assert.Equal(4L, await hub.ScalarAsync<long>("""
            SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'audit.entry'::regclass AND c.relname IN (
                'entry_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'), 'entry_' || to_char(now() AT TIME ZONE 'UTC' + interval '1 month', 'YYYY_MM'),
                'entry_' || to_char(now() AT TIME ZONE 'UTC' + interval '2 months', 'YYYY_MM'),
                'entry_' || to_char(now() AT TIME ZONE 'UTC' - interval '9 years', 'YYYY_MM'))
            """));
        Assert.False(await hub.ScalarAsync<bool>("""
            SELECT to_regclass('audit.entry_' || to_char(now() AT TIME ZONE 'UTC' - interval '12 years', 'YYYY_MM')) IS NOT NULL
            """));
    }

    /// <summary>As of a hub that was off for months, and of a clock that was years off: entries that had no month of their own when they were written.</summary>
    [Fact]
    public async Task Entries_outside_all_months_end_with_the_retention_too()
    {
        foreach (var years in new[] { 3, 11 })
        {
            await OwnerAsync($$"""
                INSERT INTO audit.entry (id, batch, at, event, outcome, member, account, asked, records, salt)
                VALUES (gen_random_uuid(), gen_random_uuid(), now() - interval '{{years}} years', 'test.alone', '{{years}}', 'UTO', 'old', '{}', '{}', decode(repeat('00', 16), 'hex'))
                """);
        }

        await RunAsync(PlatformJobs.AuditOutsideMonths);
        Assert.Equal("3", await hub.ScalarAsync<string>("SELECT string_agg(outcome, ',') FROM audit.entry WHERE event = 'test.alone'"));
        await Assert.ThrowsAsync<PostgresException>(() => OwnerAsync("DELETE FROM audit.entry_other"));
    }

    [Theory]
    [InlineData("SELECT audit.add_month(now())")]
    [InlineData("UPDATE audit.retention SET keep = interval '1 year'")]
    [InlineData("DROP TABLE audit.entry_other")]
    public async Task The_serving_role_can_neither_add_nor_end_partitions_as_it_likes(string sql)
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }

    [Fact]
    public async Task Jobs_run_on_one_node_and_move_when_it_loses_its_connection()
    {
        // The hub of this fixture is a candidate too; it lets go when its connection is ended, like any other.
        var ran = new int[2];
        using var first = Runner(0);
        using var second = Runner(1);
        await first.StartAsync(CancellationToken.None);
        await second.StartAsync(CancellationToken.None);
        for (var round = 0; round < 200 && !(ran[0] > 0 && ran[1] > 0); round++)
        {
            Assert.False(first.IsHolder && second.IsHolder);
            await EndHolderAsync();
            await Task.Delay(100);
        }

        Assert.All(ran, times => Assert.NotEqual(0, times));
        await first.StopAsync(CancellationToken.None);
        await second.StopAsync(CancellationToken.None);

        JobRunner Runner(int node) => new(
            Database(hub.AppConnectionString),
            [new Job("count", TimeSpan.Zero, (_, _) => Task.FromResult(Interlocked.Increment(ref ran[node])))],
            new HurriedClock(), NullLogger<JobRunner>.Instance);
    }

    [Fact]
    public async Task A_database_that_is_away_does_not_end_it()
    {
        var nowhere = new NpgsqlConnectionStringBuilder(hub.AppConnectionString) { Database = "not_there" }.ConnectionString;
        using var runner = new JobRunner(Database(nowhere), [], new HurriedClock(), NullLogger<JobRunner>.Instance);
        await runner.StartAsync(CancellationToken.None);
        await Task.Delay(300);
        Assert.False(runner.ExecuteTask!.IsCompleted);
        await runner.StopAsync(CancellationToken.None);
    }

    private static SystemDatabase Database(string connectionString) => new(connectionString, SystemDatabase.ForRequests(connectionString));

    private async Task RunAsync(Job job)
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        await job.RunAsync(connection, CancellationToken.None);
    }

    /// <summary>Only the role itself, or a superuser, may end its connections.</summary>
    private async Task EndHolderAsync()
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l USING (pid)
            WHERE a.datname = current_database() AND a.application_name = 'liaison jobs' AND l.locktype = 'advisory' AND l.granted
            """, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task OwnerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private Task<bool> HasAsync(string key) =>
        hub.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM platform.idempotency WHERE key = $1)", key);
}

using System.Diagnostics.Metrics;
using Liaison.Hits.Jobs;
using Liaison.Platform.Data;
using Liaison.Platform.Data.PrivatePostgres;
using Liaison.Platform.Events;
using Liaison.Platform.Jobs;
using Liaison.Platform.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ApiTests.Platform;

/// <summary>However much there is to be removed: it is removed in parts that have an end, and nothing that cannot wait waits for it.</summary>
public sealed class JobTurnTests(TestCluster cluster) : IAsyncLifetime
{
    private readonly ServiceProvider metrics = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private string database = "";

    private string App => cluster.Cluster.ConnectionString(ClusterRole.App, database);

    public async ValueTask InitializeAsync() => database = await cluster.NewDatabaseAsync();

    public async ValueTask DisposeAsync() => await metrics.DisposeAsync();

    [Fact]
    public async Task A_job_that_never_comes_to_its_end_leaves_the_others_their_turn()
    {
        var (parts, turns) = (0, 0);
        using var runner = new JobRunner(
            new SystemDatabase(App, SystemDatabase.ForRequests(App)),
            [
                Job.InParts("endless", TimeSpan.FromHours(1), async (_, cancellation) =>
                {
                    Interlocked.Increment(ref parts);
                    await Task.Delay(1, cancellation);
                    return true;
                }),
                new Job("clock", TimeSpan.Zero, (_, _) => Task.FromResult(Interlocked.Increment(ref turns))),
            ],
            new HurriedClock(), NullLogger<JobRunner>.Instance);
        await runner.StartAsync(CancellationToken.None);
        for (var tries = 0; tries < 300 && !(Volatile.Read(ref parts) >= 5 && Volatile.Read(ref turns) >= 5); tries++) await Task.Delay(50);
        await runner.StopAsync(CancellationToken.None);
        Assert.True(parts >= 5, $"{parts}");
        Assert.InRange(turns, 5, parts);
    }

    [Fact]
    public async Task A_job_that_fails_for_a_reason_nobody_thought_of_leaves_the_others_their_turn()
    {
        var (failures, turns) = (0, 0);
        using var runner = new JobRunner(
            new SystemDatabase(App, SystemDatabase.ForRequests(App)),
            [
                Job.InParts("broken", TimeSpan.Zero, (_, _) => throw new InvalidOperationException($"For the {Interlocked.Increment(ref failures)}. time.")),
                new Job("clock", TimeSpan.Zero, (_, _) => Task.FromResult(Interlocked.Increment(ref turns))),
            ],
            new HurriedClock(), NullLogger<JobRunner>.Instance);
        await runner.StartAsync(CancellationToken.None);
        for (var tries = 0; tries < 300 && Volatile.Read(ref turns) < 5; tries++) await Task.Delay(50);
        await runner.StopAsync(CancellationToken.None);
        Assert.InRange(turns, 5, failures);
    }

    [Fact]
    public async Task Events_of_feeds_are_removed_in_parts_the_oldest_first_and_the_feeds_say_up_to_where()
    {
        const int Old = EventRoutes.RemovedAtOnce + 100;
        await OwnerAsync($"""
            INSERT INTO platform.member_event (member, position, event, type, at, told_at, data)
            SELECT m, n, gen_random_uuid(), 'test', now(), now() - interval '40 days' + n * interval '1 second', jsonb_build_object()
            FROM generate_series(1, {Old / 2}) n, unnest(ARRAY['UTO', 'FRA']) m
            UNION ALL SELECT 'UTO', {Old / 2 + 1}, gen_random_uuid(), 'test', now(), now() - interval '29 days', jsonb_build_object();
            INSERT INTO platform.member_feed (member, last) SELECT member, max(position) FROM platform.member_event GROUP BY member
            """);
        var job = EventRoutes.Removal(TimeProvider.System);
        Assert.True(await TurnAsync(job));
        Assert.Equal(101L, await ScalarAsync<long>("SELECT count(*) FROM platform.member_event"));
        Assert.Equal(EventRoutes.RemovedAtOnce / 2L, await ScalarAsync<long>("SELECT min(removed) FROM platform.member_feed"));
        Assert.Equal(0L, await ScalarAsync<long>("SELECT count(*) FROM platform.member_event e JOIN platform.member_feed f USING (member) WHERE e.position <= f.removed"));
        Assert.False(await TurnAsync(job));
        Assert.Equal((1L, Old / 2L), (await ScalarAsync<long>("SELECT count(*) FROM platform.member_event"), await ScalarAsync<long>("SELECT min(removed) FROM platform.member_feed")));
    }

    [Fact]
    public async Task Marks_of_what_was_told_late_are_removed_in_parts_and_not_those_of_a_question_that_stands()
    {
        await OwnerAsync($"""
            INSERT INTO hits.standing_question (id, dataset, member, account, print, key_id, question, purpose, reason, owner_visible, asked_at, ends_at)
            VALUES ('00000000-0000-0000-0000-000000000001', 'test', 'UTO', 'utopia', 1, '', '', '', '', false, now(), now() + interval '1 year');
            INSERT INTO hits.lead (dataset, search, place, record, silent, at)
            SELECT 'test', '00000000-0000-0000-0000-000000000001'::uuid, n, 1, false, now() - interval '31 days' FROM generate_series(1, 10) n
            UNION ALL SELECT 'test', gen_random_uuid(), 1, 1, false, now() - interval '31 days' FROM generate_series(1, {HitJobs.KeptRowsAtOnce + 10}) n
            UNION ALL SELECT 'test', gen_random_uuid(), 1, 1, false, now() - interval '29 days'
            """);
        var gauges = new HitGauges(new HubMetrics(metrics.GetRequiredService<IMeterFactory>()), TimeProvider.System);
        var job = new HitJobs(new(), gauges, TimeProvider.System).All.Single(j => j.Name == "hits.forgetSearches");
        Assert.True(await TurnAsync(job));
        Assert.Equal(21L, await ScalarAsync<long>("SELECT count(*) FROM hits.lead"));
        Assert.False(await TurnAsync(job));
        Assert.Equal(11L, await ScalarAsync<long>("SELECT count(*) FROM hits.lead"));
    }

    [Fact]
    public async Task Keys_that_are_forgotten_are_forgotten_in_parts()
    {
        await OwnerAsync($"INSERT INTO platform.idempotency (account, key, digest, at) SELECT 'a', n::text, '', now() - interval '2 days' FROM generate_series(1, {PlatformJobs.KeysAtOnce + 1}) n");
        var job = PlatformJobs.IdempotencyRetention(TimeProvider.System);
        Assert.True(await TurnAsync(job));
        Assert.Equal(1L, await ScalarAsync<long>("SELECT count(*) FROM platform.idempotency"));
        Assert.False(await TurnAsync(job));
    }

    private async Task<bool> TurnAsync(Job job)
    {
        await using var connection = new NpgsqlConnection(App);
        await connection.OpenAsync();
        return await job.TakeTurnAsync(connection, CancellationToken.None);
    }

    private async Task OwnerAsync(string sql) => await ScalarAsync<object?>($"{sql}; SELECT 1");

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(cluster.Cluster.ConnectionString(ClusterRole.Owner, database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

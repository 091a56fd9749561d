using Liaison.Platform.Data;
using Npgsql;

namespace ApiTests.Platform;

public sealed class IdempotencyRetentionTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Keys_are_forgotten_after_a_day_and_not_before()
    {
        await hub.ScalarAsync<int>("""
            INSERT INTO platform.idempotency (account, key, digest, at) VALUES ('a', 'old', '', now() - interval '24 hours 1 minute'),
                ('a', 'young', '', now() - interval '23 hours 59 minutes') RETURNING 1
            """);
        await using var database = NpgsqlDataSource.Create(hub.AppConnectionString);
        using var retention = new IdempotencyRetention(database, new HurriedClock());
        await retention.StartAsync(CancellationToken.None);
        for (var tries = 0; tries < 200 && await HasAsync("old"); tries++) await Task.Delay(25);
        Assert.False(await HasAsync("old"));
        Assert.True(await HasAsync("young"));
        await retention.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_database_that_is_away_does_not_end_it()
    {
        var connection = new NpgsqlConnectionStringBuilder(hub.AppConnectionString) { Database = "not_there" };
        await using var nowhere = NpgsqlDataSource.Create(connection.ConnectionString);
        using var retention = new IdempotencyRetention(nowhere, new HurriedClock());
        await retention.StartAsync(CancellationToken.None);
        await Task.Delay(300);
        Assert.False(retention.ExecuteTask!.IsCompleted);
        await retention.StopAsync(CancellationToken.None);
    }

    private Task<bool> HasAsync(string key) =>
        hub.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM platform.idempotency WHERE key = $1)", key);
}

using Npgsql;

namespace ApiTests.TravelDocuments;

/// <summary>A restore or a failover that lost commits gives the database another history; the index must not go on from its own.</summary>
public sealed class HistoryTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Under_another_history_the_index_is_loaded_again_and_not_followed()
    {
        await hub.RecordedAsync(Documents.Stolen("HI000001"));
        Assert.Equal("notKnown", (await hub.FoundAsync("HI000002")).Answer);

        // What a restore does: other rows, another history, and no entry of the log that would tell a follower.
        await ExecuteAsync("UPDATE travel_documents.document SET number = 'HI000002', number_key = 'HI000002' WHERE number_key = 'HI000001'");
        await Task.Delay(500);
        Assert.Equal("notKnown", (await hub.FoundAsync("HI000002")).Answer);
        await ExecuteAsync("UPDATE platform.identity SET history = gen_random_uuid()");
        await BreakConnectionsAsync();

        var answer = "";
        for (var tries = 0; tries < 200 && answer != "hit"; tries++)
        {
            await Task.Delay(50);
            var reply = await hub.As(Callers.France).SearchAsync(new() { Number = "HI000002", Issuer = "UTO" }, CancellationToken.None);
            answer = reply.Value?.Answer ?? "";
        }

        Assert.Equal("hit", answer);
        Assert.Equal("notKnown", (await hub.FoundAsync("HI000001")).Answer);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Ends every connection of the hub, as the server's restart would. Only the role itself or a superuser may.</summary>
    private async Task BreakConnectionsAsync()
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
            """, connection);
        await command.ExecuteNonQueryAsync();
    }
}

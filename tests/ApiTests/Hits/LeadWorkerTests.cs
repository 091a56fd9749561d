using System.Text;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Data;
using Npgsql;

namespace ApiTests.Hits;

/// <summary>The worker that finds old questions runs on one node, and goes on elsewhere where it was.</summary>
public sealed class LeadWorkerTests(MovedHub hub) : IClassFixture<MovedHub>
{
    [Fact]
    public async Task It_moves_to_another_node_which_knows_the_searches_from_the_database()
    {
        var asked = new[] { await AskAsync("LW0000001"), Guid.Empty };
        await using var other = await hub.StartHubAsync();
        asked[1] = await AskAsync("LW0000002");
        await CutAsync();
        var first = await hub.RecordedAsync(Documents.Stolen("LW0000001"));
        await hub.LeadAsync(first.Id, Callers.Germany);

        // The first node goes: the other has read none of the rows until now.
        await hub.RestartAsync();
        var second = await hub.RecordedAsync(Documents.Stolen("LW0000002"));
        var lead = await hub.LeadAsync(second.Id, Callers.Germany);
        await CutAsync();
        await hub.ChangedAsync(second, r => r with { EventPlace = "Port" });
        await hub.SweptAsync();
        Assert.Single((await hub.OwnersAsync(lead.Id)).Value!.Askers!);
        Assert.Equal(2L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.lead WHERE search = ANY($1)", asked));
        await other.StopAsync();
    }

    [Fact]
    public async Task What_is_too_old_is_forgotten_and_the_marks_of_it()
    {
        var search = await AskAsync("LW0000011");
        var record = await hub.RecordedAsync(Documents.Stolen("LW0000011"));
        await hub.LeadAsync(record.Id, Callers.Germany);
        hub.Moved.Move(TimeSpan.FromDays(31));
        // The clock goes on: the job may have looked at it just before.
        await hub.UntilTrueAsync($"""
            SELECT NOT EXISTS (SELECT FROM platform.kept_inquiry) AND NOT EXISTS (SELECT FROM hits.lead WHERE search = '{search}')
            """, between: () => hub.Moved.Move(TimeSpan.FromMinutes(1)));
    }

    /// <summary>
    /// The search was answered before the file, and is written down only after the file was gone through: its audit waits for a lock meanwhile.
    /// </summary>
    [Fact]
    public async Task A_large_file_is_gone_through_again_for_a_search_that_it_overtook()
    {
        await using var other = await hub.StartHubAsync();
        using var http = new HttpClient { BaseAddress = new Uri(other.Urls.First()) };
        var owner = new LiaisonClient(http, Callers.Utopia);
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        Task<Guid> asking;
        await using (var holding = await connection.BeginTransactionAsync())
        {
            await connection.DoAsync("LOCK TABLE platform.kept_inquiry IN SHARE MODE", default);
            asking = AskAsync("LW1000029");
            // The job that removes old rows may wait for the same lock.
            await hub.UntilTrueAsync("""
                SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.relation = 'platform.kept_inquiry'::regclass AND NOT l.granted
                    AND a.datname = current_database() AND a.application_name <> 'liaison jobs')
                """);
            await ImportedAsync(owner, string.Concat(Enumerable.Range(0, 30).Select(i => $"LW10000{i:D2},UTO,passport,stolen\n")));
            await hub.GoneThroughAsync();
            Assert.False(asking.IsCompleted);
        }

        var search = await asking;
        await hub.UntilTrueAsync($"SELECT EXISTS (SELECT FROM hits.lead WHERE search = '{search}')", between: () => hub.Moved.Move(TimeSpan.FromSeconds(1)));
        await hub.UntilTrueAsync($"SELECT count(*) = 1 FROM hits.asker WHERE search = '{search}' AND asked_at IS NOT NULL");
        await other.StopAsync();
    }

    /// <summary>
    /// A node that takes the work over reads more searches than it has memory for. A record that came before it has read them all is held against all
    /// of them, also those that are older than what it makes up for.
    /// </summary>
    [Fact]
    public async Task Nothing_is_gone_through_before_all_searches_are_read()
    {
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        await HoldAsync(connection);
        await KeptOfNothing.WriteAsync(connection, 600_000, hub.Moved.GetUtcNow());
        var search = await AskAsync("LW2000001");
        hub.Moved.Move(TimeSpan.FromMinutes(30));
        await hub.ScalarAsync<long>("""
            WITH done AS (INSERT INTO hits.lead_progress (dataset, position, record, at) SELECT 'travelDocuments', coalesce(max(position), 0), 0, $1 FROM platform.change_log
                ON CONFLICT (dataset) DO UPDATE SET at = $1 RETURNING 1) SELECT count(*) FROM done
            """, hub.Moved.GetUtcNow());
        await hub.RecordedAsync(Documents.Stolen("LW2000001"));
        await connection.DoAsync("SELECT pg_advisory_unlock_all()", default);
        await hub.UntilTrueAsync($"SELECT EXISTS (SELECT FROM hits.lead WHERE search = '{search}')");
    }

    /// <summary>Who looked last was far ahead of what the node knew on which the question was asked; then nobody looked for a while.</summary>
    [Fact]
    public async Task A_question_that_stands_is_made_up_for_however_long_nobody_looked()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("LW3000001"));
        await hub.GoneThroughAsync();
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        await HoldAsync(connection);
        var until = DateOnly.FromDateTime(hub.Moved.GetUtcNow().UtcDateTime).AddDays(30).ToString("yyyy-MM-dd", null);
        var asked = await hub.As(Callers.Germany).AskStandingAsync(new() { Number = "LW3000001", Issuer = "UTO", Reason = "Case 12", Until = until }, null, default);
        Assert.True(asked.Problem is null, asked.Body);
        await connection.DoAsync("UPDATE hits.standing_question SET position = 0 WHERE id = $1", default, asked.Value!.Id);
        hub.Moved.Move(TimeSpan.FromMinutes(11));
        await connection.DoAsync("SELECT pg_advisory_unlock_all()", default);
        await hub.UntilTrueAsync($"SELECT EXISTS (SELECT FROM hits.lead WHERE search = '{asked.Value.Id}')");
        await hub.LeadAsync(record.Id, Callers.Germany);
    }

    /// <summary>The lock of the worker, in turn: it is this connection's before any node tries again. When a node was just stopped, nobody holds it.</summary>
    private async Task HoldAsync(NpgsqlConnection connection)
    {
        var mine = connection.DoAsync("SELECT pg_advisory_lock(x'4C4941490007'::bigint)", default);
        while (!mine.IsCompleted && !await hub.ScalarAsync<bool>(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted)", connection.ProcessID))
            await Task.Delay(50);
        if (!mine.IsCompleted) await CutAsync();
        await mine;
    }

    private static async Task ImportedAsync(LiaisonClient owner, string lines)
    {
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes("number,issuer,kind,status\n" + lines)) { Headers = { ContentType = new("text/csv") } };
        var reply = await owner.ImportAsync(content, null, null, null, null, default);
        for (var tries = 0; tries < 600 && reply.Value is { State: not ("done" or "failed") } job; tries++)
        {
            await Task.Delay(50);
            reply = await owner.ImportAsync(job.Id, default);
        }

        Assert.Equal("done", reply.Value?.State);
    }

    /// <summary>The connection of the worker breaks.</summary>
    private async Task CutAsync()
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        Assert.Contains(true, await connection.ReadAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'liaison leads' AND datname = current_database()", r => r.GetBoolean(0), default));
    }

    private async Task<Guid> AskAsync(string number)
    {
        var found = await hub.FoundAsync(new SearchRequest { Number = number, Issuer = "UTO" }, Callers.Germany);
        Assert.Equal("notKnown", found.Answer);
        return found.SearchId;
    }
}

using ApiTests.TravelDocuments;
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
        await AskAsync("LW0000001");
        await using var other = await hub.StartHubAsync();
        await AskAsync("LW0000002");
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
        Assert.Equal(2L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.lead"));
        await other.StopAsync();
    }

    [Fact]
    public async Task What_is_too_old_is_forgotten_and_the_marks_of_it()
    {
        await AskAsync("LW0000011");
        var record = await hub.RecordedAsync(Documents.Stolen("LW0000011"));
        await hub.LeadAsync(record.Id, Callers.Germany);
        hub.Moved.Move(TimeSpan.FromDays(31));
        for (var tries = 0; tries < 600 && await hub.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM platform.kept_inquiry) OR EXISTS (SELECT FROM hits.lead)"); tries++)
            await Task.Delay(50);
        Assert.False(await hub.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM platform.kept_inquiry) OR EXISTS (SELECT FROM hits.lead)"));
    }

    /// <summary>The connection of the worker breaks.</summary>
    private async Task CutAsync()
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        Assert.True(await connection.DoAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'liaison leads' AND datname = current_database()", default) != 0);
    }

    private async Task AskAsync(string number) =>
        Assert.Equal("notKnown", (await hub.FoundAsync(new SearchRequest { Number = number, Issuer = "UTO" }, Callers.Germany)).Answer);
}

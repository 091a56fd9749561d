using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Npgsql;

namespace ApiTests.TravelDocuments;

/// <summary>Documents that are reported while others are being written go into one transaction; none learns or suffers anything of the others.</summary>
public sealed class RecordTogetherTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task Each_has_the_answer_that_it_would_have_alone()
    {
        var utopia = hub.As(Callers.Utopia);
        var active = await hub.RecordedAsync(Documents.Stolen("RG000001"));
        var wrong = await hub.RecordedAsync(Documents.Stolen("RG000002"));
        await utopia.WithdrawAsync(wrong.Id, "\"1\"", new() { Reason = "falseReport" }, default);
        var sets = await ChangeSetsAsync();

        Task<HubReply<TravelDocument>>[] odd;
        Task<HubReply<TravelDocument>>[] usual;
        await using (await CommitsHeldAsync())
        {
            odd =
            [
                RecordAsync("RG000001"), RecordAsync("RG000002"),
                hub.As(Callers.France).RecordAsync(Documents.Stolen("RG000003"), null, default),
                RecordAsync("RG000004"), RecordAsync("RG000004"),
                RecordAsync("RG000005", "rg-5"), RecordAsync("RG000005", "rg-5"), RecordAsync("RG000006", "rg-5"),
                RecordAsync("RG000001", "rg-1"),
                utopia.RecordAsync(Documents.Stolen("RG000002") with { Reentry = true, Why = "Stolen anew" }, "rg-2", default),
            ];
            usual = [.. Enumerable.Range(0, 90).Select(i => RecordAsync($"RG0001{i:D2}"))];
            await TwoGroupsWaitAsync();
        }

        var replies = await Task.WhenAll(odd);
        Assert.All(await Task.WhenAll(usual), reply => Assert.True(reply.Value is not null, reply.Body));
        // Alone they would be one set each; how many go together depends on how many the machine had sent by then.
        Assert.InRange(await ChangeSetsAsync() - sets, 1, usual.Length - 10);

        Assert.Equal(("duplicateDocument", active.Id), (replies[0].Problem!.Code, replies[0].Problem!.ExistingId!.Value));
        Assert.Equal("notIssuingAuthority", replies[2].Problem!.Code);
        var once = Assert.Single(replies[3..5], r => r.Value is not null).Value!;
        Assert.Equal(once.Id, Assert.Single(replies[3..5], r => r.Problem?.Code == "duplicateDocument").Problem!.ExistingId);
        // Of three with one key the first to be written has it; who asks the same again has its answer, and who asks otherwise is refused.
        var keyed = replies[5..8];
        Assert.Single(keyed.Where(r => r.Value is not null).Select(r => r.Value!.Id).Distinct());
        Assert.All(keyed.Where(r => r.Problem is not null), r => Assert.Equal("idempotencyKeyReused", r.Problem!.Code));
        // Of the same document, reported again with and without saying so, the one that says so is recorded.
        Assert.True(replies[9].Value is not null, replies[9].Body);
        Assert.Contains(replies[1].Problem!.Code, new[] { "withdrawnBefore", "duplicateDocument" });
        // What was refused left no key behind.
        Assert.Equal("duplicateDocument", replies[8].Problem!.Code);
        Assert.NotNull((await RecordAsync("RG000007", "rg-1")).Value);
        Assert.Equal(replies[9].Value!.Id, (await utopia.RecordAsync(
            Documents.Stolen("RG000002") with { Reentry = true, Why = "Stolen anew" }, "rg-2", default)).Value!.Id);

        foreach (var number in new[] { "RG000004", "RG000100", "RG000189" }) Assert.Equal("hit", (await hub.FoundAsync(number)).Answer);
        Assert.Equal(1L, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM audit.entry WHERE event = 'travelDocuments.recorded' AND outcome = 'done' AND records = ARRAY[$1]", once.Id));
    }

    [Fact]
    public async Task One_that_waits_for_another_transaction_holds_up_no_other()
    {
        await using var transaction = await BeingWrittenAsync("RH000002");
        Task<HubReply<TravelDocument>> waits;
        List<Task<HubReply<TravelDocument>>> others = [];
        await using (await CommitsHeldAsync())
        {
            // These only occupy the writers, so that the rest is one group; two sent at once may go together.
            await TwoGroupsWaitAsync(() => others.Add(RecordAsync($"RH001{others.Count:D3}")));
            waits = RecordAsync("RH000002");
            others.AddRange(Enumerable.Range(20, 30).Select(i => RecordAsync($"RH0000{i}")));
        }

        Assert.All(await Task.WhenAll(others).WaitAsync(TimeSpan.FromSeconds(20)), reply => Assert.True(reply.Value is not null, reply.Body));
        // It is told so while it still listens, and may come again.
        var refused = await Documents.RefusedAsync(waits.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal((503, "unavailable"), (refused.Status, refused.Code));
        Assert.Contains("being written by another", refused.Detail, StringComparison.Ordinal);
        await transaction.DisposeAsync();
        Assert.NotNull((await RecordAsync("RH000002")).Value);
    }

    /// <summary>The same document in a transaction that is not yet committed: whoever records it must wait until the connection is closed.</summary>
    private async Task<NpgsqlConnection> BeingWrittenAsync(string number)
    {
        var pattern = await hub.RecordedAsync(Documents.Stolen(number + "0"));
        var columns = await hub.ScalarAsync<string>("""
            SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns
            WHERE table_schema = 'travel_documents' AND table_name = 'document' AND column_name NOT IN ('record', 'id', 'number', 'number_key')
            """);
        var connection = await OpenAsync();
        await using var insert = new NpgsqlCommand($"""
            BEGIN;
            INSERT INTO travel_documents.document (id, number, number_key, {columns})
            SELECT gen_random_uuid(), '{number}', '{number}', {columns} FROM travel_documents.document WHERE id = '{pattern.Id}'
            """, connection);
        await insert.ExecuteNonQueryAsync();
        return connection;
    }

    private Task<HubReply<TravelDocument>> RecordAsync(string number, string? key = null) =>
        hub.As(Callers.Utopia).RecordAsync(Documents.Stolen(number), key, default);

    private Task<long> ChangeSetsAsync() => hub.ScalarAsync<long>("SELECT count(*) FROM platform.change_log");

    /// <summary>Until as many groups as go side by side wait for their positions.</summary>
    private async Task TwoGroupsWaitAsync(Action? another = null)
    {
        const string Waiting = """
            SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            """;
        for (var tries = 0; await hub.ScalarAsync<long>(Waiting) < 2; tries++)
        {
            Assert.True(tries < 600, "Nobody waits for a position.");
            another?.Invoke();
            await Task.Delay(50);
        }
    }

    /// <summary>Until it is disposed of, no position is drawn: what is written waits before its commit.</summary>
    private async Task<NpgsqlConnection> CommitsHeldAsync()
    {
        var connection = await OpenAsync();
        await using var hold = new NpgsqlCommand("SELECT pg_advisory_lock(x'4C4941490002'::bigint)", connection);
        await hold.ExecuteNonQueryAsync();
        return connection;
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(hub.OwnerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}

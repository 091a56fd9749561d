using System.Text;
using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

/// <summary>A document whose record was withdrawn as wrong does not come back unseen: its holder would be stopped again.</summary>
public sealed class ReentryTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task It_is_refused_until_its_owner_says_that_it_is_reported_anew()
    {
        var first = await WithdrawnAsync(Documents.Stolen("RE0000001"));
        var refused = await Documents.RefusedAsync(hub.As(Callers.Utopia).RecordAsync(Documents.Stolen("re-0000001"), null, default));
        Assert.Equal(("withdrawnBefore", 409, first.Id), (refused.Code, refused.Status, refused.ExistingId!.Value));
        Assert.Contains("falseReport", refused.Detail, StringComparison.Ordinal);
        var silent = await Documents.RefusedAsync(hub.As(Callers.Utopia).RecordAsync(Documents.Stolen("RE0000001") with { Reentry = true }, null, default));
        Assert.Equal("why whyRequired", silent.Errors.Select(e => $"{e.Field} {e.Code}").Single());
        Assert.Equal("notKnown", (await hub.FoundAsync("RE0000001")).Answer);

        var anew = await hub.RecordedAsync(Documents.Stolen("RE0000001") with { Reentry = true, Why = "Stolen in July" });
        Assert.Equal("hit", (await hub.FoundAsync("RE0000001")).Answer);
        Assert.Equal("true", await hub.ScalarAsync<string>(
            "SELECT asked::jsonb->>'reentry' FROM audit.entry WHERE event = 'travelDocuments.recorded' AND records = ARRAY[$1]", anew.Id));
        // Wrong again: barred again.
        await WithdrawAsync(anew);
        Assert.Equal("withdrawnBefore", (await hub.As(Callers.Utopia).RecordAsync(Documents.Stolen("RE0000001"), null, default)).Problem!.Code);
    }

    [Fact]
    public async Task Another_kind_and_another_range_are_other_documents()
    {
        await WithdrawnAsync(Documents.Stolen("RE0000011"));
        await WithdrawnAsync(Documents.Blanks("RE0000100", "RE0000199"));
        await hub.RecordedAsync(Documents.Stolen("RE0000011", kind: "visa"));
        await hub.RecordedAsync(Documents.Blanks("RE0000100", "RE0000150"));
        Assert.Equal("withdrawnBefore", (await hub.As(Callers.Utopia).RecordAsync(Documents.Blanks("RE0000100", "RE0000199"), null, default)).Problem!.Code);
    }

    [Fact]
    public async Task A_feed_does_not_bring_it_back_and_its_other_rows_come_in()
    {
        const string Header = "number,issuer,kind,status,withdraw,reentry,why\n";
        await ImportAsync(Header + "RE0000021,UTO,passport,stolen,,,\nRE0000022,UTO,passport,stolen,,,\n", 2, []);
        await ImportAsync(Header + "RE0000021,UTO,passport,stolen,returnedAndValid,,\n", 0, []);
        await ImportAsync(Header + "RE0000021,UTO,passport,stolen,,,\nRE0000023,UTO,passport,stolen,,,\nRE0000021,UTO,passport,lost,,,\n", 1,
            ["2 withdrawnBefore", "4 withdrawnBefore"]);
        Assert.Equal("notKnown", (await hub.FoundAsync("RE0000021")).Answer);
        await ImportAsync(Header + "RE0000021,UTO,passport,stolen,,true,\n", 0, ["2 whyRequired"]);
        await ImportAsync(Header + "RE0000021,UTO,passport,stolen,,true,Lost again\n", 1, []);
        Assert.Equal("hit", (await hub.FoundAsync("RE0000021")).Answer);
        Assert.Equal("Lost again", await hub.ScalarAsync<string>("SELECT why FROM travel_documents.document WHERE number_key = 'RE0000021' AND withdrawn_at IS NULL"));
        await ImportAsync(Header + "RE0000021,UTO,passport,lost,,,\n", 0, []);
    }

    [Fact]
    public async Task A_full_file_that_names_it_still_ends_what_it_does_not_name()
    {
        var rows = string.Concat(Enumerable.Range(31, 8).Select(i => $"RE00000{i},UTO,passport,stolen\n"));
        const string Header = "number,issuer,kind,status\n";
        await ImportAsync(Header + rows, 8, [], "full");
        await WithdrawAsync((await hub.FoundAsync("RE0000031")).Matches.Single().Document);
        var job = await ImportAsync(Header + rows.Replace("RE0000038,UTO,passport,stolen\n", "", StringComparison.Ordinal), 0, ["2 withdrawnBefore"], "full");
        Assert.Equal((1L, false), (job.Withdrawn, job.WithdrawalsHeld));
        Assert.Equal("notKnown", (await hub.FoundAsync("RE0000038")).Answer);
        // That was no wrong report: a feed may name it again.
        await ImportAsync(Header + "RE0000038,UTO,passport,stolen\n", 1, []);
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("noLongerReported")]
    public async Task Reasons_of_the_hub_are_not_an_owners_to_give(string reason)
    {
        var record = await hub.RecordedAsync(Documents.Stolen("RE9" + reason.ToUpperInvariant()));
        var problem = await Documents.RefusedAsync(hub.As(Callers.Utopia).WithdrawAsync(record.Id, "\"1\"", new() { Reason = reason }, default));
        Assert.Equal("withdrawalReason", problem.Errors.Single().Code);
        Assert.Contains("enteredInError, falseReport or returnedAndValid", problem.Errors.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tombstone_holds_no_number_and_the_serving_role_can_end_none()
    {
        var record = await WithdrawnAsync(Documents.Stolen("RE0000041"));
        Assert.False(await hub.ScalarAsync<bool>("SELECT t::text LIKE '%RE0000041%' FROM travel_documents.tombstone t WHERE id = $1", record.Id));
        await using var connection = new Npgsql.NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        foreach (var sql in (string[])["DELETE FROM travel_documents.tombstone", "DELETE FROM travel_documents.version", "DELETE FROM travel_documents.document", "UPDATE travel_documents.fingerprint_key SET key = ''"])
        {
            await using var command = new Npgsql.NpgsqlCommand(sql, connection);
            Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }
    }

    private async Task<TravelDocument> WithdrawnAsync(TravelDocumentRequest document)
    {
        var record = await hub.RecordedAsync(document);
        await WithdrawAsync(record);
        return record;
    }

    private async Task WithdrawAsync(TravelDocument record)
    {
        var reply = await hub.As(Callers.Utopia).WithdrawAsync(record.Id, $"\"{record.Version}\"", new() { Reason = "falseReport" }, default);
        Assert.True(reply.Problem is null, reply.Body);
    }

    private async Task<ImportJob> ImportAsync(string csv, long recorded, string[] rejects, string mode = "delta")
    {
        var job = (await hub.ImportAsync(Encoding.UTF8.GetBytes(csv), "text/csv", feed: "reentry-" + mode, mode: mode)).Value!;
        Assert.Equal(("done", recorded), (job.State, job.Recorded));
        Assert.Equal(rejects, job.Rejects.Select(r => $"{r.Line} {r.Code}"));
        return job;
    }
}

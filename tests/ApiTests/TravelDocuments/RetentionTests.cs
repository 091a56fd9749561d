using Liaison.Api.TravelDocuments;
using Liaison.Platform.Jobs;
using Liaison.TravelDocuments.Retention;
using Npgsql;

namespace ApiTests.TravelDocuments;

/// <summary>Reminder, expiry and purge with a clock set forward. The hub's own jobs run beside and may be first: what counts is what came of it.</summary>
public sealed class RetentionTests(MovedHub hub) : IClassFixture<MovedHub>
{
    [Fact]
    public async Task An_owner_is_reminded_once_and_a_record_that_nobody_renews_expires_and_is_purged()
    {
        var (kept, renewed) = (await DueAsync("RT0000001"), await DueAsync("RT0000002"));
        await RunAsync();
        Assert.Equal(0, await ReminderAsync(kept));
        await hub.MoveAsync(TimeSpan.FromDays(12));
        await RunAsync();
        await RunAsync();
        Assert.Equal((1, 1), (await ReminderAsync(kept), await ReminderAsync(renewed)));
        await hub.As(Callers.Utopia).ChangeAsync(renewed.Id, "\"1\"",
            Documents.Stolen("RT0000002") with { Why = "Still missing", ReviewDate = $"{kept.ReviewDate.AddDays(100):yyyy-MM-dd}" }, default);

        // The review date comes: it answers no more, and may still be renewed.
        await hub.MoveAsync(TimeSpan.FromDays(29));
        await RunAsync();
        Assert.Equal(("notKnown", "hit"), ((await hub.FoundAsync("RT0000001")).Answer, (await hub.FoundAsync("RT0000002")).Answer));
        Assert.Null((await ReadAsync(kept)).Value!.Withdrawal);

        await hub.MoveAsync(TimeSpan.FromDays(30));
        await RunAsync();
        var expired = (await ReadAsync(kept)).Value!;
        Assert.Equal(("expired", 2), (expired.Withdrawal!.Reason, expired.Version));
        Assert.Equal("hub", (await hub.As(Callers.Utopia).VersionsAsync(kept.Id, default)).Value!.Items[1].By);
        Assert.Equal("hub UTO", await hub.ScalarAsync<string>(
            "SELECT account || ' ' || member FROM audit.entry WHERE event = 'travelDocuments.expired' AND subject = 'RT0000001' AND records = ARRAY[$1]", kept.Id));
        Assert.Equal(1L, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM platform.outbox WHERE type = 'travelDocuments.expired' AND payload->'records' ? $1::text AND payload->>'owner' = 'UTO'", kept.Id.ToString()));
        Assert.Null((await ReadAsync(renewed)).Value!.Withdrawal);
        Assert.Equal(1, await ReminderAsync(kept));

        // Its new date is another reminder.
        await hub.MoveAsync(TimeSpan.FromDays(50));
        await RunAsync();
        Assert.Equal(2, await ReminderAsync(renewed));

        await hub.MoveAsync(TimeSpan.FromDays(1045));
        await RunAsync();
        Assert.NotNull((await ReadAsync(kept)).Value);
        await hub.MoveAsync(TimeSpan.FromDays(2));
        await RunAsync();
        Assert.Equal("unknownRecord", (await ReadAsync(kept)).Problem!.Code);
        Assert.Equal("0 0", await hub.ScalarAsync<string>("""
            SELECT (SELECT count(*) FROM travel_documents.document WHERE id = $1) || ' ' ||
                (SELECT count(*) FROM travel_documents.version WHERE document->>'id' = $1::text)
            """, kept.Id));
        Assert.True(await hub.ScalarAsync<bool>(
            "SELECT owner = 'UTO' AND reason = 'expired' AND NOT bars AND purged_at IS NOT NULL FROM travel_documents.tombstone WHERE id = $1", kept.Id));
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'travelDocuments.purged' AND records @> ARRAY[$1]", kept.Id));
        // It was no wrong report, so nothing bars it.
        await hub.RecordedAsync(Documents.Stolen("RT0000001"));
    }

    /// <summary>As when the hub was off for months: who hears late has time to renew all the same.</summary>
    [Fact]
    public async Task A_late_reminder_gives_its_time()
    {
        var (kept, renewed) = (await DueAsync("RT0000021"), await DueAsync("RT0000022"));
        await hub.MoveAsync(TimeSpan.FromDays(90));
        await RunAsync();
        await RunAsync();
        Assert.Equal(1, await ReminderAsync(kept));
        Assert.Null((await ReadAsync(kept)).Value!.Withdrawal);
        await hub.MoveAsync(TimeSpan.FromDays(13));
        await RunAsync();
        Assert.Null((await ReadAsync(kept)).Value!.Withdrawal);
        var date = DateOnly.FromDateTime(hub.Moved.GetUtcNow().UtcDateTime).AddDays(200);
        Assert.NotNull((await hub.As(Callers.Utopia).ChangeAsync(renewed.Id, "\"1\"",
            Documents.Stolen("RT0000022") with { Why = "Still missing", ReviewDate = $"{date:yyyy-MM-dd}" }, default)).Value);
        await hub.MoveAsync(TimeSpan.FromDays(2));
        await RunAsync();
        Assert.Equal("expired", (await ReadAsync(kept)).Value!.Withdrawal!.Reason);
        Assert.Equal("hit", (await hub.FoundAsync("RT0000022")).Answer);
    }

    [Fact]
    public async Task A_hold_stops_expiry_and_purge_until_it_is_released()
    {
        var owner = hub.As(Callers.Utopia);
        var record = await DueAsync("RT0000011");
        var held = (await owner.HoldAsync(record.Id, new() { Why = "Proceedings" }, default)).Value!;
        Assert.Equal(2, held.Version);
        Assert.NotNull(held.HeldSince);
        await hub.MoveAsync(TimeSpan.FromDays(41));
        await RunAsync();
        await hub.MoveAsync(TimeSpan.FromDays(60));
        await RunAsync();
        Assert.Null((await ReadAsync(record)).Value!.Withdrawal);
        Assert.Equal("notKnown", (await hub.FoundAsync("RT0000011")).Answer);

        await owner.ReleaseAsync(record.Id, new() { Why = "Closed" }, default);
        await RunAsync();
        Assert.Equal("expired", (await ReadAsync(record)).Value!.Withdrawal!.Reason);
        // Ended, and needed again.
        Assert.Null((await owner.HoldAsync(record.Id, new() { Why = "An appeal" }, default)).Problem);
        await hub.MoveAsync(TimeSpan.FromDays(1200));
        await RunAsync();
        Assert.NotNull((await ReadAsync(record)).Value!.HeldSince);
        await owner.ReleaseAsync(record.Id, new() { Why = "Over" }, default);
        await RunAsync();
        Assert.Equal("unknownRecord", (await ReadAsync(record)).Problem!.Code);
    }

    [Fact]
    public async Task A_run_takes_no_more_than_its_share()
    {
        var today = DateOnly.FromDateTime(hub.Moved.GetUtcNow().UtcDateTime);
        var csv = "number,issuer,kind,status,reviewDate\n"
            + string.Concat(Enumerable.Range(0, RetentionJobs.MostAtOnce + 1).Select(i => $"RB{i:D7},UTO,passport,stolen,{today.AddDays(40):yyyy-MM-dd}\n"));
        Assert.Equal("done", (await hub.ImportAsync(System.Text.Encoding.UTF8.GetBytes(csv), "text/csv", feed: "bound")).Value!.State);
        // A clock of its own, so that the hub's jobs do not see the day.
        var jobs = new RetentionJobs(new(), Later(TimeSpan.FromDays(20)));
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        await jobs.RemindAsync(connection, default);
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM travel_documents.document WHERE number_key LIKE 'RB%' AND reminded_for IS NULL"));
        await jobs.RemindAsync(connection, default);
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM travel_documents.document WHERE number_key LIKE 'RB%' AND reminded_for IS NULL"));
        jobs = new(new(), Later(TimeSpan.FromDays(70)));
        await jobs.ExpireAsync(connection, default);
        await jobs.ExpireAsync(connection, default);
        Assert.Equal(RetentionJobs.MostAtOnce + 1L, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM travel_documents.document WHERE number_key LIKE 'RB%' AND withdrawal_reason = 'expired'"));

        TimeProvider Later(TimeSpan by)
        {
            var clock = new MovedClock();
            clock.Move(hub.Moved.GetUtcNow() - TimeProvider.System.GetUtcNow() + by);
            return clock;
        }
    }

    [Theory]
    [InlineData("reminded_for IS DISTINCT FROM review_date AND review_date <= current_date", "withdrawn_at IS NULL", "document_to_remind")]
    [InlineData("reminded_for = review_date AND review_date <= current_date", "withdrawn_at IS NULL AND held_at IS NULL", "document_to_expire")]
    [InlineData("withdrawn_at < now()", "withdrawn_at IS NOT NULL AND held_at IS NULL", "document_to_purge")]
    public async Task What_a_run_looks_for_it_finds_by_an_index_of_its_own(string due, string active, string index)
    {
        var order = index == "document_to_purge" ? "withdrawn_at" : "review_date";
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"SET enable_seqscan = off; EXPLAIN SELECT record FROM travel_documents.document WHERE {active} AND {due} ORDER BY {order} LIMIT 1000", connection);
        await using var row = await command.ExecuteReaderAsync();
        var plan = "";
        while (await row.ReadAsync()) plan += row.GetString(0) + "\n";
        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
    }

    private Task<TravelDocument> DueAsync(string number)
    {
        var today = DateOnly.FromDateTime(hub.Moved.GetUtcNow().UtcDateTime);
        return hub.RecordedAsync(Documents.Stolen(number) with { ReviewDate = $"{today.AddDays(41):yyyy-MM-dd}" });
    }

    private Task<Liaison.Api.HubReply<TravelDocument>> ReadAsync(TravelDocument record) => hub.As(Callers.Utopia).ReadAsync(record.Id, default);

    private async Task<int> ReminderAsync(TravelDocument record) => (int)await hub.ScalarAsync<long>(
        "SELECT count(*) FROM platform.outbox WHERE type = 'travelDocuments.reviewDue' AND payload->'records' ? $1::text AND payload->>'owner' = 'UTO'",
        record.Id.ToString());

    private async Task RunAsync()
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        foreach (var job in new RetentionJobs(new RetentionOptions(), hub.Moved).All) await job.RunAsync(connection, default);
        // The hub's own run of the same jobs may hold the rows: then it has them.
        await hub.ScalarAsync<long>("SELECT count(*) FROM (SELECT record FROM travel_documents.document FOR SHARE) locked");
    }
}

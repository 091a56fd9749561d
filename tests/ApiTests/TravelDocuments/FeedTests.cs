using System.IO.Compression;
using System.Text;
using Liaison.Api.TravelDocuments;
using Npgsql;

namespace ApiTests.TravelDocuments;

/// <summary>Feeds: what a file changes, keeps and ends of what the feed brought, and what it may not touch.</summary>
public sealed class FeedTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string Header = "number,issuer,kind,status,eventPlace,withdraw\n";

    [Fact]
    public async Task A_delta_records_changes_keeps_and_ends_what_its_feed_brought()
    {
        await DoneAsync("night", "FD000001,UTO,passport,stolen,Zenda,\nFD000002,UTO,passport,stolen,Zenda,\nFD000003,UTO,passport,stolen,Zenda,\n");
        var before = Assert.Single((await hub.FoundAsync("FD000002")).Matches).Document;
        var job = await DoneAsync("night",
            "FD000001,UTO,passport,stolen,Zenda,\nFD000002,UTO,passport,lost,Strelsau,\nFD000003,UTO,passport,stolen,,returnedAndValid\n"
            + "FD000004,UTO,passport,stolen,,\nFD000005,UTO,passport,stolen,,falseReport\n");
        Assert.Equal((1L, 1L, 1L, 1L, 1L), (job.Recorded, job.Changed, job.Unchanged, job.Withdrawn, job.Rejected));
        Assert.Equal("unknownRecord", Assert.Single(job.Rejects).Code);
        Assert.Equal("notKnown", (await hub.FoundAsync("FD000003")).Answer);
        var after = Assert.Single((await hub.FoundAsync("FD000002")).Matches).Document;
        Assert.Equal((before.Id, 2, "lost", "Strelsau", before.ReviewDate), (after.Id, after.Version, after.Status, after.EventPlace, after.ReviewDate));
        var versions = (await hub.As(Callers.Utopia).VersionsAsync(after.Id, CancellationToken.None)).Value!.Items;
        Assert.Equal(["stolen", "lost"], versions.Select(v => v.Document.Status));
        Assert.Equal(before, versions[0].Document);
    }

    [Fact]
    public async Task Of_rows_for_one_document_the_first_counts_also_when_it_ends_it()
    {
        await DoneAsync("twice", "FD000161,UTO,passport,stolen,,\n");
        var job = await DoneAsync("twice", "FD000161,UTO,passport,stolen,,falseReport\nFD000161,UTO,passport,lost,,\n"
            + "FD000162,UTO,passport,stolen,,\nfd-000162,UTO,passport,stolen,,falseReport\n");
        Assert.Equal((1L, 1L, 2L), (job.Recorded, job.Withdrawn, job.Rejected));
        Assert.Equal([(3L, "repeatedInFile"), (5L, "repeatedInFile")], job.Rejects.Select(r => (r.Line, r.Code)));
        Assert.Equal("notKnown", (await hub.FoundAsync("FD000161")).Answer);
        Assert.Equal("hit", (await hub.FoundAsync("FD000162")).Answer);
    }

    [Fact]
    public async Task A_compressed_file_that_was_cut_off_changes_nothing()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(
                Header + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"FG{i * 7919L % 1_000_003:D7},UTO,passport,stolen,,\n"))));
        }

        var job = (await hub.ImportAsync(packed.ToArray()[..^1000], "text/csv")).Value!;
        Assert.Equal(("failed", "importUnreadable"), (job.State, job.Problem?.Code));
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM travel_documents.document WHERE number_key LIKE 'FG%'"));
    }

    [Fact]
    public async Task The_same_key_and_file_for_another_feed_is_another_request()
    {
        var file = Encoding.UTF8.GetBytes(Header + "FD000171,UTO,passport,stolen,,\n");
        Assert.Equal("done", (await hub.ImportAsync(file, "text/csv", "order-71", "one")).Value!.State);
        Assert.Equal("done", (await hub.ImportAsync(file, "text/csv", "order-71", "one")).Value!.State);
        Assert.Equal("idempotencyKeyReused", (await hub.ImportAsync(file, "text/csv", "order-71", "two")).Problem!.Code);
        Assert.Equal("invalidRequest", (await hub.ImportAsync(file, "text/csv", feed: "one\n")).Problem!.Code);
    }

    /// <summary>A node that was silent for so long that another declared its job dead may still run it, and must not merge then.</summary>
    [Fact]
    public async Task A_job_that_was_declared_dead_does_not_merge()
    {
        await using var other = new NpgsqlConnection(hub.OwnerConnectionString);
        await other.OpenAsync();
        await using var blocking = await other.BeginTransactionAsync();
        // The merge waits for this row, which might be committed, and its job is declared dead meanwhile.
        await RecordUncommittedAsync(blocking, "FD000181");
        var importing = hub.ImportAsync(Encoding.UTF8.GetBytes(Header + "FD000181,UTO,passport,lost,,\nFD000182,UTO,passport,lost,,\n"), "text/csv", feed: "dead");
        await MergingAsync("dead");
        Assert.Equal(1L, await hub.ScalarAsync<long>(
            "WITH dead AS (UPDATE platform.import_job SET state = 'failed', finished_at = now(), problem_code = 'interrupted', problem_detail = 'x' WHERE feed = 'dead' RETURNING 1) SELECT count(*) FROM dead"));
        await blocking.RollbackAsync();
        Assert.Equal("failed", (await importing).Value!.State);
        await DoneAsync("after", "FD000183,UTO,passport,stolen,,\n");
        Assert.Equal("notKnown", (await hub.FoundAsync("FD000181", null)).Answer);
        Assert.Equal("notKnown", (await hub.FoundAsync("FD000182", null)).Answer);
    }

    [Fact]
    public async Task What_somebody_records_while_a_file_is_merged_is_left_to_him()
    {
        await using var other = new NpgsqlConnection(hub.OwnerConnectionString);
        await other.OpenAsync();
        await using var recording = await other.BeginTransactionAsync();
        await RecordUncommittedAsync(recording, "FD000191");
        var importing = hub.ImportAsync(Encoding.UTF8.GetBytes(Header + "FD000190,UTO,passport,lost,,\nFD000191,UTO,passport,lost,,\nFD000192,UTO,passport,lost,,\n"), "text/csv", feed: "late");
        await MergingAsync("late");
        await recording.CommitAsync();

        var job = (await importing).Value!;
        Assert.Equal(("done", 2L, 1L), (job.State, job.Recorded, job.Rejected));
        Assert.Equal("hit", (await hub.FoundAsync("FD000190", null)).Answer);
        Assert.Equal("hit", (await hub.FoundAsync("FD000192", null)).Answer);
        Assert.Equal((3L, "duplicateDocument"), (job.Rejects.Single().Line, job.Rejects.Single().Code));
    }

    [Fact]
    public async Task How_far_a_merge_is_can_be_seen_before_anybody_sees_its_records()
    {
        await using var other = new NpgsqlConnection(hub.OwnerConnectionString);
        await other.OpenAsync();
        await using var blocking = await other.BeginTransactionAsync();
        // The merge comes to this row last, and waits for it. Others are recorded meanwhile, as of a merge that is slow.
        await RecordUncommittedAsync(blocking, "FD000209");
        var importing = hub.ImportAsync(Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Range(0, 10).Select(i => $"FD00020{i},UTO,passport,lost,,\n"))), "text/csv", feed: "far");
        await MergingAsync("far");
        var id = await hub.ScalarAsync<Guid>("SELECT id FROM platform.import_job WHERE feed = 'far'");
        ImportJob seen;
        for (var tries = 0; (seen = (await hub.As(Callers.Utopia).ImportAsync(id, default)).Value!).RowsPerSecond is null; tries++)
        {
            Assert.True(tries < 300, "How far it is was not told.");
            await hub.ScalarAsync<long>("SELECT nextval('travel_documents.document_record_seq')");
            await Task.Delay(100);
        }

        Assert.Equal(("merging", 10L), (seen.State, seen.Rows));
        Assert.True(seen is { RowsPerSecond: > 0, SecondsLeft: >= 0 });
        await blocking.RollbackAsync();
        Assert.Equal(("done", 10L, null), ((await importing).Value!.State, (await importing).Value!.Recorded, (await importing).Value!.SecondsLeft));
    }

    [Fact]
    public async Task A_feed_never_touches_what_a_person_or_another_feed_recorded()
    {
        var person = await hub.RecordedAsync(Documents.Stolen("FD000011"));
        await DoneAsync("one", "FD000012,UTO,passport,stolen,,\n");
        var job = await DoneAsync("two", "FD000011,UTO,passport,lost,,\nFD000012,UTO,passport,stolen,,enteredInError\n");
        Assert.Equal((0L, 0L, 0L, 2L), (job.Recorded, job.Changed, job.Withdrawn, job.Rejected));
        Assert.Contains(person.Id.ToString(), job.Rejects[0].Message, StringComparison.Ordinal);
        Assert.Equal("stolen", Assert.Single((await hub.FoundAsync("FD000011")).Matches).Document.Status);
        Assert.Equal("hit", (await hub.FoundAsync("FD000012")).Answer);
    }

    [Fact]
    public async Task A_full_file_ends_what_its_feed_brought_and_it_no_longer_names()
    {
        await hub.RecordedAsync(Documents.Stolen("FD000020"));
        await DoneAsync("other", "FD000021,UTO,passport,stolen,,\n");
        await DoneAsync("whole", "FD000022,UTO,passport,stolen,,\nFD000023,UTO,passport,stolen,,\n", "full");
        var job = await DoneAsync("whole", "FD000023,UTO,passport,stolen,,\nFD000024,UTO,passport,stolen,,\n", "full");
        Assert.Equal((1L, 1L, 1L), (job.Recorded, job.Unchanged, job.Withdrawn));
        Assert.Equal("notKnown", (await hub.FoundAsync("FD000022")).Answer);
        foreach (var kept in (string[])["FD000020", "FD000021", "FD000023", "FD000024"]) Assert.Equal("hit", (await hub.FoundAsync(kept)).Answer);
        Assert.Equal("noLongerReported",
            await hub.ScalarAsync<string>("SELECT withdrawal_reason FROM travel_documents.document WHERE number_key = 'FD000022'"));
    }

    [Fact]
    public async Task A_full_file_with_a_rejected_row_ends_nothing_and_says_so()
    {
        await DoneAsync("held", "FD000031,UTO,passport,stolen,,\nFD000032,UTO,passport,stolen,,\n", "full");
        var job = await DoneAsync("held", "FD000031,UTO,passport,stolen,,\n,UTO,passport,stolen,,\n", "full");
        Assert.True(job is { WithdrawalsHeld: true, Withdrawn: 0, Rejected: 1 }, job.State);
        Assert.Equal("hit", (await hub.FoundAsync("FD000032")).Answer);
    }

    [Fact]
    public async Task A_full_file_that_would_end_suspiciously_much_changes_nothing()
    {
        var rows = string.Concat(Enumerable.Range(0, 300).Select(i => $"FE{i:D6},UTO,passport,stolen,,\n"));
        await DoneAsync("big", rows, "full");
        var few = "FE000000,UTO,passport,lost,,\nFE999999,UTO,passport,stolen,,\n";
        var waits = await hub.ImportAsync(Encoding.UTF8.GetBytes(Header + few), "text/csv", feed: "big", mode: "full");
        Assert.Equal(("waiting", 299L, 300L), (waits.Value!.State, waits.Value.Approval!.Withdrawals, waits.Value.Approval.Records));
        Assert.Equal("notKnown", (await hub.FoundAsync("FE999999")).Answer);
        Assert.Equal("stolen", Assert.Single((await hub.FoundAsync("FE000000")).Matches).Document.Status);
        var alone = await hub.ImportAsync(Encoding.UTF8.GetBytes(Header + few), "text/csv", feed: "big", mode: "full", maxWithdrawals: 100);
        Assert.Equal("maxWithdrawals", alone.Problem!.Errors!.Single().Field);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gzip_is_taken_whatever_it_is_called(bool ndjson)
    {
        var number = ndjson ? "FD000042" : "FD000041";
        var text = ndjson ? $$"""{"number":"{{number}}","issuer":"UTO","kind":"passport","status":"stolen"}""" : Header + number + ",UTO,passport,stolen,,\n";
        var job = await hub.ImportAsync(Gzip(Encoding.UTF8.GetBytes(text)), ndjson ? "application/x-ndjson" : "text/csv");
        Assert.True(job.Value is { State: "done", Recorded: 1 }, job.Body);
        Assert.Equal("hit", (await hub.FoundAsync(number)).Answer);
    }

    [Fact]
    public async Task What_unfolds_beyond_measure_or_is_damaged_changes_nothing()
    {
        var bomb = Gzip([.. Encoding.UTF8.GetBytes(Header + "FD000051,UTO,passport,stolen,"), .. new byte[96 << 20]]);
        var job = await hub.ImportAsync(bomb, "text/csv");
        Assert.True(job.Value is { State: "failed", Problem.Code: "importTooLarge" }, job.Body);
        var broken = Gzip(Encoding.UTF8.GetBytes(Header + "FD000051,UTO,passport,stolen,,\n"))[..^6];
        broken[12] ^= 0xFF;
        Assert.Equal("failed", (await hub.ImportAsync(broken, "text/csv")).Value!.State);
        Assert.Equal("notKnown", (await hub.FoundAsync("FD000051")).Answer);
    }

    [Fact]
    public async Task NDJSON_in_UTF16_with_its_mark_is_read()
    {
        var text = """{"number":"FD000061","issuer":"UTO","kind":"passport","status":"stolen","eventPlace":"Köln"}""";
        var job = await hub.ImportAsync([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(text)], "application/x-ndjson");
        Assert.True(job.Value is { State: "done", Recorded: 1 }, job.Body);
        Assert.Equal("Köln", Assert.Single((await hub.FoundAsync("FD000061")).Matches).Document.EventPlace);
    }

    [Fact]
    public async Task Another_member_sees_neither_the_job_nor_its_rejects()
    {
        var job = await DoneAsync("mine", "FD000071,UTO,passport,stolen,,\nFD000072,UTO,horse,stolen,,\n");
        Assert.Single(job.Rejects);
        var stranger = hub.As(Callers.France);
        Assert.Equal("unknownImport", (await stranger.ImportAsync(job.Id, CancellationToken.None)).Problem?.Code);
        using var rejects = new MemoryStream();
        Assert.Equal("unknownImport", (await stranger.ImportRejectsAsync(job.Id, rejects, CancellationToken.None))?.Code);
        Assert.Equal(0, rejects.Length);
        Assert.DoesNotContain((await stranger.ImportsAsync(CancellationToken.None)).Value!.Items, j => j.Id == job.Id);
        Assert.Contains((await hub.As(Callers.Utopia).ImportsAsync(CancellationToken.None)).Value!.Items, j => j.Id == job.Id);
    }

    private async Task<ImportJob> DoneAsync(string feed, string rows, string? mode = null)
    {
        var reply = await hub.ImportAsync(Encoding.UTF8.GetBytes(Header + rows), "text/csv", feed: feed, mode: mode);
        Assert.True(reply.Value?.State == "done", reply.Body);
        return reply.Value;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.SmallestSize)) gzip.Write(bytes);
        return memory.ToArray();
    }

    [Fact]
    public async Task Rows_of_another_member_are_audited_as_denied_also_when_the_file_fails_in_the_end()
    {
        var job = (await hub.ImportAsync(Encoding.UTF8.GetBytes(Header + "FD000401,DEU,passport,stolen,,\nFD000402,DEU,passport,stolen,,\nFD000403,UTO,passport,stolen,\"never closed"), "text/csv", feed: "denied")).Value!;
        Assert.Equal(("failed", 2), (job.State, job.Rejects.Count(r => r.Code == "notIssuingAuthority")));
        Assert.Equal(1L, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM audit.entry WHERE event = 'access.denied' AND asked::jsonb->'asked'->>'import' = $1 AND asked::jsonb->'asked'->>'deniedRows' = '2'", job.Id.ToString()));
    }

    [Fact]
    public async Task A_full_file_that_ends_most_of_a_small_feed_waits_and_a_limit_that_was_set_holds_for_few()
    {
        await DoneAsync("small", string.Concat(Enumerable.Range(0, 60).Select(i => $"FD0003{i:D2},UTO,passport,stolen,,\n")));
        var broken = (await hub.ImportAsync(Encoding.UTF8.GetBytes(Header + "FD000300,UTO,passport,stolen,,\n"), "text/csv", feed: "small", mode: "full")).Value!;
        Assert.Equal(("waiting", 59L), (broken.State, broken.Approval?.Withdrawals));
        var most = Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Range(1, 59).Select(i => $"FD0003{i:D2},UTO,passport,stolen,,\n")));
        var limited = (await hub.ImportAsync(most, "text/csv", feed: "small", mode: "full", maxWithdrawals: 0)).Value!;
        Assert.Equal(("waiting", 1L), (limited.State, limited.Approval?.Withdrawals));
        Assert.Equal("hit", (await hub.FoundAsync("FD000300", null)).Answer);
        var usual = (await hub.ImportAsync(most, "text/csv", feed: "small", mode: "full")).Value!;
        Assert.Equal(("done", 1L), (usual.State, usual.Withdrawn));
    }

    /// <summary>On another node a later file of the feed may be faster.</summary>
    [Theory]
    [InlineData("full", "delta", "failed")]
    [InlineData("delta", "full", "failed")]
    [InlineData("delta", "delta", "done")]
    public async Task A_file_that_a_later_one_overtook_changes_nothing_if_one_of_them_is_full(string mode, string laterMode, string state)
    {
        var feed = $"race-{mode}-{laterMode}";
        await hub.ScalarAsync<int>("""
            WITH later AS (
                INSERT INTO platform.import_job (id, dataset, member, account, key, digest, feed, mode, node, heartbeat_at, state, received_at, bytes)
                VALUES (gen_random_uuid(), 'travelDocuments', 'UTO', 'test', '', '', $1, $2, gen_random_uuid(), now(), 'done', now() + interval '1 hour', 1)
                RETURNING 1)
            SELECT count(*)::int FROM later
            """, feed, laterMode);
        var job = (await hub.ImportAsync(Encoding.UTF8.GetBytes(Header + $"FR{feed.Length}00001,UTO,passport,stolen,,\n"), "text/csv", feed: feed, mode: mode)).Value!;
        Assert.Equal((state, state == "failed" ? "overtaken" : null), (job.State, job.Problem?.Code));
    }

    /// <summary>Until the merge stands, or waits for a row of somebody else.</summary>
    private async Task MergingAsync(string feed)
    {
        for (var tries = 0; tries < 1200; tries++)
        {
            if (await hub.ScalarAsync<long>($"SELECT count(*) FROM platform.import_job WHERE feed = '{feed}' AND state = 'merging'") == 1)
            {
                await hub.MergeWaitsAsync();
                return;
            }

            await Task.Delay(25);
        }

        Assert.Fail("The import does not wait for the row.");
    }

    private static async Task RecordUncommittedAsync(NpgsqlTransaction transaction, string number)
    {
        await using var command = new NpgsqlCommand("""
            INSERT INTO travel_documents.document (id, version, owner, number, number_key, issuer, kind, status, found, review_date, recorded_at,
                changed_at, change_set, account)
            VALUES (gen_random_uuid(), 1, 'UTO', $1, $1, 'UTO', 'passport', 'stolen', false, '2030-01-01', now(), now(), gen_random_uuid(), 'test')
            """, transaction.Connection, transaction)
        {
            Parameters = { new() { Value = number } },
        };
        await command.ExecuteNonQueryAsync();
    }
}

using System.Text;
using ApiTests.TravelDocuments;
using Liaison.Api.Hits;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Data;
using Npgsql;

namespace ApiTests.Hits;

/// <summary>Who asked before the record came is told when it comes.</summary>
public sealed class LeadTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_record_that_comes_after_the_search_is_a_hit_for_both()
    {
        var answer = await hub.FoundAsync(new SearchRequest { Number = "ld-0000001", Issuer = "UTO", Place = "CDG" }, Callers.Germany);
        Assert.Equal("notKnown", answer.Answer);
        var record = await hub.RecordedAsync(Documents.Stolen("LD0000001"));

        var lead = await hub.LeadAsync(record.Id, Callers.Germany);
        Assert.Equal(("asker", "open", "delayed", "UTO", "urgent"), (lead.Role, lead.State, lead.Kind, lead.Owner, lead.Priority));
        Assert.InRange(lead.At!.Value - lead.AskedAt!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Equal(lead.Id, (await hub.OpenedAsync(lead.Id)).Id);
        var asker = (await hub.OwnersAsync(lead.Id)).Value!.Askers!.Single();
        Assert.Equal(("DEU", "germany", "delayed", answer.SearchId, "CDG", lead.AskedAt), (asker.Member, asker.Account, asker.Kind, asker.Search, asker.Place, asker.AskedAt));
        Assert.Equal(["numberExact"], asker.Reasons);
        Assert.Equal("confirmed", (await hub.AnswerAsync(lead.Id, "confirm")).Value!.State);
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'hits.foundLate' AND member = 'UTO' AND $1 = ANY(records)", record.Id));
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM platform.kept_inquiry WHERE position('LD0000001'::bytea IN body) > 0"));

        // The same question and the same record are told of once, whatever becomes of the record.
        await hub.ChangedAsync(record, r => r with { EventPlace = "Port" });
        await hub.SweptAsync();
        Assert.Single((await hub.OwnersAsync(lead.Id)).Value!.Askers!);
    }

    [Fact]
    public async Task What_makes_a_hit_does_so_later_and_what_is_only_near_never()
    {
        await AskAsync(new() { Number = "LD1O00001", Issuer = "UTO" }, new() { Number = "LD1O00001", Issuer = "FRA" }, new() { Number = "LD1O00001" },
            new() { Number = "LD1000002", Issuer = "UTO", Near = true }, new() { Number = "LD1000001", Issuer = "UTO", Kind = "identityCard" },
            new() { Number = "LD1000001" }, new() { Number = "LD1000001", Issuer = "UTO", Kind = "passport" });
        await hub.FoundAsync(new SearchRequest { Number = "LD1000001", Issuer = "UTO", Kind = "passport" });
        var record = await hub.RecordedAsync(Documents.Stolen("LD1000001"));
        await hub.LeadAsync(record.Id, Callers.Germany);
        await hub.SweptAsync();
        var leads = await LeadsAsync(record.Id, Callers.Germany);
        var cases = new List<Hit>();
        foreach (var lead in leads) cases.Add((await hub.OwnersAsync(lead.Id)).Value!);
        // Who had the very document before them is one case; whoever may have had another is alone.
        Assert.Equal(["DEU numberConfusable", "DEU numberExact", "DEU numberExact FRA numberExact"],
            cases.Select(c => string.Join(' ', c.Askers!.OrderBy(a => a.Member).Select(a => $"{a.Member} {a.Reasons[0]}"))).Order());
        // What is answered to one is nothing to the others.
        await hub.AnswerAsync(cases.Single(c => c.Askers![0].Reasons[0] == "numberConfusable").Id, "deny");
        Assert.Equal([null, null, "notConfirmed"], (await LeadsAsync(record.Id, Callers.Germany)).Select(l => l.Answer).Order());
    }

    [Fact]
    public async Task A_range_of_blanks_finds_who_asked_for_one_of_them()
    {
        await AskAsync(new() { Number = "LD2000150", Issuer = "UTO" }, new() { Number = "LD2000201", Issuer = "UTO" }, new() { Number = "LD2000150" });
        var record = await hub.RecordedAsync(Documents.Blanks("LD2000100", "LD2000200"));
        var lead = await hub.LeadAsync(record.Id, Callers.Germany);
        await hub.SweptAsync();
        var asker = Assert.Single((await hub.OwnersAsync(lead.Id)).Value!.Askers!);
        Assert.Equal(["insideBlankRange"], asker.Reasons);
    }

    [Fact]
    public async Task A_misread_zone_whose_number_is_proved_finds_the_record_too()
    {
        var misread = Documents.SpecimenTd3.Replace("L898902C3", "L8989O2C3", StringComparison.Ordinal);
        await AskAsync(new SearchRequest { Mrz = misread });
        var record = await hub.RecordedAsync(Documents.Stolen("L898902C3"));
        Assert.Equal("numberRepaired", (await hub.OwnersAsync((await hub.LeadAsync(record.Id, Callers.Germany)).Id)).Value!.Askers![0].Reasons[0]);
    }

    [Fact]
    public async Task A_line_of_a_batch_is_found_again_with_its_line()
    {
        var lines = """
            {"number":"LD3000009","issuer":"UTO"}

            {"number":1}
            {"number":"LD3000001","issuer":"UTO","kind":"passport","ref":"x"}
            {"number":"LD3000001","issuer":"UTO","kind":"passport","place":"Kehl"}
            """;
        Assert.Null((await hub.As(Callers.Germany).SearchManyAsync(Encoding.UTF8.GetBytes(lines), default)).Problem);
        var record = await hub.RecordedAsync(Documents.Stolen("LD3000001"));
        var lead = await hub.LeadAsync(record.Id, Callers.Germany);
        for (var tries = 0; tries < 100 && (await hub.OwnersAsync(lead.Id)).Value!.Askers!.Count < 2; tries++) await Task.Delay(50);
        var askers = (await hub.OwnersAsync(lead.Id)).Value!.Askers!;
        Assert.Equal([null, "Kehl"], askers.Select(a => a.Place).Order());
        Assert.Equal([4L, 5L], new[] { await LineAsync(askers[0].Hit), await LineAsync(askers[1].Hit) }.Order());
    }

    [Fact]
    public async Task Who_may_not_see_the_record_learns_nothing_and_the_owner_learns_of_it_once()
    {
        await AskAsync(new SearchRequest { Number = "LD4000001", Issuer = "UTO" });
        await hub.FoundAsync(new SearchRequest { Number = "LD4000001", Issuer = "UTO" });
        var record = await hub.RecordedAsync(Documents.Stolen("LD4000001") with { Restrictions = new(["DEU"], null) });
        Assert.Equal("delayed", (await hub.LeadAsync(record.Id, Callers.France)).Kind);
        await hub.SweptAsync();
        Assert.Empty(await LeadsAsync(record.Id, Callers.Germany));
        Assert.Equal(1L, await SilentAsync(record.Id));

        // When it is opened to them they are told, as a search would.
        record = await hub.ChangedAsync(record, r => r with { EventPlace = "Port" });
        await hub.SweptAsync();
        Assert.Equal(1L, await SilentAsync(record.Id));
        await hub.ChangedAsync(record, r => r with { Restrictions = new([], []) });
        Assert.Equal("delayed", (await hub.LeadAsync(record.Id, Callers.Germany)).Kind);
    }

    [Fact]
    public async Task A_sealed_record_says_whom_to_ask_and_a_carrier_is_sent_to_the_desk()
    {
        await AskAsync(new SearchRequest { Number = "LD5000001", Issuer = "UTO", Kind = "passport" });
        await hub.FoundAsync(new SearchRequest { Number = "LD5000001", Issuer = "UTO", Kind = "passport" }, Callers.Airline);
        await hub.FoundAsync(new SearchRequest { Number = "LD5OOOOO1", Issuer = "UTO", Kind = "passport" }, Callers.Airline);
        var record = await hub.RecordedAsync(Documents.Stolen("LD5000001") with { Sealed = true });
        var hits = await UntilAsync(Callers.Germany, h => h.Kind == "sealed" && h.AskedAt is not null);
        Assert.Null(hits.Record);
        var referred = await UntilAsync(Callers.Airline, h => h.Kind == "referred" && h.AskedAt is not null);
        Assert.Equal((null, "UTO"), (referred.Record, referred.Owner));
        await hub.SweptAsync();
        Assert.Single((await hub.As(Callers.Airline).HitsAsync(null, null, 500, default)).Value!.Items, h => h.AskedAt is not null);
        Assert.DoesNotContain(record.Id.ToString(), (await hub.As(Callers.Airline).HitsAsync(null, null, 500, default)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_answer_told_of_is_not_told_again()
    {
        var (record, hit) = await hub.MetAsync("LD6000001");
        await hub.OpenedAsync(hit);
        await hub.ChangedAsync((await hub.As(Callers.Utopia).ReadAsync(record, default)).Value!, r => r with { EventPlace = "Port" });
        await hub.SweptAsync();
        Assert.Single((await hub.OwnersAsync(hit)).Value!.Askers!);
    }

    [Fact]
    public async Task An_import_brings_it_too()
    {
        await AskAsync(new SearchRequest { Number = "LD7000003", Issuer = "UTO" });
        var csv = "number,issuer,kind,status\n" + string.Concat(Enumerable.Range(0, 50).Select(i => $"LD70000{i:D2},UTO,passport,stolen\n"));
        Assert.Null((await hub.ImportAsync(Encoding.UTF8.GetBytes(csv), "text/csv")).Problem);
        var lead = await UntilAsync(Callers.Germany, h => h.Kind == "delayed" && h.State == "open" && h.AskedAt is not null && h.Record is not null && IsOf(h, "LD7000003"));
        Assert.Single((await hub.OwnersAsync(lead.Id)).Value!.Askers!);
    }

    [Fact]
    public async Task A_search_that_becomes_known_only_after_the_record_was_gone_through_is_told_all_the_same()
    {
        await hub.KeptAsync([(await hub.FoundAsync(new SearchRequest { Number = "LD8000001", Issuer = "UTO" }, Callers.Germany)).SearchId]);
        var row = await hub.ScalarAsync<byte[]>("DELETE FROM platform.kept_inquiry WHERE id = (SELECT max(id) FROM platform.kept_inquiry) RETURNING body");
        await hub.ScalarAsync<bool>("SELECT true FROM pg_sleep(1)");
        // As of a node that wrote it to the audit in the very moment: read before, visible after.
        var record = await hub.RecordedAsync(Documents.Stolen("LD8000001"));
        await hub.SweptAsync();
        Assert.Empty(await LeadsAsync(record.Id, Callers.Germany));
        await hub.ScalarAsync<long>("INSERT INTO platform.kept_inquiry (at, body) VALUES (now(), $1) RETURNING id", row);
        Assert.Equal("delayed", (await hub.LeadAsync(record.Id, Callers.Germany)).Kind);
    }

    [Fact]
    public async Task What_the_answer_has_seen_is_no_news_also_while_its_case_is_not_open_yet()
    {
        await hub.RecordedAsync(Documents.Stolen("LD8100001"));
        await hub.FoundAsync(new SearchRequest { Number = "LD8100001", Issuer = "UTO", Kind = "passport" }, Callers.Airline);
        await hub.SweptAsync();
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM platform.outbox WHERE payload->>'asker' = 'AIRWAYS' AND payload ? 'asked' AND payload->>'record' = (SELECT id::text FROM travel_documents.document WHERE number_key = 'LD8100001')"));
    }

    /// <summary>Else whoever asked could count them.</summary>
    [Fact]
    public async Task What_was_one_to_the_asker_stays_one_whatever_its_owner_amends()
    {
        var records = new List<TravelDocument>();
        foreach (var kind in (string[])["passport", "visa", "identityCard"])
            records.Add(await hub.RecordedAsync(Documents.Stolen("LDA000001", kind: kind) with { Sealed = true }));
        records.Add(await hub.RecordedAsync(Documents.Blanks("LDA000001", "LDA000009") with { Sealed = true }));
        var answer = await hub.FoundAsync(new SearchRequest { Number = "LDA000001", Issuer = "UTO" }, Callers.Germany);
        Assert.Single(answer.Sealed!);
        var possible = await hub.FoundAsync(new SearchRequest { Number = "LDAOOO001", Issuer = "UTO", Kind = "passport" }, Callers.Germany);
        Assert.Equal("possible", Assert.Single(possible.Sealed!).Confidence);
        var referred = await hub.FoundAsync(new SearchRequest { Number = "LDA000001", Issuer = "UTO", Kind = "passport" }, Callers.Airline);
        await hub.UntilDispatchedAsync();
        foreach (var record in records) await hub.ChangedAsync(record, r => r with { Sealed = true, EventPlace = "Port" });
        await hub.SweptAsync();
        Assert.Equal((1L, 0L, 1L), (await CasesAsync(answer), await CasesAsync(possible), await CasesAsync(referred)));

        Task<long> CasesAsync(SearchAnswer of) => hub.ScalarAsync<long>("SELECT count(*) FROM hits.asker WHERE search = $1", of.SearchId);
    }

    /// <summary>A list goes in pieces of some thousand lines, each of which is a search of its own.</summary>
    [Fact]
    public async Task What_was_one_to_the_asker_stays_one_also_where_a_long_list_repeats_it()
    {
        var records = new List<TravelDocument>();
        foreach (var kind in (string[])["passport", "visa"])
            records.Add(await hub.RecordedAsync(Documents.Stolen("LDV000001", kind: kind) with { Sealed = true }));
        var lines = Enumerable.Range(0, 5_000).Select(i => $$"""{"number":"{{(i % 2_400 == 0 ? "LDV000001" : $"LDW{i:D6}")}}","issuer":"UTO"}""" + "\n");
        Assert.Null((await hub.As(Callers.Germany).SearchManyAsync(Encoding.UTF8.GetBytes(string.Concat(lines)), default)).Problem);
        await hub.UntilDispatchedAsync();
        foreach (var record in records) await hub.ChangedAsync(record, r => r with { Sealed = true, EventPlace = "Port" });
        await hub.SweptAsync();
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.asker a JOIN hits.hit_case c ON c.id = a.case_id WHERE c.record = ANY($1)", records.Select(r => r.Id).ToArray()));
    }

    /// <summary>The outbox is behind: nobody has written down yet what the answer told of.</summary>
    [Fact]
    public async Task What_was_one_to_the_asker_stays_one_also_while_its_case_is_not_open_yet()
    {
        await hub.RecordedAsync(Documents.Stolen("LDC000001", kind: "visa") with { Sealed = true });
        var records = new List<TravelDocument>();
        foreach (var kind in (string[])["passport", "identityCard"])
            records.Add(await hub.RecordedAsync(Documents.Stolen("LDC000001", kind: kind) with { Sealed = true }));
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        await connection.DoAsync("SELECT pg_advisory_lock(x'4C4941490008'::bigint)", default);
        var answer = await hub.FoundAsync(new SearchRequest { Number = "LDC000001", Issuer = "UTO" }, Callers.Germany);
        Assert.Single(answer.Sealed!);
        foreach (var record in records) await hub.ChangedAsync(record, r => r with { Sealed = true, EventPlace = "Port" });
        await hub.GoneThroughAsync();
        Assert.True(await hub.ScalarAsync<bool>("SELECT bool_and(dispatched_at IS NULL) FROM platform.outbox WHERE audit_entry = $1", answer.SearchId));
        await connection.DoAsync("SELECT pg_advisory_unlock_all()", default);
        await hub.UntilDispatchedAsync();
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.asker WHERE search = $1", answer.SearchId));
    }

    [Fact]
    public async Task What_an_answer_kept_from_the_asker_its_owner_is_told_once()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("LDM000001") with { Restrictions = new(["DEU"], null) });
        await AskAsync(new SearchRequest { Number = "LDM000001", Issuer = "UTO" });
        Assert.Equal(1L, await SilentAsync(record.Id));
        record = await hub.ChangedAsync(record, r => r with { EventPlace = "Port" });
        await hub.SweptAsync();
        Assert.Equal(1L, await SilentAsync(record.Id));
        // When it is opened to them they are told.
        await hub.ChangedAsync(record, r => r with { Restrictions = new([], []) });
        Assert.Equal("delayed", (await hub.LeadAsync(record.Id, Callers.Germany)).Kind);
    }

    private bool IsOf(Hit hit, string number) =>
        hub.ScalarAsync<string>("SELECT number_key FROM travel_documents.document WHERE id = $1", hit.Record!.Value).GetAwaiter().GetResult() == number;

    private async Task AskAsync(params SearchRequest[] requests)
    {
        foreach (var request in requests) Assert.NotEqual("hit", (await hub.FoundAsync(request, Callers.Germany)).Answer);
    }

    private Task<long> LineAsync(Guid hit) => hub.ScalarAsync<long>("SELECT line FROM hits.asker WHERE hit = $1", hit);

    private Task<long> SilentAsync(Guid record) => hub.ScalarAsync<long>(
        "SELECT count(*) FROM platform.outbox WHERE type = 'travelDocuments.silentHit' AND payload->>'record' = $1", record.ToString());

    private async Task<Hit[]> LeadsAsync(Guid record, string asker) =>
        [.. (await hub.As(asker).HitsAsync(null, null, 500, default)).Value!.Items.Where(h => h.Record == record)];

    private async Task<Hit> UntilAsync(string asker, Func<Hit, bool> wished)
    {
        for (var tries = 0; tries < 300; tries++)
        {
            if ((await hub.As(asker).HitsAsync(null, null, 500, default)).Value!.Items.FirstOrDefault(wished) is { } hit) return hit;
            await Task.Delay(50);
        }

        Assert.Fail("No such hit came.");
        return null;
    }
}

/// <summary>The short way to wait for what comes late.</summary>
internal static class Leads
{
    /// <summary>The asker's hit on a record that came after it had asked.</summary>
    public static async Task<Hit> LeadAsync(this HubFixture hub, Guid record, string asker)
    {
        for (var tries = 0; tries < 300; tries++)
        {
            var all = (await hub.As(asker).HitsAsync(null, null, 500, CancellationToken.None)).Value!.Items;
            if (all.FirstOrDefault(h => h.Record == record && h.AskedAt is not null) is { } lead) return lead;
            await Task.Delay(50);
        }

        Assert.Fail("No lead came. The hub says:\n" + string.Join('\n', hub.Log.Lines.TakeLast(20)));
        return null;
    }

    /// <summary>Returns when everything that was written until now was looked through, and what came of it was taken.</summary>
    public static async Task SweptAsync(this HubFixture hub)
    {
        await hub.GoneThroughAsync();
        await hub.UntilDispatchedAsync();
    }

    /// <summary>Returns when everything that was written until now was looked through.</summary>
    public static async Task GoneThroughAsync(this HubFixture hub)
    {
        var last = await hub.ScalarAsync<long>("SELECT max(position) FROM platform.change_log");
        await hub.UntilTrueAsync($"SELECT EXISTS (SELECT FROM hits.lead_progress WHERE position >= {last})");
    }

    public static async Task<TravelDocument> ChangedAsync(this HubFixture hub, TravelDocument record, Func<TravelDocumentRequest, TravelDocumentRequest> change)
    {
        var request = new TravelDocumentRequest
        {
            Number = record.Number, Issuer = record.Issuer, Kind = record.Kind, Status = record.Status, RangeTo = record.RangeTo, Restrictions = record.Restrictions, Why = "Because.",
        };
        var etag = $"\"{record.Version}\"";
        var reply = await hub.As(Callers.Utopia).ChangeAsync(record.Id, etag, change(request), CancellationToken.None);
        Assert.True(reply.Problem is null, reply.Body);
        return reply.Value!;
    }
}

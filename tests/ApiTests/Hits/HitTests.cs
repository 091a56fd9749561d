using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.Hits;
using Liaison.Api.TravelDocuments;
using Liaison.Hits;

namespace ApiTests.Hits;

/// <summary>From the search to the outcome: Utopia owns, others ask.</summary>
public sealed class HitTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_hit_becomes_a_case_that_the_owner_confirms_while_the_asker_waits()
    {
        var (record, id) = await hub.MetAsync("HT0000001");
        var open = await hub.OpenedAsync(id);
        Assert.Equal((id, "asker", "open", 1, "UTO", "hit", record), (open.Id, open.Role, open.State, open.Version, open.Owner, open.Kind, open.Record));
        Assert.Equal((TimeSpan.FromHours(1), "urgent", "desk"), (open.DueAt - open.At, open.Priority, open.Level));
        Assert.Null(open.Askers);

        var waiting = hub.As(Callers.Germany).HitAsync(id, 30, open.Version, default);
        var owners = await hub.OwnersAsync(id);
        Assert.Equal(("owner", "open", record, "DEU", "germany"), (owners.Value!.Role, owners.Value.State, owners.Value.Record, owners.Value.Askers!.Single().Member, owners.Value.Askers![0].Account));
        Assert.False(waiting.IsCompleted);
        Assert.Equal("acknowledged", (await hub.AnswerAsync(id, "acknowledge")).Value!.State);
        Assert.Equal("acknowledged", (await waiting).Value!.State);
        Assert.Equal("confirmed", (await hub.AnswerAsync(id, "confirm", "Take it.")).Value!.State);
        var told = await hub.UntilAsync(id, Callers.Germany, hit => hit.Answer is not null);
        Assert.Equal(("confirmed", "confirmed", "Take it."), (told.State, told.Answer, told.Events![^1].Note));

        Assert.Equal("hitNotNow", (await hub.CloseAsync(id)).Problem!.Code);
        Assert.Equal(("outcome", "documentSeized"), ((await hub.OutcomeAsync(id, "documentSeized")).Value!.State, (await hub.OwnersAsync(id)).Value!.Askers![0].Outcome));
        Assert.Equal("outcome", (await hub.OwnersAsync(id)).Value!.State);
        Assert.Equal("closed", (await hub.CloseAsync(id)).Value!.State);
        Assert.Equal("closed", (await hub.OpenedAsync(id)).State);
        Assert.Equal("hitClosed", (await hub.AnswerAsync(id, "deny")).Problem!.Code);
        Assert.Equal("hitClosed", (await hub.OutcomeAsync(id, "unknown")).Problem!.Code);
        Assert.Equal("hits.opened hits.answered hits.answered hits.outcomeGiven hits.closed", await hub.ScalarAsync<string>("""
            SELECT string_agg(event, ' ' ORDER BY at) FROM audit.entry WHERE event LIKE 'hits.%' AND outcome = 'done' AND event <> 'hits.read'
                AND ($1 = ANY(records) OR (SELECT case_id FROM hits.asker WHERE hit = $1) = ANY(records))
            """, id));
    }

    [Theory]
    [InlineData("ar-EG, fr;q=0.5", "ar", "أُبلغ صاحب السجل ولم يطّلع عليه بعد.")]
    [InlineData("de, es;q=0.2", "es", "Se avisó al propietario, que aún no lo ha examinado.")]
    [InlineData("de", "en", "The owner was told and has not looked at it yet.")]
    public async Task How_it_stands_is_said_in_the_language_that_is_asked_for(string asked, string language, string said)
    {
        var (_, id) = await hub.MetAsync($"HL{language.ToUpperInvariant()}00001");
        await hub.OpenedAsync(id);
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Hit(id));
        request.Headers.Add("Accept-Language", asked);
        using var answer = await hub.Http(Callers.Germany).SendAsync(request);
        Assert.Equal([language], answer.Content.Headers.ContentLanguage);
        Assert.Contains("Accept-Language", answer.Headers.Vary);
        var hit = await answer.Content.ReadFromJsonAsync(LiaisonJson.Default.Hit);
        Assert.Equal(("open", said), (hit!.State, hit.Text));
        // Also where somebody acts.
        using var act = new HttpRequestMessage(HttpMethod.Post, Routes.HitAnswer(id)) { Content = JsonContent.Create(new { act = "confirm" }) };
        act.Headers.Add("Accept-Language", asked);
        act.Headers.Add("If-Match", (await hub.OwnersAsync(id)).ETag!);
        using var acted = await hub.Http(Callers.Utopia).SendAsync(act);
        Assert.Equal([language], acted.Content.Headers.ContentLanguage);
        Assert.Equal(HitTexts.Words.In(language).Of("owner.confirmed"), (await acted.Content.ReadFromJsonAsync(LiaisonJson.Default.Hit))!.Text);
        using var list = new HttpRequestMessage(HttpMethod.Get, Routes.Hits);
        list.Headers.Add("Accept-Language", asked);
        using var listed = await hub.Http(Callers.Germany).SendAsync(list);
        Assert.Equal([language], listed.Content.Headers.ContentLanguage);
        var items = (await listed.Content.ReadFromJsonAsync(LiaisonJson.Default.HitPage))!.Items;
        Assert.Equal(HitTexts.Words.In(language).Of("asker.confirmed"), items.Single(h => h.Id == id).Text);
    }

    [Fact]
    public async Task Several_who_ask_are_one_case_and_none_learns_of_the_others()
    {
        var (_, first) = await hub.MetAsync("HT0000011");
        await hub.OpenedAsync(first);
        await hub.AnswerAsync(first, "confirm", "Take it.");
        await hub.OutcomeAsync(first, "travellerContinued");
        var second = await hub.MetAgainAsync("HT0000011", Callers.France);
        var joined = await hub.OpenedAsync(second, Callers.France);
        Assert.Equal(("confirmed", "confirmed", 1), (joined.State, joined.Answer, joined.Version));
        var (file, askers) = ((await hub.OwnersAsync(first)).Value!.Id, (await hub.OwnersAsync(second)).Value!.Askers!);
        Assert.Equal(["DEU", "FRA"], askers.Select(a => a.Member));
        Assert.Equal(file, (await hub.OwnersAsync(second)).Value!.Id);

        var seen = await hub.As(Callers.France).HitAsync(second, null, null, default);
        foreach (var secret in (string[])["DEU", "germany", first.ToString(), file.ToString(), "travellerContinued", "join"])
            Assert.DoesNotContain(secret, seen.Body, StringComparison.Ordinal);
        // Nothing was said before it asked: the standing answer bears the time of its own question.
        Assert.All(seen.Value!.Events!, e => Assert.True(e.At >= seen.Value.At));
        Assert.Equal("Take it.", seen.Value.Events!.Single(e => e.Act == "confirm").Note);
        var before = (await hub.OpenedAsync(first)).Version;
        await hub.OutcomeAsync(second, "documentSeized", Callers.France);
        Assert.Equal(before, (await hub.OpenedAsync(first)).Version);
        Assert.Equal(("outcome", "travellerContinued"), ((await hub.OpenedAsync(first)).State, (await hub.OpenedAsync(first)).Outcome));

        foreach (var (id, who) in ((Guid, string)[])[(first, Callers.France), (second, Callers.Germany), (file, Callers.France), (first, Callers.Kingdom), (file, Callers.Administrator)])
            Assert.Equal("unknownHit", (await hub.As(who).HitAsync(id, null, null, default)).Problem!.Code);
        Assert.DoesNotContain((await hub.As(Callers.France).HitsAsync(null, null, null, default)).Value!.Items, h => h.Id == first || h.Id == file);
        Assert.Contains((await hub.As(Callers.Utopia).HitsAsync("outcome", null, null, default)).Value!.Items, h => h.Id == file);
    }

    [Fact]
    public async Task A_denial_of_what_was_only_possible_is_no_answer_to_who_meets_the_document_itself()
    {
        await hub.RecordedAsync(Documents.Stolen("HT0000215"));
        var denied = await PossibleAsync("HT0000Z15", Callers.Germany);
        Assert.Equal("notConfirmed", (await hub.AnswerAsync(denied, "deny")).Value!.State);
        var met = await hub.MetAgainAsync("HT0000215", Callers.France);
        Assert.Equal(("open", null), Standing(await hub.OpenedAsync(met, Callers.France)));
        Assert.NotEqual((await hub.OwnersAsync(denied)).Value!.Id, (await hub.OwnersAsync(met)).Value!.Id);

        // Nor does the denial of a hit say anything of the document that somebody else meets afterwards.
        Assert.Equal("notConfirmed", (await hub.AnswerAsync(met, "deny")).Value!.State);
        var again = await hub.MetAgainAsync("HT0000215", Callers.Germany);
        Assert.Equal(("open", null), Standing(await hub.OpenedAsync(again)));
    }

    [Fact]
    public async Task A_confirmation_is_no_answer_to_who_may_have_another_document()
    {
        await hub.RecordedAsync(Documents.Stolen("HT0000225"));
        var met = await hub.MetAgainAsync("HT0000225");
        await hub.OpenedAsync(met);
        await hub.AnswerAsync(met, "confirm");
        var bare = (await hub.FoundAsync(new SearchRequest { Number = "HT0000225" }, Callers.France)).Matches.Single();
        var anyKind = (await hub.FoundAsync(new SearchRequest { Number = "HT0000225", Issuer = "UTO" }, Callers.France)).Matches.Single();
        Assert.Equal(("hit", "hit"), (bare.Confidence, anyKind.Confidence));
        var possible = (await PossibleAsync("HT0000ZZ5", Callers.France), await PossibleAsync("HT00002Z5", Callers.France));
        Guid[] others = [bare.HitId!.Value, anyKind.HitId!.Value, possible.Item1, possible.Item2];
        foreach (var id in others) Assert.Equal(("open", null), Standing(await hub.OpenedAsync(id, Callers.France)));
        // Of two who are one character off each may have another document too.
        await hub.AnswerAsync(possible.Item1, "deny");
        Assert.Equal(("open", null), Standing(await hub.OpenedAsync(possible.Item2, Callers.France)));
        Assert.Equal(("confirmed", "confirmed"), Standing(await hub.OpenedAsync(await hub.MetAgainAsync("HT0000225", Callers.France), Callers.France)));
    }

    [Fact]
    public async Task Each_document_of_a_range_is_a_case_of_its_own()
    {
        await hub.RecordedAsync(Documents.Blanks("HT0000300", "HT0000399"));
        var (first, second) = (await hub.MetAgainAsync("HT0000350"), await hub.MetAgainAsync("HT0000351", Callers.France));
        await hub.OpenedAsync(first);
        await hub.OpenedAsync(second, Callers.France);
        await hub.AnswerAsync(first, "deny", "This one was found.");
        Assert.Equal(("open", null), Standing(await hub.OpenedAsync(second, Callers.France)));
    }

    [Fact]
    public async Task What_is_possible_becomes_a_case_when_the_asker_asks_for_it()
    {
        await hub.RecordedAsync(Documents.Stolen("HT0000021"));
        var answer = await hub.FoundAsync(new SearchRequest { Number = "HT00000Z1", Issuer = "UTO", Kind = "passport" }, Callers.Germany);
        Assert.Equal("possible", answer.Answer);
        var id = answer.Matches.Single().HitId!.Value;
        Assert.Equal(("possible", 0), ((await hub.OpenedAsync(id)).State, (await hub.OpenedAsync(id)).Version));
        Assert.Equal("unknownHit", (await AskAsync(Callers.France, answer.SearchId, id)).Problem!.Code);
        Assert.Equal("unknownHit", (await AskAsync(Callers.Germany, Guid.CreateVersion7(), id)).Problem!.Code);
        var opened = await AskAsync(Callers.Germany, answer.SearchId, id);
        Assert.Equal(("open", "possible", "routine"), (opened.Value!.State, opened.Value.Kind, opened.Value.Priority));
        Assert.Equal("open", (await AskAsync(Callers.Germany, answer.SearchId, id)).Value!.State);
        var owners = (await hub.OwnersAsync(id)).Value!;
        Assert.Equal("Is it?", owners.Events![^1].Note);
        Assert.Equal("notConfirmed", (await hub.AnswerAsync(id, "deny")).Value!.State);
        var (_, hit) = await hub.MetAsync("HT0000022");
        await hub.OpenedAsync(hit);
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.asker WHERE hit = $1", id));
    }

    [Fact]
    public async Task Of_a_sealed_record_the_asker_learns_the_answer_and_not_the_record()
    {
        var (record, id) = await hub.MetAsync("HT0000031", record: Documents.Stolen("HT0000031") with { Sealed = true });
        await hub.OpenedAsync(id);
        await hub.AnswerAsync(id, "confirm");
        var reply = await hub.As(Callers.Germany).HitAsync(id, null, null, default);
        Assert.Equal(("sealed", "confirmed", "UTO"), (reply.Value!.Kind, reply.Value.Answer, reply.Value.Owner));
        Assert.DoesNotContain(record.ToString(), reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_sealed_records_of_an_owner_are_one_hit_to_the_asker()
    {
        foreach (var kind in (string[])["passport", "visa", "identityCard"])
            await hub.RecordedAsync(Documents.Stolen("HT0000041", kind: kind) with { Sealed = true });
        var answer = await hub.FoundAsync(new SearchRequest { Number = "HT0000041", Issuer = "UTO" }, Callers.Germany);
        var id = Assert.Single(answer.Sealed!).HitId!.Value;
        await hub.OpenedAsync(id);
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.asker WHERE search = $1", answer.SearchId));
        Assert.Equal(3L, await hub.ScalarAsync<long>("SELECT count(*) FROM platform.outbox WHERE audit_entry = $1", answer.SearchId));
    }

    [Fact]
    public async Task Of_a_silent_match_nothing_comes_and_of_ones_own_record_no_case()
    {
        await hub.RecordedAsync(Documents.Stolen("HT0000051") with { Restrictions = new(["DEU"], null) });
        var silent = await hub.FoundAsync(new SearchRequest { Number = "HT0000051", Issuer = "UTO" }, Callers.Germany);
        Assert.Equal("notKnown", silent.Answer);
        var own = await hub.FoundAsync(new SearchRequest { Number = "HT0000051", Issuer = "UTO" }, Callers.Utopia);
        Assert.Null(own.Matches.Single().HitId);
        await hub.UntilDispatchedAsync();
        var told = await hub.ScalarAsync<Guid>("SELECT event FROM platform.outbox WHERE audit_entry = $1", silent.SearchId);
        foreach (var id in (Guid[])[told, await hub.ScalarAsync<Guid>("SELECT event FROM platform.outbox WHERE audit_entry = $1", own.SearchId)])
        {
            foreach (var who in (string[])[Callers.Germany, Callers.Utopia])
                Assert.Equal("unknownHit", (await hub.As(who).HitAsync(id, null, null, default)).Problem!.Code);
        }

        Assert.Equal("unknownHit", (await AskAsync(Callers.Germany, silent.SearchId, told)).Problem!.Code);
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.asker WHERE search = ANY($1)", (object)new[] { silent.SearchId, own.SearchId }));
    }

    [Fact]
    public async Task A_carrier_sees_reference_state_and_desk()
    {
        await hub.RecordedAsync(Documents.Stolen("HT0000061"));
        var answer = await hub.FoundAsync(new SearchRequest { Number = "HT0000061", Issuer = "UTO", Kind = "passport" }, Callers.Airline);
        var id = answer.Refer!.HitId!.Value;
        await hub.OpenedAsync(id, Callers.Airline);
        await hub.AnswerAsync(id, "confirm", "for the police only");
        var reply = await hub.As(Callers.Airline).HitAsync(id, null, null, default);
        Assert.Equal(["id", "role", "state", "version", "owner", "kind", "reference", "text"], JsonNode.Parse(reply.Body)!.AsObject().Select(m => m.Key));
        Assert.Equal((answer.Refer.Reference, "confirmed"), (reply.Value!.Reference, reply.Value.State));
        Assert.Equal("hitNotYours", (await hub.OutcomeAsync(id, "entryRefused", Callers.Airline)).Problem!.Code);
        Assert.Empty((await hub.As(Callers.Airline).HitFiguresAsync(default)).Value!.Items);
        Assert.Equal("AIRWAYS referred", (await hub.OwnersAsync(id)).Value!.Askers!.Select(a => $"{a.Member} {a.Kind}").Single());
        // Nobody is left who could say what came of it.
        Assert.Equal("closed", (await hub.CloseAsync(id)).Value!.State);
    }

    [Fact]
    public async Task When_the_record_ends_open_cases_end_and_everybody_who_asked_is_told()
    {
        var (record, open) = await hub.MetAsync("HT0000071");
        await hub.OpenedAsync(open);
        var (fed, closed) = (await ImportedAsync("HT0000072", "number,issuer,kind,status\nHT0000072,UTO,passport,stolen\n"), await hub.MetAgainAsync("HT0000072"));
        Assert.True(fed);
        await hub.OpenedAsync(closed);
        await hub.AnswerAsync(closed, "confirm");
        await hub.OutcomeAsync(closed, "documentSeized");
        await hub.CloseAsync(closed);

        await hub.As(Callers.Utopia).WithdrawAsync(record, "\"1\"", new() { Reason = "returnedAndValid" }, default);
        Assert.NotNull((await hub.UntilAsync(open, Callers.Germany, h => h.State == "withdrawnByOwner")).RecordEndedAt);
        Assert.True(await ImportedAsync("HT0000072", "number,issuer,kind,status,withdraw\nHT0000072,UTO,passport,stolen,enteredInError\n"));
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM travel_documents.document WHERE number_key = 'HT0000072' AND withdrawn_at IS NOT NULL"));
        Assert.Equal("closed", (await hub.UntilAsync(closed, Callers.Germany, h => h.RecordEndedAt is not null)).State);
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM platform.outbox WHERE type = 'hits.recordEnded' AND payload->>'hit' = $1", closed.ToString()));
        Assert.Equal("hitNotNow", (await hub.AnswerAsync(open, "confirm")).Problem!.Code);
        Assert.Equal("closed", (await hub.CloseAsync(open)).Value!.State);
    }

    [Fact]
    public async Task Of_a_record_that_ended_no_case_is_opened_on_what_was_possible()
    {
        var record = (await hub.RecordedAsync(Documents.Stolen("HT0000125"))).Id;
        var answer = await hub.FoundAsync(new SearchRequest { Number = "HT00001Z5", Issuer = "UTO", Kind = "passport" }, Callers.Germany);
        await hub.As(Callers.Utopia).WithdrawAsync(record, "\"1\"", new() { Reason = "returnedAndValid" }, default);
        var refused = (await AskAsync(Callers.Germany, answer.SearchId, answer.Matches.Single().HitId!.Value)).Problem!;
        Assert.Equal("hitNotNow", refused.Code);
        Assert.Contains("ended", refused.Detail, StringComparison.Ordinal);
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM hits.asker WHERE search = $1", answer.SearchId));
    }

    [Fact]
    public async Task What_was_possible_becomes_a_case_for_those_whom_the_record_is_for_by_then()
    {
        var record = (await hub.RecordedAsync(Documents.Stolen("HT0000185"))).Id;
        var answer = await hub.FoundAsync(new SearchRequest { Number = "HT00001B5", Issuer = "UTO", Kind = "passport" }, Callers.Germany);
        await hub.As(Callers.Utopia).ChangeAsync(record, "\"1\"", Documents.Stolen("HT0000185") with { Why = "w", Restrictions = new(["DEU"], null) }, default);
        await hub.UntilDispatchedAsync();
        var asked = await AskAsync(Callers.Germany, answer.SearchId, answer.Matches.Single().HitId!.Value);
        Assert.Equal(["id", "role", "state", "version", "kind", "at", "text"], JsonNode.Parse(asked.Body)!.AsObject().Select(m => m.Key));
    }

    /// <summary>As after an event that was put off: what is told of the record's end was told before there was a case.</summary>
    [Fact]
    public async Task A_hit_that_is_taken_after_its_record_ended_is_a_case_that_ended()
    {
        var (record, met) = await hub.MetAsync("HT0000195");
        await hub.OpenedAsync(met);
        await hub.As(Callers.Utopia).WithdrawAsync(record, "\"1\"", new() { Reason = "returnedAndValid" }, default);
        await hub.UntilAsync(met, Callers.Germany, h => h.State == "withdrawnByOwner");
        var late = Guid.CreateVersion7();
        await hub.ScalarAsync<Guid>("""
            INSERT INTO platform.outbox (event, audit_entry, type, payload, at) SELECT $1, audit_entry, type, payload, at FROM platform.outbox WHERE event = $2
            RETURNING event
            """, late, met);
        var hit = await hub.OpenedAsync(late);
        Assert.Equal("withdrawnByOwner", hit.State);
        Assert.NotNull(hit.RecordEndedAt);
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM platform.outbox WHERE type = 'hits.recordEnded' AND payload->>'hit' = $1", late.ToString()));
    }

    [Fact]
    public async Task Whoever_the_record_is_no_longer_for_sees_no_more_than_its_own_question()
    {
        var (record, id) = await hub.MetAsync("HT0000081");
        var version = (await hub.OpenedAsync(id)).Version;
        await hub.As(Callers.Utopia).ChangeAsync(record, "\"1\"", Documents.Stolen("HT0000081") with { Why = "w", Restrictions = new(["DEU"], null) }, default);
        await hub.UntilAsync(id, Callers.Germany, h => h.Version > version);
        await hub.AnswerAsync(id, "confirm", "not for you");
        var reply = await hub.As(Callers.Germany).HitAsync(id, null, null, default);
        Assert.Equal(["id", "role", "state", "version", "kind", "at", "text"], JsonNode.Parse(reply.Body)!.AsObject().Select(m => m.Key));
        Assert.Equal("closed", reply.Value!.State);
        Assert.DoesNotContain((await hub.As(Callers.Germany).HitsAsync("confirmed", null, null, default)).Value!.Items, h => h.Id == id);
    }

    /// <summary>An event that failed is taken after those that came later.</summary>
    [Fact]
    public async Task What_was_said_of_a_record_before_does_not_open_it_again()
    {
        var (record, id) = await hub.MetAsync("HT00000B1");
        await hub.OpenedAsync(id);
        var (closed, open) = (new Restrictions(["DEU"], null), new Restrictions([], []));
        foreach (var (version, whom) in ((int, Restrictions)[])[(1, closed), (2, open), (3, closed)])
        {
            var changed = hub.As(Callers.Utopia).ChangeAsync(record, $"\"{version}\"", Documents.Stolen("HT00000B1") with { Why = "w", Restrictions = whom }, default);
            Assert.Null((await changed).Problem);
        }

        await hub.UntilDispatchedAsync();
        await hub.AnswerAsync(id, "confirm", "not for you");
        await hub.ScalarAsync<Guid>("""
            INSERT INTO platform.outbox (event, audit_entry, type, payload, at) SELECT gen_random_uuid(), audit_entry, type, payload, at FROM platform.outbox
            WHERE type = 'travelDocuments.restricted' AND NOT payload ? 'audience' AND payload->'records' ? $1 RETURNING event
            """, record.ToString());
        await hub.UntilDispatchedAsync();
        var reply = await hub.As(Callers.Germany).HitAsync(id, null, null, default);
        Assert.Equal(["id", "role", "state", "version", "kind", "at", "text"], JsonNode.Parse(reply.Body)!.AsObject().Select(m => m.Key));
    }

    [Fact]
    public async Task Who_joins_reads_what_the_owner_answered_whatever_it_said_of_the_record_since()
    {
        var (record, first) = await hub.MetAsync("HT00000B2");
        await hub.OpenedAsync(first);
        await hub.AnswerAsync(first, "confirm", "Seize it.");
        await hub.As(Callers.Utopia).ChangeAsync(record, "\"1\"", Documents.Stolen("HT00000B2") with { Why = "w", Restrictions = new(["GBR"], null) }, default);
        await hub.UntilDispatchedAsync();
        var second = await hub.MetAgainAsync("HT00000B2", Callers.France);
        var joined = await hub.OpenedAsync(second, Callers.France);
        Assert.Equal("confirmed", joined.Answer);
        Assert.Equal("Seize it.", Assert.Single(joined.Events!, e => e.Act == "confirm").Note);
    }

    [Fact]
    public async Task Whoever_the_record_was_never_for_sees_no_more_of_a_hit_of_its_own_member()
    {
        await hub.RecordedAsync(Documents.Stolen("HT0000085") with { Restrictions = new(null, ["FRA/BORDER"]) });
        Assert.Equal("notKnown", (await hub.FoundAsync("HT0000085")).Answer);
        var id = (await hub.FoundAsync(new SearchRequest { Number = "HT0000085", Issuer = "UTO" }, Callers.BorderPost)).Matches[0].HitId!.Value;
        await hub.UntilAsync(id, Callers.France, h => h.State != "opening");
        var reply = await hub.As(Callers.France).HitAsync(id, null, null, default);
        Assert.Equal(["id", "role", "state", "version", "kind", "at", "text"], JsonNode.Parse(reply.Body)!.AsObject().Select(m => m.Key));
    }

    [Fact]
    public async Task Each_acts_on_its_own_side_and_on_what_it_saw()
    {
        var (_, id) = await hub.MetAsync("HT0000091");
        await hub.OpenedAsync(id);
        var owners = (await hub.OwnersAsync(id)).ETag!;
        Assert.Equal("hitNotYours", (await hub.AnswerAsync(id, "confirm", owner: Callers.Germany)).Problem!.Code);
        Assert.Equal("hitNotYours", (await hub.As(Callers.Utopia).ActOnHitAsync(Routes.HitOutcome(id), owners, new() { Outcome = "unknown" }, LiaisonJson.Default.HitOutcomeRequest, default)).Problem!.Code);
        Assert.Equal("unknownHit", (await hub.AnswerAsync(id, "confirm", owner: Callers.Kingdom, etag: owners)).Problem!.Code);
        Assert.Equal("versionConflict", (await hub.AnswerAsync(id, "confirm", etag: "\"7\"")).Problem!.Code);
        Assert.Equal("invalidRequest", (await hub.AnswerAsync(id, "escalate")).Problem!.Code);
        using var body = new StringContent("""{"act":"confirm"}""", System.Text.Encoding.UTF8, "application/json");
        using var versionless = await hub.Http(Callers.Utopia).PostAsync(new Uri(Routes.HitAnswer(id), UriKind.Relative), body);
        Assert.Equal(428, (int)versionless.StatusCode);
        Assert.Equal("open", (await hub.OpenedAsync(id)).State);
        Assert.Equal("invalidRequest", (await hub.OutcomeAsync(id, "eaten")).Problem!.Code);
    }

    /// <summary>Else whoever waits with a version waits for what it should have been told.</summary>
    [Fact]
    public async Task A_version_never_tells_of_two_states()
    {
        var (_, id) = await hub.MetAsync("HT0000095");
        await hub.OpenedAsync(id);
        using var over = new CancellationTokenSource();
        var versions = new ConcurrentDictionary<int, bool>();
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var seen = new List<(int Version, string? Answer)>();
            while (!over.IsCancellationRequested)
            {
                var hit = (await hub.As(Callers.Germany).HitAsync(id, null, null, default)).Value!;
                seen.Add((hit.Version, hit.Answer));
                versions.TryAdd(hit.Version, true);
            }

            return seen;
        })).ToArray();
        // However slow the readers are beside it.
        for (var i = 0; i < 60 || (i < 600 && versions.Count <= 20); i++) Assert.NotNull((await hub.AnswerAsync(id, i % 2 == 0 ? "confirm" : "deny")).Value);
        await over.CancelAsync();
        var all = (await Task.WhenAll(reading)).SelectMany(s => s).ToArray();
        Assert.True(versions.Count > 20);
        Assert.All(all.Distinct().GroupBy(s => s.Version), version => Assert.Single(version));
    }

    [Fact]
    public async Task Figures_tell_a_member_of_its_own_and_the_secretariat_of_all()
    {
        var before = (await FiguresAsync(Callers.Kingdom)).SingleOrDefault(f => f is { Side: "asker", Reason: "numberExact" });
        foreach (var (number, act) in (ValueTuple<string, string>[])[("HT00000A1", "confirm"), ("HT00000A2", "deny")])
        {
            var (_, id) = await hub.MetAsync(number, Callers.Kingdom);
            await hub.OpenedAsync(id, Callers.Kingdom);
            await hub.AnswerAsync(id, act);
            await hub.OutcomeAsync(id, act == "deny" ? "falseMatch" : "documentSeized", Callers.Kingdom);
        }

        // Of what is not answered yet, no time is known.
        foreach (var number in (string[])["HT00000A3", "HT00000A4", "HT00000A5"]) await hub.OpenedAsync((await hub.MetAsync(number, Callers.Kingdom)).Hit, Callers.Kingdom);

        Assert.Null(before);
        var own = (await FiguresAsync(Callers.Kingdom)).Single(f => f.Side == "asker");
        Assert.Equal(("GBR", "numberExact", 5, 1, 1, 0, 0.5), (own.Member, own.Reason, own.Hits, own.Confirmed, own.NotConfirmed, own.Unanswered, own.Precision));
        Assert.Equal((1, 1), (own.Outcomes["falseMatch"], own.Outcomes["documentSeized"]));
        Assert.InRange(own.MedianSeconds!.Value, 0.000001, 60);
        Assert.All(await FiguresAsync(Callers.Utopia), f => Assert.Equal(("UTO", "owner"), (f.Member, f.Side)));
        var all = await FiguresAsync(Callers.Administrator);
        Assert.Contains(all, f => f is { Side: "asker", Member: "GBR", Reason: "numberExact", Hits: 5, Confirmed: 1 });
        Assert.Equal((await FiguresAsync(Callers.Utopia)).Select(f => (f.Reason, f.Hits)), all.Where(f => f is { Side: "owner", Member: "UTO" }).Select(f => (f.Reason, f.Hits)));
    }

    [Fact]
    public async Task Figures_count_no_answer_on_a_record_that_is_kept_from_who_asked()
    {
        var (record, id) = await hub.MetAsync("HT00000A8", Callers.France);
        await hub.OpenedAsync(id, Callers.France);
        var before = await OwnAsync();
        await hub.AnswerAsync(id, "confirm");
        Assert.Equal((before.Hits, before.Confirmed + 1), (await OwnAsync()) is var seen ? (seen.Hits, seen.Confirmed) : default);
        await hub.As(Callers.Utopia).ChangeAsync(record, "\"1\"", Documents.Stolen("HT00000A8") with { Why = "w", Restrictions = new(["FRA"], null) }, default);
        await hub.UntilDispatchedAsync();
        var after = await OwnAsync();
        Assert.Equal(before with { Outcomes = after.Outcomes }, after);
        Assert.Equal(before.Outcomes, after.Outcomes);
        // Its owner sees what it answered.
        Assert.Contains(await FiguresAsync(Callers.Utopia), f => f is { Side: "owner", Reason: "numberExact", Confirmed: > 0 });

        async Task<HitFigure> OwnAsync() => (await FiguresAsync(Callers.France)).Single(f => f is { Side: "asker", Reason: "numberExact" });
    }

    private static (string State, string? Answer) Standing(Hit hit) => (hit.State, hit.Answer);

    /// <summary>Asks for a number that is taken for the record's, and has the owner look.</summary>
    private async Task<Guid> PossibleAsync(string number, string who)
    {
        var answer = await hub.FoundAsync(new SearchRequest { Number = number, Issuer = "UTO", Kind = "passport" }, who);
        Assert.Equal("possible", answer.Answer);
        var id = answer.Matches.Single().HitId!.Value;
        var asked = await AskAsync(who, answer.SearchId, id);
        Assert.True(asked.Problem is null, asked.Body);
        return id;
    }

    private Task<HubReply<Hit>> AskAsync(string who, Guid search, Guid hit) =>
        hub.As(who).AskForHitAsync(new() { SearchId = search, HitId = hit, Note = "Is it?" }, default);

    private async Task<IReadOnlyList<HitFigure>> FiguresAsync(string who) => (await hub.As(who).HitFiguresAsync(default)).Value!.Items;

    private async Task<bool> ImportedAsync(string feed, string csv)
    {
        using var file = new StringContent(csv, System.Text.Encoding.UTF8, "text/csv");
        var job = (await hub.As(Callers.Utopia).ImportAsync(file, null, feed.ToLowerInvariant(), "delta", null, default)).Value!;
        for (var tries = 0; tries < 200 && job.State is not ("done" or "failed"); tries++)
        {
            await Task.Delay(50);
            job = (await hub.As(Callers.Utopia).ImportAsync(job.Id, default)).Value!;
        }

        return job.State == "done";
    }
}

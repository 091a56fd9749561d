using System.Text.Json.Nodes;
using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

/// <summary>A sealed record: others learn that there is a match and whom to ask, and nothing else.</summary>
public sealed class SealedTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_reader_learns_that_there_is_a_match_and_whom_to_ask()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("SL0000001") with { Sealed = true, EventPlace = "Zenda", NationalReference = "Ref 7" });
        var answer = await hub.FoundAsync("SL0000001");
        Assert.Equal(("hit", 0, false), (answer.Answer, answer.Matches.Count, answer.More));
        var match = Assert.Single(answer.Sealed!);
        Assert.Equal(("hit", "UTO", "sealed"), (match.Confidence, match.Owner, match.Reasons.Single().Code));
        Assert.Contains(answer.SearchId.ToString(), match.Confirm, StringComparison.Ordinal);
        var reply = await hub.As(Callers.France).SearchAsync(new() { Number = "SL0000001", Issuer = "UTO" }, default);
        var own = await hub.As(Callers.Utopia).SearchAsync(new() { Number = "SL0000001", Issuer = "UTO" }, default);
        foreach (var secret in (string[])[record.Id.ToString(), "Zenda", "Ref 7", "stolen", "passport", "SL0000001"])
        {
            Assert.Contains(secret, own.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, reply.Body, StringComparison.Ordinal);
        }

        Assert.Equal(["answer", "searchId", "asOf", "matches", "sealed", "more", "notes"], JsonNode.Parse(reply.Body)!.AsObject().Select(m => m.Key));
    }

    [Fact]
    public async Task The_owner_is_told_of_hits_and_possibles_and_sees_its_record()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("SL0000011") with { Sealed = true });
        var hit = await hub.FoundAsync("SL0000011");
        var possible = await hub.FoundAsync("SL00000I1");
        Assert.Equal(("possible", "possible"), (possible.Answer, possible.Sealed!.Single().Confidence));
        Assert.Equal($"travelDocuments.sealedMatch {record.Id} UTO FRA", await EventAsync(hit.SearchId));
        Assert.Equal($"travelDocuments.sealedMatch {record.Id} UTO FRA possible", await EventAsync(possible.SearchId));
        // The audit says what the asker was told: a hit, and no record shown.
        Assert.True(await hub.ScalarAsync<bool>("SELECT outcome = 'hit' AND cardinality(records) = 0 FROM audit.entry WHERE id = $1", hit.SearchId));
        var own = await hub.FoundAsync(new SearchRequest { Number = "SL0000011", Issuer = "UTO" }, Callers.Utopia);
        Assert.Null(own.Sealed);
        Assert.True(own.Matches.Single().Document.Sealed);
    }

    [Fact]
    public async Task By_its_id_it_is_not_there_for_others()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("SL0000021") with { Sealed = true });
        var (french, nobody) = (hub.As(Callers.France), Guid.CreateVersion7());
        Assert.Equal(Told(await french.ReadAsync(nobody, default)), Told(await french.ReadAsync(record.Id, default)));
        Assert.Equal(Told(await french.VersionsAsync(nobody, default)), Told(await french.VersionsAsync(record.Id, default)));
        var change = Documents.Stolen("SL0000021") with { Why = "correction" };
        Assert.Equal(Told(await french.ChangeAsync(nobody, "\"1\"", change, default)), Told(await french.ChangeAsync(record.Id, "\"1\"", change, default)));

        static string Told<T>(HubReply<T> reply)
            where T : class
        {
            var problem = JsonNode.Parse(reply.Body)!.AsObject();
            Assert.True(problem.Remove("traceId"));
            return problem.ToJsonString();
        }
    }

    [Fact]
    public async Task Open_and_sealed_matches_come_together_each_owner_once()
    {
        await hub.RecordedAsync(Documents.Stolen("SL0000031", kind: "visa") with { Sealed = true });
        await hub.RecordedAsync(Documents.Stolen("SL0000031", kind: "identityCard") with { Sealed = true });
        var open = await hub.RecordedAsync(Documents.Stolen("SL0000031"));
        var answer = await hub.FoundAsync("SL0000031", kind: "passport");
        Assert.Equal(("hit", open.Id), (answer.Answer, answer.Matches.Single().Document.Id));
        Assert.Equal("possible", Assert.Single(answer.Sealed!).Confidence);
        Assert.Equal("hit", Assert.Single((await hub.FoundAsync("SL0000031", kind: "visa")).Sealed!).Confidence);
    }

    [Fact]
    public async Task A_restriction_goes_before_the_seal_and_a_change_keeps_the_seal_unless_it_lifts_it()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("SL0000041") with { Sealed = true, Restrictions = new(["FRA"], null) });
        Assert.Equal("notKnown", (await hub.FoundAsync("SL0000041")).Answer);
        Assert.NotNull((await hub.FoundAsync(new SearchRequest { Number = "SL0000041", Issuer = "UTO" }, Callers.Germany)).Sealed);
        var owner = hub.As(Callers.Utopia);
        var change = Documents.Stolen("SL0000041") with { Why = "place", EventPlace = "Zenda" };
        Assert.True((await owner.ChangeAsync(record.Id, "\"1\"", change, default)).Value!.Sealed);
        Assert.False((await owner.ChangeAsync(record.Id, "\"2\"", change with { Sealed = false }, default)).Value!.Sealed);
        Assert.Single((await hub.FoundAsync(new SearchRequest { Number = "SL0000041", Issuer = "UTO" }, Callers.Germany)).Matches);
        Assert.True((await owner.VersionsAsync(record.Id, default)).Value!.Items[0].Document.Sealed);
    }

    private Task<string> EventAsync(Guid search) => hub.ScalarAsync<string>("""
        SELECT string_agg(concat_ws(' ', type, payload->>'record', payload->>'owner', payload->>'asker', payload->>'confidence'), ';')
        FROM platform.outbox WHERE audit_entry = $1
        """, search);
}

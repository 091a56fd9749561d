using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Liaison.Api;
using Liaison.Matching;
using Liaison.Platform.Access;
using Liaison.Platform.Codes;
using Liaison.TravelDocuments;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Search;

namespace UnitTests.TravelDocuments;

/// <summary>What an asker is told, over records of every kind of restriction.</summary>
public sealed class OutcomeTests
{
    private static readonly DateOnly Today = new(2026, 6, 15);
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Guid SearchId = new("019ba7c4-2c40-7000-8a3d-0123456789ab");
    private static readonly SearchQuestion Question = new()
    {
        Number = Number("X1234567"), Issuer = "UTO", Kinds = ["passport"], Purpose = "borderControl",
    };

    private static readonly Audience?[] Audiences = [null, Audience.AllBut("FRA"), Audience.AllBut("AIRWAYS"), Audience.OnlyOf("FRA"), Audience.OnlyOf("DEU")];

    private static readonly Gen<(Candidate Candidate, StoredDocument Stored)> OneRecord = Gen.Select(
        Gen.Enum<NumberMatch>(), Gen.Enum<FacetMatch>(), Gen.Int[0, Audiences.Length - 1].Select(i => Audiences[i]), Gen.Bool, Gen.OneOf(Gen.Const("UTO"), Gen.Const("FRA"), Gen.Const("DEU")), Gen.Int[1, 9]).Select(
        (number, issuer, audience, isSealed, owner, record) => (
            new Candidate(record, number, issuer, FacetMatch.Same), Stored(record, owner, audience, isSealed)));

    private static readonly Gen<(Candidate Candidate, StoredDocument Stored)[]> Records =
        OneRecord.Array[0, 6].Select(all => all.DistinctBy(r => r.Stored.Record).ToArray());

    /// <summary>A carrier learns nothing but that it is to ask, whom, and what to quote: whatever is on file, only these members are there.</summary>
    [Fact]
    public void To_a_carrier_nothing_of_any_record_is_said() => Records.Sample(records =>
    {
        var outcome = Decide(Carrier, records);
        var json = JsonSerializer.SerializeToNode(outcome.ToAnswer(SearchId, new(7, At), false), LiaisonJson.Default.SearchAnswer)!.AsObject();
        var refer = json["refer"]?.AsObject();
        Assert.Equal(refer is null ? "notKnown" : "refer", json["answer"]!.GetValue<string>());
        if (refer is not null)
        {
            // Named by the owner of a hit that is there for the carrier, and by nothing else of it.
            var desk = refer["desk"]!.GetValue<string>();
            Assert.Contains(records, r => r.Stored.Owner == desk && IsHit(r.Candidate) && r.Stored.Document.Audience?.Includes(Carrier.Parties) is not false);
            Assert.Equal(desk == "UTO" ? ["desk", "reference", "text", "contact"] : ["desk", "reference", "text"], refer.Select(member => member.Key));
            if (desk == "UTO") Assert.Equal("Duty room", refer["contact"]!["name"]!.GetValue<string>());
            Assert.Equal($"{SearchId}", refer["reference"]!.GetValue<string>());
            Assert.Equal($"Do not carry the holder before you have asked the desk of {desk}, quoting the reference.", refer["text"]!.GetValue<string>());
            json.Remove("refer");
        }

        json.Remove("answer");
        Assert.Equal(JsonNode.Parse("""
            {"searchId":"019ba7c4-2c40-7000-8a3d-0123456789ab","asOf":{"position":7,"at":"2026-01-01T00:00:00+00:00"},"matches":[],"more":false,"notes":[]}
            """)!.ToJsonString(), json.ToJsonString());
        Assert.Empty(outcome.Records);
    });

    /// <summary>A possible match alone never stops a passenger.</summary>
    [Fact]
    public void A_carrier_is_sent_to_a_desk_for_a_hit_and_never_for_a_possible() => Records.Sample(records => Assert.Equal(
        records.Any(r => IsHit(r.Candidate) && r.Stored.Document.Audience?.Includes(Carrier.Parties) is not false),
        Decide(Carrier, records).Answer == "refer"));

    /// <summary>What is sealed or not for the asker never has a part in what is shown; each owner of a sealed match is named once.</summary>
    [Fact]
    public void Only_what_is_in_full_sight_is_shown() => Records.Sample(records =>
    {
        var outcome = Decide(French, records);
        Assert.All(outcome.Shown, j => Assert.Equal(Sight.Full, j.Stored.SightOf(French)));
        var answer = outcome.ToAnswer(SearchId, new(7, At), false);
        var owners = records.Where(r => r.Stored.SightOf(French) is Sight.Sealed).Select(r => r.Stored.Owner).ToHashSet();
        Assert.Equal(owners.Order(), (answer.Sealed ?? []).Select(s => s.Owner).Order());
        foreach (var one in answer.Sealed ?? [])
        {
            Assert.Equal(records.Any(r => r.Stored.SightOf(French) is Sight.Sealed && r.Stored.Owner == one.Owner && IsHit(r.Candidate)), one.Confidence == "hit");
            Assert.Equal(["sealed"], one.Reasons.Select(reason => reason.Code));
        }

        // An unseen record changes nothing at all.
        Assert.Equal(Text(answer), Text(Decide(French, [.. records.Where(r => r.Stored.SightOf(French) is not Sight.Nothing)]).ToAnswer(SearchId, new(7, At), false)));
    });

    /// <summary>To each owner one event of every hit, whatever the asker was told of it; of a possible where the asker was told of it.</summary>
    [Fact]
    public void Every_owner_is_told_of_its_hits() => Records.Sample(records =>
    {
        foreach (var asker in (Caller[])[French, Carrier])
        {
            var events = Decide(asker, records).Events(SearchId, At, 3).Select(e => (e.Type, Payload: JsonNode.Parse(e.Payload)!)).ToArray();
            var told = events.Select(e => e.Payload["record"]!.GetValue<Guid>()).ToArray();
            var hits = records.Where(r => IsHit(r.Candidate)).Select(r => r.Stored.Id);
            var seals = asker == Carrier ? [] : records.Where(r => r.Stored.SightOf(asker) is Sight.Sealed).Select(r => r.Stored.Id);
            var possible = asker == Carrier ? [] : records.Where(r => r.Stored.SightOf(asker) is Sight.Full && r.Stored.Owner != asker.Member).Select(r => r.Stored.Id);
            Assert.Equal(hits.Union(seals).Union(possible).Order(), told.Order());
            Assert.All(events, e => Assert.Equal(3, e.Payload["line"]!.GetValue<int>()));
        }
    });

    /// <summary>What the asker is told of bears the id of its event; of a silent match, and of those that are one to the asker, no id comes to it.</summary>
    [Fact]
    public void The_ids_of_the_answer_are_those_of_the_events() => Records.Sample(records =>
    {
        foreach (var asker in (Caller[])[French, Carrier])
        {
            var outcome = Decide(asker, records);
            var events = outcome.Events(SearchId, At).ToDictionary(e => e.Id, e => (e.Type, Payload: JsonNode.Parse(e.Payload)!));
            var answer = outcome.ToAnswer(SearchId, new(7, At), false);
            Guid?[] given = [.. answer.Matches.Select(m => m.HitId), .. (answer.Sealed ?? []).Select(m => m.HitId), answer.Refer?.HitId];
            Guid[] ids = [.. given.OfType<Guid>()];
            Assert.Equal(ids.Length, ids.Distinct().Count());
            Assert.All(ids, id => Assert.True(events[id].Type != "travelDocuments.silentHit" && events[id].Payload["under"] is null));
            Assert.All(answer.Matches, m => Assert.Equal(m.Document.Owner == asker.Member, m.HitId is null));
            Assert.All(answer.Matches.Where(m => m.HitId is not null), m => Assert.Equal(m.Document.Id, events[m.HitId!.Value].Payload["record"]!.GetValue<Guid>()));
            Assert.All(events.Values.Select(e => e.Payload["under"]).OfType<JsonNode>(), under => Assert.Contains(under.GetValue<Guid>(), ids));
        }
    });

    [Fact]
    public void A_line_of_a_batch_is_named_with_its_number() => Assert.Equal(
        $"{SearchId}/12", Decide(Carrier, [(new(1, NumberMatch.Exact, FacetMatch.Same, FacetMatch.Same), Stored(1, "UTO", null, false))])
            .ToAnswer(SearchId, new(7, At), false, 12).Refer!.Reference);

    /// <summary>What the asker may not read counts nowhere: not for the cut, and not as more.</summary>
    [Theory]
    [InlineData(100, 0, 0, false)]
    [InlineData(101, 0, 0, true)]
    [InlineData(100, 50, 0, false)]
    [InlineData(100, 0, 900, false)]
    [InlineData(3, 500, 500, false)]
    [InlineData(0, 101, 500, false)]
    public void More_is_said_of_what_could_be_shown_only(int seen, int sealedOnes, int hidden, bool more)
    {
        var records = Enumerable.Range(1, seen + sealedOnes + hidden).Select(i => (
            new Candidate(i, NumberMatch.Range, FacetMatch.Same, FacetMatch.Same),
            // Those that are not shown come first: they must not take the places.
            Stored(i, "UTO", i <= hidden ? Audience.AllBut("FRA") : null, i > hidden && i <= hidden + sealedOnes))).ToArray();
        var outcome = Decide(French, records);
        Assert.Equal((more, Math.Min(seen, 100)), (outcome.More, outcome.Shown.Count));
        Assert.Equal(sealedOnes > 0 ? 1 : 0, outcome.ToAnswer(SearchId, new(7, At), false).Sealed?.Count ?? 0);
    }

    private static KnownMembers Members { get; } = WithDesk();

    private static KnownMembers WithDesk()
    {
        var members = new KnownMembers();
        members.Set([new()
        {
            Code = "UTO", Kind = "country", Name = "Utopia", Groups = [], AdmittedAt = At,
            Desks = [new() { Urgency = "routine", Name = "Office" }, new() { Urgency = "urgent", Name = "Duty room" }],
        }]);
        return members;
    }

    private static Caller French { get; } = new("test", "FRA", new HashSet<string>(), null);

    private static Caller Carrier { get; } = new("test", "AIRWAYS", new HashSet<string>(), null) { MemberKind = MemberKind.Carrier };

    private static bool IsHit(Candidate candidate) =>
        candidate is { Number: NumberMatch.Exact or NumberMatch.Range, Issuer: FacetMatch.Same or FacetMatch.NotAsked };

    private static string Text(Liaison.Api.TravelDocuments.SearchAnswer answer) => JsonSerializer.Serialize(answer, LiaisonJson.Default.SearchAnswer);

    private static Outcome Decide(Caller caller, (Candidate Candidate, StoredDocument Stored)[] records) => Outcome.Decide(
        caller, Question, Proposals.Of(new(7, [.. records.Select(r => r.Candidate)], true), []), records.ToDictionary(r => r.Stored.Record, r => r.Stored), Today, Members);

    private static DocumentNumber Number(string text) => DocumentNumber.Parse(text, "number").Is(out var number, out _) ? number : default;

    private static StoredDocument Stored(int record, string owner, Audience? audience, bool isSealed) => new(
        record, new Guid(record, 0, 0, new byte[8]), 1, owner,
        new()
        {
            Number = Number("X1234567"), Issuer = "UTO", Kind = "passport", Status = "stolen", Audience = audience, IsSealed = isSealed,
            ReviewDate = Today.AddYears(1),
        }, At, At) { ChangedBy = "test" };
}

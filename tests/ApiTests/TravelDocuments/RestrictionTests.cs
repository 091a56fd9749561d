using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

/// <summary>A record that is not for the asker: every answer is the one for a record that does not exist; its owner is told.</summary>
public sealed class RestrictionTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData("""{"number":"@","issuer":"UTO","kind":"passport"}""")]
    [InlineData("""{"number":"@","issuer":"UTO"}""")]
    [InlineData("""{"number":"@"}""")]
    [InlineData("""{"number":"@","issuer":"UTO","near":true}""")]
    public async Task Searches_answer_whom_it_is_not_for_as_if_it_had_never_been_recorded(string question)
    {
        const string Number = "RS0B00010", Unknown = "RSX0007XX";
        await RecordOnceAsync(new(["DEU"], null), Number);
        Assert.NotEmpty((await SearchAsync(question, Number, Callers.France)).Answer["matches"]!.AsArray());

        foreach (var asked in new[] { Number, "RSOBOOO1O" })
        {
            var hidden = await SearchAsync(question, asked, Callers.Germany);
            var unknown = await SearchAsync(question, Unknown, Callers.Germany);
            Assert.Equal(unknown.Answer.ToJsonString(), hidden.Answer.ToJsonString());
            Assert.Equal(unknown.Headers, hidden.Headers);
        }
    }

    [Fact]
    public async Task A_batch_answers_whom_it_is_not_for_as_if_it_had_never_been_recorded()
    {
        await RecordOnceAsync(new(["DEU"], null), "RS0000021");
        var answers = await BatchAsync("RS0000021", Callers.Germany);
        Assert.Equal((await BatchAsync("RS0000029", Callers.Germany)).ToJsonString(), answers.ToJsonString());
        Assert.Equal("hit", (await BatchAsync("RS0000021", Callers.France))["answer"]!.GetValue<string>());
    }

    [Fact]
    public async Task Nothing_that_is_counted_listed_or_refused_tells_of_it()
    {
        await hub.UntilDispatchedAsync();
        var before = await SeenAsync("RS0000131");
        await RecordOnceAsync(new(["DEU"], null), "RS0000131");
        Assert.Equal("notKnown", (await hub.FoundAsync(new SearchRequest { Number = "RS0000131", Issuer = "UTO" }, Callers.Germany)).Answer);
        await hub.UntilDispatchedAsync();
        Assert.Equal(before, await SeenAsync("RS0000131"));

        // A refusal to record it, what is counted of the dataset, hits and their figures, the feed.
        async Task<string[]> SeenAsync(string number)
        {
            var germany = hub.As(Callers.Germany);
            var refused = (await germany.RecordAsync(Documents.Stolen(number), null, default)).Problem!;
            return
            [
                (refused with { TraceId = "" }).ToString(),
                (await germany.StatusAsync(default)).Value!.Records["travelDocuments"].ToString(System.Globalization.CultureInfo.InvariantCulture),
                (await germany.HitsAsync(null, null, null, default)).Body, (await germany.HitFiguresAsync(default)).Body,
                (await germany.EventsAsync(null, null, null, default)).Body,
            ];
        }
    }

    [Theory]
    [InlineData("@EU", null, "hit notKnown notKnown")]
    [InlineData("FRA", null, "hit notKnown notKnown")]
    [InlineData("FRA/BORDER", null, "hit hit notKnown")]
    [InlineData(null, "@SCHENGEN", "notKnown hit hit")]
    [InlineData(null, "FRA/BORDER/CDG", "notKnown notKnown hit")]
    [InlineData(null, "GBR", "hit notKnown notKnown")]
    public async Task Groups_and_units_are_named_like_members(string? notFor, string? onlyFor, string answers)
    {
        var number = $"RS1{string.Concat($"{notFor}{onlyFor}".Where(char.IsAsciiLetter))}";
        await RecordOnceAsync(new(notFor is null ? null : [notFor], onlyFor is null ? null : [onlyFor]), number);
        var seen = new List<string>();
        foreach (var asker in (string[])[Callers.Kingdom, Callers.France, Callers.BorderPost])
            seen.Add((await hub.FoundAsync(new SearchRequest { Number = number, Issuer = "UTO" }, asker)).Answer);
        Assert.Equal(answers, string.Join(' ', seen));
    }

    [Fact]
    public async Task By_its_id_it_is_not_there_to_read_to_change_or_to_end()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("RS0000031") with { Restrictions = new(null, ["FRA"]) });
        var (german, nobody) = (hub.As(Callers.Germany), Guid.CreateVersion7());
        Assert.Equal(Told(await german.ReadAsync(nobody, default)), Told(await german.ReadAsync(record.Id, default)));
        Assert.Equal(Told(await german.VersionsAsync(nobody, default)), Told(await german.VersionsAsync(record.Id, default)));
        var change = Documents.Stolen("RS0000031") with { Why = "correction" };
        Assert.Equal(Told(await german.ChangeAsync(nobody, "\"1\"", change, default)), Told(await german.ChangeAsync(record.Id, "\"1\"", change, default)));
        var end = new WithdrawalRequest { Reason = "falseReport" };
        Assert.Equal(Told(await german.WithdrawAsync(nobody, "\"1\"", end, default)), Told(await german.WithdrawAsync(record.Id, "\"1\"", end, default)));
        // France is told that it exists, and that it is not for France to change.
        Assert.Equal(record.Id, (await hub.As(Callers.France).ReadAsync(record.Id, default)).Value!.Id);
        Assert.Equal("notIssuingAuthority", (await hub.As(Callers.France).ChangeAsync(record.Id, "\"1\"", change, default)).Problem!.Code);

        static string Told<T>(HubReply<T> reply)
            where T : class => Without(JsonNode.Parse(reply.Body)!.AsObject(), "traceId");
    }

    [Fact]
    public async Task The_owner_sees_it_with_its_restrictions_and_others_without()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("RS0000041") with { Restrictions = new(["GBR", "DEU", "DEU"], null) });
        Assert.Equal(["DEU", "GBR"], record.Restrictions!.NotFor!);
        var own = await hub.FoundAsync(new SearchRequest { Number = "RS0000041", Issuer = "UTO" }, Callers.Utopia);
        Assert.Equal(["DEU", "GBR"], own.Matches.Single().Document.Restrictions!.NotFor!);
        Assert.Null((await hub.FoundAsync("RS0000041")).Matches.Single().Document.Restrictions);
        Assert.Null((await hub.As(Callers.France).ReadAsync(record.Id, default)).Value!.Restrictions);
    }

    [Fact]
    public async Task The_owner_is_told_of_a_hit_that_the_asker_is_not_told_of()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("RS0000051") with { Restrictions = new(["DEU"], null) });
        var search = await hub.FoundAsync(new SearchRequest { Number = "RS0000051", Issuer = "UTO" }, Callers.Germany);
        Assert.True(await hub.ScalarAsync<bool>("""
            SELECT count(*) = 1 AND bool_and(type = 'travelDocuments.silentHit' AND payload->>'owner' = 'UTO' AND payload->>'asker' = 'DEU'
                AND payload->>'record' = $2::text)
            FROM platform.outbox WHERE audit_entry = $1
            """, search.SearchId, record.Id.ToString()));
        Assert.Equal("notKnown", await hub.ScalarAsync<string>("SELECT outcome FROM audit.entry WHERE id = $1", search.SearchId));
    }

    [Fact]
    public async Task A_change_keeps_them_unless_it_names_others_or_nobody()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("RS0000061") with { Restrictions = new(["DEU"], null) });
        var owner = hub.As(Callers.Utopia);
        var change = Documents.Stolen("RS0000061") with { Why = "place", EventPlace = "Zenda" };
        Assert.Equal(["DEU"], (await owner.ChangeAsync(record.Id, "\"1\"", change, default)).Value!.Restrictions!.NotFor!);
        Assert.Equal(["GBR"], (await owner.ChangeAsync(record.Id, "\"2\"", change with { Restrictions = new(null, ["GBR"]) }, default)).Value!.Restrictions!.OnlyFor!);
        Assert.Equal("notKnown", (await hub.FoundAsync("RS0000061")).Answer);
        Assert.Null((await owner.ChangeAsync(record.Id, "\"3\"", change with { Restrictions = new([], null) }, default)).Value!.Restrictions);
        Assert.Equal("hit", (await hub.FoundAsync("RS0000061")).Answer);
        var versions = (await owner.VersionsAsync(record.Id, default)).Value!.Items;
        Assert.Equal(["DEU"], versions[0].Document.Restrictions!.NotFor!);
    }

    [Fact]
    public async Task A_file_brings_them_and_never_lifts_them()
    {
        const string Header = "number,issuer,kind,status,eventPlace,notFor,onlyFor\n";
        await ImportAsync(Header + "RS0000071,UTO,passport,stolen,,DEU GBR,\nRS0000072,UTO,passport,stolen,,,FRA\nRS0000073,UTO,passport,stolen,,,\n");
        Assert.Equal(["notKnown", "notKnown", "hit"], await AnswersAsync("RS0000071", "RS0000072", "RS0000073"));
        await ImportAsync("number,issuer,kind,status,eventPlace\nRS0000071,UTO,passport,stolen,Zenda\nRS0000072,UTO,passport,stolen,Zenda\nRS0000073,UTO,passport,stolen,Zenda\n");
        Assert.Equal(["notKnown", "notKnown", "hit"], await AnswersAsync("RS0000071", "RS0000072", "RS0000073"));
        await ImportAsync(Header + "RS0000071,UTO,passport,stolen,Zenda,GBR,\nRS0000073,UTO,passport,stolen,Zenda,DEU,\n");
        Assert.Equal(["hit", "notKnown", "notKnown"], await AnswersAsync("RS0000071", "RS0000072", "RS0000073"));

        async Task ImportAsync(string csv) =>
            Assert.Equal(("done", 0L), (await hub.ImportAsync(Encoding.UTF8.GetBytes(csv), "text/csv", feed: "restricted")) is { Value: { } job } ? (job.State, job.Rejected) : default);

        async Task<string[]> AnswersAsync(params string[] numbers)
        {
            var answers = new List<string>();
            foreach (var number in numbers) answers.Add((await hub.FoundAsync(new SearchRequest { Number = number, Issuer = "UTO" }, Callers.Germany)).Answer);
            return [.. answers];
        }
    }

    [Theory]
    [InlineData("DEU", "FRA", "restrictionsBoth")]
    [InlineData("XYZ", null, "memberUnknown")]
    [InlineData("@NATO", null, "groupUnknown")]
    [InlineData(null, "FRA/border", "unitName")]
    [InlineData("UTO/BORDER", null, "ownerLeftOut")]
    [InlineData("UTO", null, "ownerLeftOut")]
    [InlineData(null, "deu", "memberUnknown")]
    public async Task What_names_no_member_or_says_two_things_is_refused(string? notFor, string? onlyFor, string code)
    {
        var request = Documents.Stolen("RS0000081") with { Restrictions = new(notFor is null ? null : [notFor], onlyFor is null ? null : [onlyFor]) };
        var problem = await Documents.RefusedAsync(hub.As(Callers.Utopia).RecordAsync(request, null, default));
        Assert.Equal(("restrictions", code), (problem.Errors.Single().Field, problem.Errors.Single().Code));
    }

    private async Task RecordOnceAsync(Restrictions restrictions, string number)
    {
        var reply = await hub.As(Callers.Utopia).RecordAsync(Documents.Stolen(number) with { Restrictions = restrictions }, null, default);
        Assert.True(reply.Value is not null || reply.Problem!.Code == "duplicateDocument", reply.Body);
    }

    private async Task<(JsonObject Answer, string Headers)> SearchAsync(string question, string number, string token)
    {
        using var body = new StringContent(question.Replace("@", number, StringComparison.Ordinal), Encoding.UTF8, "application/json");
        using var reply = await hub.Http(token).PostAsync(new Uri(Routes.TravelDocumentSearch, UriKind.Relative), body);
        var answer = JsonNode.Parse(await reply.Content.ReadAsStringAsync())!.AsObject();
        foreach (var varying in (string[])["searchId", "asOf"]) Assert.True(answer.Remove(varying));
        return (answer, Headers(reply.Headers));
    }

    /// <summary>The first answer of a batch of one line, without what differs between any two.</summary>
    private async Task<JsonObject> BatchAsync(string number, string token)
    {
        using var body = new StringContent($$"""{"number":"{{number}}","issuer":"UTO"}""", Encoding.UTF8, "application/x-ndjson");
        body.Headers.ContentType = new("application/x-ndjson");
        using var reply = await hub.Http(token).PostAsync(new Uri(Routes.TravelDocumentSearchMany, UriKind.Relative), body);
        var line = (await reply.Content.ReadAsStringAsync()).Split('\n')[0];
        return JsonNode.Parse(line)!.AsObject();
    }

    private static string Headers(HttpResponseHeaders headers) =>
        string.Join('\n', headers.Where(h => h.Key is not "Date").Select(h => $"{h.Key}: {string.Join(',', h.Value)}"));

    private static string Without(JsonObject json, string name)
    {
        json.Remove(name);
        return json.ToJsonString();
    }
}

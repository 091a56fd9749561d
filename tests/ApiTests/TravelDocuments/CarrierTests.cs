using System.Text;
using System.Text.Json.Nodes;
using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

/// <summary>A carrier sends number, issuer and kind, and learns at most whom to ask.</summary>
public sealed class CarrierTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_hit_refers_to_the_owners_desk_and_says_nothing_else()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("CR0000001") with { EventPlace = "Zenda" });
        var answer = JsonNode.Parse((await AskAsync("CR0000001")).Body)!.AsObject();
        Assert.Equal(["answer", "searchId", "asOf", "matches", "refer", "more", "notes"], answer.Select(member => member.Key));
        var search = answer["searchId"]!.GetValue<string>();
        Assert.Equal("refer", answer["answer"]!.GetValue<string>());
        Assert.Equal(("UTO", search), (answer["refer"]!["desk"]!.GetValue<string>(), answer["refer"]!["reference"]!.GetValue<string>()));
        Assert.Empty(answer["matches"]!.AsArray());
        Assert.Empty(answer["notes"]!.AsArray());
        // The owner is told which record it is, by the event that the reference names.
        Assert.Equal($"travelDocuments.referred {record.Id} UTO AIRWAYS", await EventAsync(search));
        Assert.Equal(("refer", 0), await AuditAsync(search));
    }

    [Theory]
    [InlineData("CR000001I", "passport")]
    [InlineData("CR0000011", "visa")]
    [InlineData("CR0000019", "passport")]
    public async Task What_is_only_possible_is_not_known(string number, string kind)
    {
        await hub.As(Callers.Utopia).RecordAsync(Documents.Stolen("CR0000011"), null, default);
        var (answer, unknown) = (await AskAsync(number, kind), await AskAsync("CRX999999", kind));
        Assert.Equal("notKnown", answer.Value!.Answer);
        Assert.Equal(Without(unknown.Body), Without(answer.Body));
    }

    [Fact]
    public async Task A_restricted_record_is_not_known_and_a_sealed_one_refers()
    {
        await hub.RecordedAsync(Documents.Stolen("CR0000021") with { Restrictions = new(["AUT", "DEU"], null) });
        await hub.RecordedAsync(Documents.Stolen("CR0000022") with { Restrictions = new(null, ["@EU"]) });
        await hub.RecordedAsync(Documents.Stolen("CR0000023") with { Sealed = true });
        Assert.Equal("refer", (await AskAsync("CR0000021")).Value!.Answer);
        var hidden = await AskAsync("CR0000022");
        Assert.Equal(Without((await AskAsync("CRX999999")).Body), Without(hidden.Body));
        Assert.Equal("notKnown", hidden.Value!.Answer);
        Assert.StartsWith("travelDocuments.silentHit ", await EventAsync(hidden.Value.SearchId.ToString()), StringComparison.Ordinal);
        Assert.Equal("refer", (await AskAsync("CR0000023")).Value!.Answer);
    }

    [Theory]
    [InlineData("""{"mrz":"P<UTO"}""", "mrz carrierMrz")]
    [InlineData("""{"number":"A1","mrz":"P<UTO","issuer":"UTO","kind":"passport"}""", "mrz carrierMrz")]
    [InlineData("""{"number":"A1","kind":"passport"}""", "issuer carrierNeedsIssuer")]
    [InlineData("""{"number":"A1","issuer":"UTO"}""", "kind carrierNeedsKind")]
    [InlineData("""{"number":"A1","issuer":"UTO","kind":"passport","near":true}""", "near carrierNear")]
    [InlineData("""{"number":"A1","issuer":"UTO","kind":"passport","reference":"r"}""", "reference carrierField")]
    [InlineData("""{"number":"A1","issuer":"UTO","kind":"passport","onBehalfOf":"r"}""", "onBehalfOf carrierField")]
    [InlineData("""{"number":"A1","issuer":"UTO","kind":"passport","place":"r"}""", "place carrierField")]
    [InlineData("""{"number":"A1","issuer":"UTO","kind":"passport","occurredAt":"2026-01-01T00:00:00Z"}""", "occurredAt carrierField")]
    public async Task More_than_the_document_is_refused_alone_and_in_a_batch(string question, string fault)
    {
        using var body = new StringContent(question, Encoding.UTF8, "application/json");
        using var reply = await hub.Http(Callers.Airline).PostAsync(new Uri(Routes.TravelDocumentSearch, UriKind.Relative), body);
        var error = JsonNode.Parse(await reply.Content.ReadAsStringAsync())!["errors"]![0]!;
        Assert.Equal(fault, $"{error["field"]} {error["code"]}");
        var line = (await BatchAsync(question))[0]["problem"]!["errors"]![0]!;
        Assert.Equal(fault, $"{line["field"]} {line["code"]}");
    }

    [Fact]
    public async Task A_batch_answers_as_single_questions_do()
    {
        await hub.RecordedAsync(Documents.Stolen("CR0000031"));
        await hub.RecordedAsync(Documents.Stolen("CR0000032") with { Sealed = true });
        var lines = await BatchAsync("""
            {"number":"CR0000031","issuer":"UTO","kind":"passport","ref":"4A"}
            {"number":"CR0000039","issuer":"UTO","kind":"passport"}
            {"number":"CR0000O31","issuer":"UTO","kind":"passport"}
            {"number":"CR0000032","kind":"passport","issuer":"UTO"}
            """);
        var search = lines[0]["searchId"]!.GetValue<string>();
        Assert.Equal(["refer", "notKnown", "notKnown", "refer"], lines[..4].Select(l => l["answer"]!.GetValue<string>()));
        Assert.Equal(["line", "ref", "answer", "searchId", "asOf", "matches", "refer", "more", "notes"], lines[0].Select(m => m.Key));
        Assert.Equal(($"{search}/1", $"{search}/4"), (lines[0]["refer"]!["reference"]!.GetValue<string>(), lines[3]["refer"]!["reference"]!.GetValue<string>()));
        Assert.Equal(["line", "answer"], lines[1].Select(m => m.Key));
        Assert.Equal(["line", "answer"], lines[2].Select(m => m.Key));
        var summary = lines[4]["summary"]!;
        Assert.Equal((2, 2, 0), (summary["refer"]!.GetValue<int>(), summary["notKnown"]!.GetValue<int>(), summary["hit"]!.GetValue<int>()));
        Assert.Equal(("refer", 0), await AuditAsync(search));
        Assert.Contains("\"found\":[[0,\"refer\",0],[3,\"refer\",0]]", await hub.ScalarAsync<string>("SELECT asked FROM audit.entry WHERE id = $1", Guid.Parse(search)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_takes_no_reference_of_a_carrier()
    {
        using var body = Content("""{"number":"A1","issuer":"UTO","kind":"passport"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.TravelDocumentSearchMany) { Content = body };
        request.Headers.Add(Headers.Reference, "booking");
        using var reply = await hub.Http(Callers.Airline).SendAsync(request);
        Assert.Contains("carrierField", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_are_not_there_for_a_carrier_to_read_to_list_or_to_write()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("CR0000041"));
        var airline = hub.As(Callers.Airline);
        Assert.Equal("unknownRecord", (await airline.ReadAsync(record.Id, default)).Problem!.Code);
        Assert.Equal("unknownRecord", (await airline.VersionsAsync(record.Id, default)).Problem!.Code);
        Assert.Equal("unknownRecord", (await airline.ChangeAsync(record.Id, "\"1\"", Documents.Stolen("CR0000041") with { Why = "w" }, default)).Problem!.Code);
        Assert.Empty((await airline.ListAsync(null, null, default)).Value!.Items);
        Assert.Equal("notIssuingAuthority", (await airline.RecordAsync(Documents.Stolen("CR0000042"), null, default)).Problem!.Code);
    }

    private async Task<HubReply<SearchAnswer>> AskAsync(string number, string kind = "passport")
    {
        var reply = await hub.As(Callers.Airline).SearchAsync(new() { Number = number, Issuer = "UTO", Kind = kind }, default);
        Assert.True(reply.Problem is null, reply.Body);
        return reply;
    }

    private async Task<JsonObject[]> BatchAsync(string lines)
    {
        using var body = Content(lines);
        using var reply = await hub.Http(Callers.Airline).PostAsync(new Uri(Routes.TravelDocumentSearchMany, UriKind.Relative), body);
        return [.. (await reply.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l)!.AsObject())];
    }

    private static ByteArrayContent Content(string lines) => new(Encoding.UTF8.GetBytes(lines)) { Headers = { ContentType = new(Ndjson.MediaType) } };

    private Task<string> EventAsync(string search) => hub.ScalarAsync<string>("""
        SELECT string_agg(concat_ws(' ', type, payload->>'record', payload->>'owner', payload->>'asker'), ';') FROM platform.outbox WHERE audit_entry = $1
        """, Guid.Parse(search));

    /// <summary>The outcome, and how many records the audit says were shown.</summary>
    private async Task<(string, int)> AuditAsync(string search) => (
        await hub.ScalarAsync<string>("SELECT outcome FROM audit.entry WHERE id = $1", Guid.Parse(search)),
        await hub.ScalarAsync<int>("SELECT cardinality(records) FROM audit.entry WHERE id = $1", Guid.Parse(search)));

    private static string Without(string answer)
    {
        var json = JsonNode.Parse(answer)!.AsObject();
        foreach (var varying in (string[])["searchId", "asOf"]) Assert.True(json.Remove(varying));
        return json.ToJsonString();
    }
}

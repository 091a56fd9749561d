using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Liaison.Api;

namespace ApiTests.TravelDocuments;

/// <summary>More records than one look of the index gives, almost all of them not for the asker: the answer is as if they were not there.</summary>
public sealed class CrowdedSearchTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const int Hidden = 1_300;

    [Fact]
    public async Task What_the_asker_may_not_see_takes_no_place_and_does_not_count_as_more()
    {
        var file = new StringBuilder("number,rangeTo,issuer,kind,status,notFor,sealed\n");
        // Ranges that all hold both numbers, each an own record. The hidden ones come first in the index.
        for (var i = 0; i < Hidden; i++) file.Append(System.Globalization.CultureInfo.InvariantCulture, $"CR{70_000 + i:D7},CR0090000,UTO,passport,stolenBlank,DEU,\n");
        var crowd = await hub.ImportAsync(Encoding.UTF8.GetBytes(file.ToString()), "text/csv", feed: "crowd");
        Assert.True(crowd.Value is { State: "done", Recorded: Hidden }, crowd.Body);
        await hub.ImportAsync(Encoding.UTF8.GetBytes("number,rangeTo,issuer,kind,status,notFor,sealed\n"
            + "CR0079000,CR0090001,UTO,passport,stolenBlank,,\nCR0079001,CR0090002,UTO,passport,stolenBlank,,\nCR0079002,CR0090003,UTO,passport,stolenBlank,,true\n"),
            "text/csv", feed: "open");

        var crowded = await AskAsync("CR0080000");
        Assert.Equal(("hit", 2, false), (crowded["answer"]!.GetValue<string>(), crowded["matches"]!.AsArray().Count, crowded["more"]!.GetValue<bool>()));
        Assert.Single(crowded["sealed"]!.AsArray());
        // Where only the open ones are.
        var alone = await AskAsync("CR0090001");
        Assert.Equal("hit", alone["answer"]!.GetValue<string>());
        Assert.False(alone["more"]!.GetValue<bool>());
        // Where only hidden ones are: as where none is.
        Assert.Equal(Without(await AskAsync("CRX080000")), Without(await AskAsync("CR0078000")));
        var line = await BatchAsync("CR0080000");
        Assert.Equal((2, false), (line["matches"]!.AsArray().Count, line["more"]!.GetValue<bool>()));
        // The owner sees that there are more than are listed.
        Assert.True((await hub.FoundAsync(new() { Number = "CR0080000", Issuer = "UTO", Kind = "passport" }, Callers.Utopia)).More);
    }

    private static string Without(JsonObject answer)
    {
        foreach (var name in (string[])["searchId", "asOf"]) answer.Remove(name);
        return answer.ToJsonString();
    }

    private async Task<JsonObject> AskAsync(string number)
    {
        using var body = new StringContent(Question(number), Encoding.UTF8, "application/json");
        using var reply = await hub.Http(Callers.Germany).PostAsync(new Uri(Routes.TravelDocumentSearch, UriKind.Relative), body);
        return JsonNode.Parse(await reply.Content.ReadAsStringAsync())!.AsObject();
    }

    private async Task<JsonObject> BatchAsync(string number)
    {
        using var body = new StringContent(Question(number) + "\n");
        body.Headers.ContentType = new MediaTypeHeaderValue(Ndjson.MediaType);
        using var reply = await hub.Http(Callers.Germany).PostAsync(new Uri(Routes.TravelDocumentSearchMany, UriKind.Relative), body);
        return JsonNode.Parse((await reply.Content.ReadAsStringAsync()).Split('\n')[0])!.AsObject();
    }

    private static string Question(string number) => $$"""{"number":"{{number}}","issuer":"UTO","kind":"passport"}""";
}

using System.Text.Json.Nodes;
using Liaison.Api;

namespace ApiTests.Platform;

public sealed class OpenApiTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task The_interface_is_the_approved_one()
    {
        var actual = JsonNode.Parse(await hub.Http(null).GetStringAsync(new Uri(Routes.OpenApi, UriKind.Relative)))!
            .ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            .ReplaceLineEndings("\n") + "\n";
        Approved.File("docs/api/openapi.v1.json", actual);
    }

    [Fact]
    public async Task It_is_OpenAPI_3_1_and_describes_every_route_with_its_body()
    {
        var document = JsonNode.Parse(await hub.Http(null).GetStringAsync(new Uri(Routes.OpenApi, UriKind.Relative)))!;
        Assert.StartsWith("3.1", document["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        var paths = document["paths"]!.AsObject();
        Assert.NotNull(paths[Routes.TravelDocumentSearch]!["post"]!["requestBody"]);
        Assert.NotNull(paths[Routes.TravelDocuments + "/{id}/withdrawal"]!["post"]!["parameters"]);
        Assert.DoesNotContain(paths, p => p.Key.Contains("number", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_reference_page_is_served_whole_by_the_hub()
    {
        var page = await hub.Http(null).GetStringAsync(new Uri(Routes.Reference, UriKind.Relative));
        Assert.Contains("Liaison", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }
}

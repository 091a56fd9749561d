using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Liaison.Api;

namespace ApiTests.Platform;

public sealed class OpenApiTests(HubFixture hub) : IClassFixture<HubFixture>
{
    /// <summary>Set LIAISON_APPROVE=1 to accept the interface as it is now.</summary>
    [Fact]
    public async Task The_interface_is_the_approved_one()
    {
        var actual = JsonNode.Parse(await hub.Http(null).GetStringAsync(new Uri(Routes.OpenApi, UriKind.Relative)))!
            .ToJsonString(new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            .ReplaceLineEndings("\n") + "\n";
        var path = Path.Combine(Root(), "docs/api/openapi.v1.json");
        if (Environment.GetEnvironmentVariable("LIAISON_APPROVE") == "1") await File.WriteAllTextAsync(path, actual);
        var approved = await File.ReadAllTextAsync(path);
        Assert.True(approved == actual,
            "The interface differs from docs/api/openapi.v1.json. If that is meant, run this test with LIAISON_APPROVE=1 and review the diff.");
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

    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}

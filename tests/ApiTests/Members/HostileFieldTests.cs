using System.Text.Json.Nodes;
using Liaison.Api;
using Liaison.Platform.Access;
using Microsoft.AspNetCore.Http.Metadata;

namespace ApiTests.Members;

/// <summary>
/// What no text of the database can hold (NUL, half a character), in every field, query and part of a path that there is: bad input, never a fault.
/// </summary>
public sealed class HostileFieldTests(AbleHub hub, SignInHub pages) : IClassFixture<AbleHub>, IClassFixture<SignInHub>
{
    private static readonly string[] Values = ["\"a\\u0000b\"", "\"\\ud800\""];

    private static readonly string[] Queries = ["name", "permission", "purpose", "days", "after", "limit", "feed", "mode", "maxWithdrawals", "code", "token", "next", "user_code", "notice", "state", "iss", "of"];

    private static readonly string[] FormFields = ["name", "password", "code", "next", "token", "state", "credential", "label", "user_code", "id", "decision"];

    [Fact]
    public async Task In_a_body()
    {
        var routes = hub.RuledRoutes().Where(r => r.Takes() == "application/json").ToArray();
        Assert.True(routes.Length >= 15);
        foreach (var route in routes)
        {
            var example = JsonNode.Parse(CallerMatrixTests.Examples[route.Name()].Body)!.AsObject();
            var type = route.Metadata.GetRequiredMetadata<IAcceptsMetadata>().RequestType!;
            // Every text that the body may have, also those that the example leaves out.
            foreach (var field in LiaisonJson.Default.GetTypeInfo(type)!.Properties.Where(p => p.PropertyType == typeof(string)).Select(p => p.Name))
            {
                foreach (var value in Values)
                {
                    // By text: nothing here could write half a character.
                    var marked = JsonNode.Parse(example.ToJsonString())!.AsObject();
                    marked[field] = "HERE";
                    using var request = route.Request(marked.ToJsonString().Replace("\"HERE\"", value, StringComparison.Ordinal), hub.RecordOfUtopia);
                    await NoFaultAsync(hub, request, $"{route.Name()} {field} {value}");
                }
            }
        }
    }

    [Fact]
    public async Task In_a_query_and_in_a_path()
    {
        foreach (var route in hub.Routes().Where(r => r.Metadata.GetMetadata<PersonRoute>() is null))
        {
            foreach (var bad in (string[])["a%00b", "%ED%A0%80"])
            {
                using var plain = route.Request();
                var path = route.RoutePattern.RawText!.Contains("{code}", StringComparison.Ordinal) || route.RoutePattern.RawText.Contains("{id", StringComparison.Ordinal)
                    ? plain.RequestUri!.OriginalString.Replace("abcdefghjkmn", bad, StringComparison.Ordinal).Replace(DiscoveredRoutes.SomeId, bad, StringComparison.Ordinal)
                    : plain.RequestUri!.OriginalString;
                using var request = new HttpRequestMessage(plain.Method, $"{path}?{string.Join('&', Queries.Select(q => $"{q}={bad}"))}");
                await NoFaultAsync(hub, request, $"{route.Name()} {bad}");
                // Each by itself: the first that is bad may hide the others.
                foreach (var query in Queries.Where(_ => route.Metadata.GetMetadata<RouteRule>() is not null && route.Method() == "GET"))
                {
                    using var one = new HttpRequestMessage(plain.Method, $"{plain.RequestUri}?name=utopia&permission=hub.status&{query}={bad}");
                    await NoFaultAsync(hub, one, $"{route.Name()} {query} {bad}");
                }
            }
        }
    }

    /// <summary>The library would take it for the type of forms, and fail at reading it.</summary>
    [Theory]
    [InlineData("/connect/token")]
    [InlineData("/connect/device")]
    [InlineData("/connect/revoke")]
    public async Task In_the_type_of_a_request_for_tokens(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("grant_type=client_credentials&client_id=a") };
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencodedx");
        await NoFaultAsync(hub, request, path);
    }

    [Fact]
    public async Task In_a_form_of_a_page()
    {
        using var browser = new PlainBrowser(pages);
        await browser.EnrolAsync();
        foreach (var route in pages.Routes().Where(r => r.Method() == "POST" && r.RoutePattern.RawText is { } path
            && (path.StartsWith("/sign-in", StringComparison.Ordinal) || path.StartsWith("/enrol", StringComparison.Ordinal)
                || path.StartsWith("/account", StringComparison.Ordinal) || path == "/device")))
        {
            // The last one ends the session.
            if (route.RoutePattern.RawText == "/account/sign-out") continue;
            using var answer = await browser.PostAsync(route.RoutePattern.RawText!, [.. FormFields.Select(f => (f, "a\0b"))]);
            Assert.True((int)answer.StatusCode < 500, $"{route.Name()}: {(int)answer.StatusCode} {browser.Body}");
        }
    }

    private static async Task NoFaultAsync(HubFixture hub, HttpRequestMessage request, string what)
    {
        using var answer = await hub.Http(Callers.Administrator).SendAsync(request);
        Assert.True((int)answer.StatusCode < 500, $"{what}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
    }
}

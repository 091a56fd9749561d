using System.Text;
using ApiTests.Members;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Platform.Access;

namespace ApiTests.Platform;

/// <summary>What every answer tells a browser or a cache of itself; routes are found.</summary>
public sealed class HeaderTests(AbleHub hub) : IClassFixture<AbleHub>
{
    private const string Policy = "Content-Security-Policy";

    /// <summary>Of a page; an answer to a program has the policy only.</summary>
    private static readonly Dictionary<string, string> OfPages = new()
    {
        ["Referrer-Policy"] = "no-referrer",
        ["Cross-Origin-Opener-Policy"] = "same-origin",
        ["Cross-Origin-Resource-Policy"] = "same-origin",
        ["Permissions-Policy"] = "camera=()",
        [Policy] = "default-src 'none'",
    };

    [Fact]
    public async Task Every_answer_to_a_caller_is_kept_nowhere_and_is_what_it_says()
    {
        foreach (var route in hub.RuledRoutes())
        {
            foreach (var token in (string?[])[Callers.Administrator, null])
            {
                using var request = route.Request(CallerMatrixTests.Examples.GetValueOrDefault(route.Name()).Body ?? "{}", hub.RecordOfUtopia);
                using var answer = await hub.Http(token).SendAsync(request);
                IsForPrograms(answer, $"{route.Name()} {(int)answer.StatusCode}");
            }
        }

        using var rejects = await hub.Http(Callers.Utopia).GetAsync(new Uri(Routes.TravelDocumentImportRejects(await RejectedAsync()), UriKind.Relative));
        Assert.Equal("text/csv", rejects.Content.Headers.ContentType!.MediaType);
        IsForPrograms(rejects, "rejects");
        using var unknown = await hub.Http(null).GetAsync(new Uri("/v1/nothing", UriKind.Relative));
        IsForPrograms(unknown, "unknown path");
    }

    [Fact]
    public async Task Every_other_answer_is_what_it_says_and_every_page_is_hardened()
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = hub.Address };
        var pages = 0;
        foreach (var route in hub.Routes().Where(r => r.Metadata.GetMetadata<RouteRule>() is null))
        {
            using var request = route.Request();
            if (route.Method() == "POST") request.Content = new FormUrlEncodedContent([]);
            using var answer = await http.SendAsync(request);
            var what = $"{route.Name()} {(int)answer.StatusCode}";
            Assert.True(Value(answer, "X-Content-Type-Options") == "nosniff", what);
            Assert.Contains("default-src 'none'", Value(answer, Policy), StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", Value(answer, Policy), StringComparison.Ordinal);
            var isPage = answer.Content.Headers.ContentType?.MediaType == "text/html" || route.Metadata.GetMetadata<PersonRoute>() is not null;
            if (!isPage) continue;
            pages++;
            foreach (var (name, begins) in OfPages) Assert.True(Value(answer, name)?.StartsWith(begins, StringComparison.Ordinal), $"{what}: {name} {Value(answer, name)}");
            Assert.Contains("base-uri 'none'", Value(answer, Policy), StringComparison.Ordinal);
            // The library's page about the interface has a script within, and no person.
            if (route.RoutePattern.RawText!.StartsWith(Routes.Reference, StringComparison.Ordinal)) continue;
            Assert.DoesNotContain("unsafe", Value(answer, Policy), StringComparison.Ordinal);
            Assert.Equal("no-store", Value(answer, "Cache-Control"));
        }

        Assert.True(pages >= 20);
    }

    [Theory]
    [InlineData(Routes.Token)]
    [InlineData(Routes.DeviceAuthorization)]
    [InlineData(Routes.Revocation)]
    public async Task What_holds_or_refuses_a_token_is_kept_nowhere(string path)
    {
        foreach (var client in (string[])[OAuthClient.CommandLine, "nobody", "a\0b"])
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["client_id"] = client, ["grant_type"] = "client_credentials", ["token"] = "x" });
            using var answer = await hub.Http(null).PostAsync(new Uri(path, UriKind.Relative), form);
            Assert.Contains("no-store", Value(answer, "Cache-Control"), StringComparison.Ordinal);
        }
    }

    private async Task<Guid> RejectedAsync() =>
        (await hub.ImportAsync(Encoding.UTF8.GetBytes("number,issuer,kind,status\nHD0000001,UTO,passport,nosuch\n"), "text/csv")).Value!.Id;

    private static void IsForPrograms(HttpResponseMessage answer, string what)
    {
        Assert.True(Value(answer, "X-Content-Type-Options") == "nosniff", what);
        Assert.True(Value(answer, "Cache-Control") == "no-store", what);
        Assert.True(Value(answer, Policy) is "default-src 'none'; base-uri 'none'; frame-ancestors 'none'", $"{what}: {Value(answer, Policy)}");
        foreach (var name in OfPages.Keys.Where(k => k != Policy)) Assert.True(Value(answer, name) is null, $"{what}: {name}");
    }

    private static string? Value(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}

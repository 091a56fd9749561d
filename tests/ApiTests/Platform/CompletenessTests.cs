using System.Text;
using Liaison.Api;
using Liaison.Platform.Access;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ApiTests.Platform;

/// <summary>Finds every route by itself, so that a new one cannot be forgotten.</summary>
public sealed class CompletenessTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const string SomeId = "00000000-0000-7000-8000-000000000000";

    private RouteEndpoint[] Endpoints => [.. hub.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints)
        .OfType<RouteEndpoint>().DistinctBy(e => (e.RoutePattern.RawText, Method(e)))];

    private RouteEndpoint[] Ruled => [.. Endpoints.Where(e => e.Metadata.GetMetadata<RouteRule>() is not null)];

    [Fact]
    public void Every_route_has_a_rule_or_is_open_for_a_reason()
    {
        Assert.True(Ruled.Length >= 9);
        foreach (var endpoint in Endpoints)
        {
            var open = endpoint.Metadata.GetMetadata<OpenRoute>();
            var rule = endpoint.Metadata.GetMetadata<RouteRule>();
            var person = endpoint.Metadata.GetMetadata<PersonRoute>();
            Assert.True(new object?[] { open, rule, person }.Count(m => m is not null) == 1,
                $"{Name(endpoint)} needs a rule, or a person, or a reason to be open; one of them.");
            if (open is not null) Assert.NotEmpty(open.Because);
        }
    }

    [Fact]
    public void Every_ruled_route_is_named_summarised_and_lists_its_problems()
    {
        foreach (var endpoint in Ruled)
        {
            Assert.False(string.IsNullOrEmpty(endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName), Name(endpoint));
            Assert.False(string.IsNullOrEmpty(endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary), Name(endpoint));
            Assert.NotEmpty(endpoint.Metadata.GetOrderedMetadata<RouteProblem>());
            Assert.Contains('.', endpoint.Metadata.GetMetadata<RouteRule>()!.AuditEvent.Code);
        }

        Assert.Equal(Ruled.Length, Ruled.Select(e => e.Metadata.GetMetadata<IEndpointNameMetadata>()!.EndpointName).Distinct().Count());
    }

    [Fact]
    public async Task Without_a_token_every_ruled_route_answers_401()
    {
        foreach (var endpoint in Ruled) await AnswersAsync(endpoint, null, Garbage(endpoint), 401, "unauthenticated");
    }

    [Fact]
    public async Task With_a_caller_who_has_no_rights_every_ruled_route_answers_403_and_audits_the_denial()
    {
        foreach (var endpoint in Ruled)
        {
            var denials = await DenialsAsync(endpoint);
            await AnswersAsync(endpoint, Callers.Nobody, Garbage(endpoint), 403, "permissionMissing");
            Assert.Equal(denials + 1, await DenialsAsync(endpoint));
        }
    }

    [Fact]
    public async Task Garbage_in_any_body_answers_400_with_a_problem()
    {
        // An upload is taken as it comes and judged by its job; in a batch each line answers for itself.
        var taken = Ruled.Where(e => e.Metadata.GetMetadata<IAcceptsMetadata>() is { } body && body.ContentTypes[0] == "application/json").ToArray();
        Assert.True(taken.Length >= 4);
        foreach (var endpoint in taken)
        {
            foreach (var garbage in new[] { "{", "[]", "null", "\"text\"", "{\"number\":1}", "{\"nosuch\":true}", "\u0000\u0001", "{\"\\ud800\":1}", "{\"why\":\"\\ud800\"}", "{\"reference\":\"\\ud800\"}", "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}" })
                await AnswersAsync(endpoint, Callers.Administrator, Garbage(endpoint, Encoding.UTF8.GetBytes(garbage)), 400, null);
            await AnswersAsync(endpoint, Callers.Administrator, Garbage(endpoint, [0xC3, 0x28, 0xFF]), 400, null);
        }
    }

    [Fact]
    public async Task Another_media_type_answers_415()
    {
        foreach (var endpoint in Ruled.Where(e => e.Metadata.GetMetadata<IAcceptsMetadata>() is not null))
        {
            using var body = new StringContent("<xml/>", Encoding.UTF8, "application/xml");
            await AnswersAsync(endpoint, Callers.Administrator, body, 415, "unsupportedMediaType");
        }
    }

    [Theory]
    [InlineData("/v1/nothing", 404, "notFound")]
    [InlineData("/v1/travel-documents/not-an-id", 404, "notFound")]
    [InlineData("/v1/travel-documents/search", 405, "methodNotAllowed")]
    public async Task Wrong_paths_and_methods_are_problems_too(string path, int status, string code)
    {
        using var response = await hub.Http(Callers.Utopia).GetAsync(new Uri(path, UriKind.Relative));
        await IsProblemAsync(response, status, code, path);
    }

    /// <summary>Whoever makes a browser send TRACE would read what no script may: the cookie of a session.</summary>
    [Fact]
    public async Task No_route_answers_TRACE()
    {
        foreach (var path in Endpoints.Select(e => e.RoutePattern.RawText!.Replace("{id:guid}", SomeId, StringComparison.Ordinal)).Distinct())
        {
            using var request = new HttpRequestMessage(HttpMethod.Trace, path);
            request.Headers.Add("Cookie", "liaison=nothing");
            using var response = await hub.Http(Callers.Administrator).SendAsync(request);
            Assert.True((int)response.StatusCode is 404 or 405, $"TRACE {path}: {(int)response.StatusCode}");
            Assert.DoesNotContain("nothing", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private async Task<long> DenialsAsync(RouteEndpoint endpoint) => await hub.ScalarAsync<long>(
        "SELECT count(*) FROM audit.entry WHERE event = 'access.denied' AND account = 'nobody' AND asked::jsonb ->> 'attempted' = $1",
        endpoint.Metadata.GetMetadata<RouteRule>()!.AuditEvent.Code);

    private async Task AnswersAsync(RouteEndpoint endpoint, string? token, HttpContent? body, int status, string? code)
    {
        var path = endpoint.RoutePattern.RawText!.Replace("{id:guid}", SomeId, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(Method(endpoint)), path) { Content = body };
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        using var response = await hub.Http(token).SendAsync(request);
        await IsProblemAsync(response, status, code, Name(endpoint));
    }

    private static async Task IsProblemAsync(HttpResponseMessage response, int status, string? code, string where)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{where}: {(int)response.StatusCode} {text}");
        Assert.Equal(Problem.MediaType, response.Content.Headers.ContentType?.MediaType);
        var problem = System.Text.Json.JsonSerializer.Deserialize(text, LiaisonJson.Default.Problem)!;
        Assert.Equal(status, problem.Status);
        Assert.Equal("urn:liaison:problem:" + problem.Code, problem.Type);
        Assert.False(string.IsNullOrEmpty(problem.Detail));
        Assert.False(string.IsNullOrEmpty(problem.TraceId));
        if (code is not null) Assert.Equal(code, problem.Code);
    }

    private static ByteArrayContent? Garbage(RouteEndpoint endpoint, byte[]? bytes = null)
    {
        if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not { } accepts) return null;
        var content = new ByteArrayContent(bytes ?? "{"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", accepts.ContentTypes[0]);
        return content;
    }

    private static string Method(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";

    private static string Name(RouteEndpoint endpoint) => $"{Method(endpoint)} {endpoint.RoutePattern.RawText}";
}

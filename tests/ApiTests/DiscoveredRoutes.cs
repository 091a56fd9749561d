using Liaison.Platform.Access;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ApiTests;

/// <summary>Every route of a hub, found and not listed.</summary>
internal static class DiscoveredRoutes
{
    public const string SomeId = "00000000-0000-7000-8000-000000000000";

    public static RouteEndpoint[] Routes(this HubFixture hub) =>
    [
        .. hub.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .DistinctBy(e => (e.RoutePattern.RawText, e.Method())),
    ];

    public static RouteEndpoint[] RuledRoutes(this HubFixture hub) => [.. hub.Routes().Where(e => e.Metadata.GetMetadata<RouteRule>() is not null)];

    public static RouteRule Rule(this RouteEndpoint route) => route.Metadata.GetRequiredMetadata<RouteRule>();

    public static string Method(this RouteEndpoint route) => route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";

    public static string? Takes(this RouteEndpoint route) => route.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes[0];

    public static string Name(this RouteEndpoint route) => route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? $"{route.Method()} {route.RoutePattern.RawText}";

    /// <param name="route">Of the hub.</param>
    /// <param name="body">For a route that takes one.</param>
    /// <param name="id">In the place of any id of the path.</param>
    public static HttpRequestMessage Request(this RouteEndpoint route, string body = "{}", string id = SomeId)
    {
        var path = route.RoutePattern.RawText!.Replace("{id:guid}", id, StringComparison.Ordinal).Replace("{code}", "abcdefghjkmn", StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal).Replace("{documentName?}", "", StringComparison.Ordinal);
        var request = new HttpRequestMessage(new(route.Method()), path);
        request.Headers.TryAddWithoutValidation("If-Match", "\"1\"");
        if (route.Takes() is { } type)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        return request;
    }
}

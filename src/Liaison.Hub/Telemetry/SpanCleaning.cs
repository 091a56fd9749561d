using System.Diagnostics;
using OpenTelemetry;

namespace Liaison.Hub.Telemetry;

/// <summary>
/// Takes from every span what may hold a document number: what a caller chose (path, query, user agent), and the texts of exceptions, in
/// which a database quotes values. What stays are codes: the template of the route, method, status, SQL with its parameters left out.
/// </summary>
internal sealed class SpanCleaning : BaseProcessor<Activity>
{
    private static readonly string[] OfTheCaller =
        ["url.path", "url.query", "url.full", "user_agent.original", "client.address", "client.port", "network.peer.address", "network.peer.port", "http.target", "http.url", "http.user_agent"];

    public override void OnEnd(Activity data)
    {
        // Events cannot be taken from a span, so one with the text of an exception is not sent; the request's span has the status.
        if (data.Events.Any()) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        foreach (var tag in OfTheCaller) data.SetTag(tag, null);
        if (data.StatusDescription is not null) data.SetStatus(data.Status);
    }

    /// <summary>Names the span of a request by the template of its route.</summary>
    public static async Task NameAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span) return;
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "unknown";
        span.DisplayName = http.GetEndpoint() is null ? "unknown" : $"{http.Request.Method} {route}";
        span.SetTag("http.request.method", http.GetEndpoint() is null ? "_OTHER" : http.Request.Method);
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", http.Response.StatusCode);
    }
}

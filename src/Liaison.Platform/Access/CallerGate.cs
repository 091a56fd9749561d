using System.Threading.RateLimiting;
using Liaison.Platform.Audit;
using Liaison.Platform.Telemetry;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Access;

/// <summary>
/// The gate before every route with a rule: who is calling, and may they. A denial is audited before it is answered. Requests without
/// valid credentials are counted and slowed per address, not audited row by row: otherwise anyone could fill the audit.
/// </summary>
internal sealed class CallerGate(DevelopmentTokens tokens, AuditWriter audit, HubMetrics metrics, TimeProvider clock) : IDisposable
{
    private const int FailuresPerMinute = 60;
    private const string Scheme = "Bearer ";

    private readonly PartitionedRateLimiter<string> failures = PartitionedRateLimiter.Create<string, string>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new() { PermitLimit = FailuresPerMinute, Window = TimeSpan.FromMinutes(1) }));

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RouteRule>() is not { } rule) return next(context);
        if (Identify(context) is not { } caller) return RefuseUnknownAsync(context);
        if (AccessDecision.Refuse(caller, rule.Permission) is { } reason) return DenyAsync(context, caller, rule, reason);
        caller.EnterInto(context);
        return next(context);
    }

    public void Dispose() => failures.Dispose();

    private Caller? Identify(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && authorization.Length <= 4096
            ? tokens.Find(authorization.AsSpan(Scheme.Length).Trim())
            : null;
    }

    private async Task RefuseUnknownAsync(HttpContext http)
    {
        metrics.Unauthenticated();
        using var permit = failures.AttemptAcquire(http.Connection.RemoteIpAddress?.ToString() ?? "unknown");
        if (!permit.IsAcquired)
        {
            http.Response.Headers.RetryAfter = "60";
            await Answers.Problem(PlatformProblems.TooManyRequests, "Too many requests without valid credentials. Wait a minute.")
                .ExecuteAsync(http);
            return;
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        await Answers.Problem(PlatformProblems.Unauthenticated, "Send a valid token: Authorization: Bearer <token>.").ExecuteAsync(http);
    }

    private async Task DenyAsync(HttpContext http, Caller caller, RouteRule rule, string reason)
    {
        var act = new Act(caller, rule.AuditEvent) { Purpose = caller.DefaultPurpose };
        await audit.AppendAsync(act.Denied(rule.Permission, clock.GetUtcNow()), [], http.RequestAborted);
        await Answers.Problem(PlatformProblems.PermissionMissing, reason).ExecuteAsync(http);
    }
}

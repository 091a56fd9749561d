using Liaison.Api;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Telemetry;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Access;

/// <summary>
/// The gate before every route with a rule: who is calling, and may they. A denial is audited before it is answered. Requests without
/// valid credentials are counted by network and refused beyond a limit, not audited row by row: otherwise anyone could fill the audit.
/// </summary>
public sealed class CallerGate(ICallers callers, AuditWriter audit, HubMetrics metrics, RateLimits limits, TimeProvider clock)
{
    private const int LongestHeader = 4096;
    private const string Scheme = "Bearer ";

    private readonly CallRates rates = new(limits, clock);

    private readonly NetworkRate unknown = new(limits.Unknown, clock);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<RouteRule>() is not { } rule) return next(context);
        var token = Token(context);
        // Most calls come with a token that was checked lately: for them nothing is awaited here.
        return token.Length > 0 && callers.Recall(token) is { } caller ? EnterAsync(context, caller, rule, next)
            : LookUpAsync(context, token.ToString(), rule, next);
    }

    /// <summary>
    /// For answers that stream for long: the caller as it is now when it may still do what the route is for, else the problem that ends the stream.
    /// </summary>
    public async Task<(Caller? Caller, Problem? Problem)> RecheckAsync(HttpContext http)
    {
        var rule = http.GetEndpoint()!.Metadata.GetRequiredMetadata<RouteRule>();
        var token = Token(http).ToString();
        var caller = callers.Recall(token) ?? await callers.FindAsync(token, http.RequestAborted);
        if (caller is null) return (null, PlatformProblems.Unauthenticated.With("The token has ended or was revoked."));
        if (Refuse(http, caller, rule) is not { } refusal) return (caller, null);
        await audit.AppendAsync(Denial(http, caller, rule, refusal), [], http.RequestAborted);
        return (null, refusal.Problem);
    }

    private static ReadOnlySpan<char> Token(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && authorization.Length <= LongestHeader
            ? authorization.AsSpan(Scheme.Length).Trim()
            : [];
    }

    private async Task LookUpAsync(HttpContext http, string token, RouteRule rule, RequestDelegate next)
    {
        // Taken before the database is asked and given back when somebody stands behind the token: a flood of made-up ones does not reach it. A token
        // that was good here before is asked for in any case, so that nobody is kept out by a flood from the same network.
        var from = http.Connection.RemoteIpAddress;
        if (!unknown.Take(from) && !(token.Length > 0 && callers.HasMet(token)))
        {
            await SlowUnknownAsync(http);
        }
        else if (token.Length > 0 && await callers.FindAsync(token, http.RequestAborted) is { } caller)
        {
            unknown.GiveBack(from);
            await EnterAsync(http, caller, rule, next);
        }
        else
        {
            await RefuseUnknownAsync(http);
        }
    }

    private Task EnterAsync(HttpContext http, Caller caller, RouteRule rule, RequestDelegate next)
    {
        // Before the denials, which are audited: a flood must not fill the audit either.
        if (!rates.Admits(caller)) return SlowAsync(http);
        if (Refuse(http, caller, rule) is { } refusal) return DenyAsync(http, caller, rule, refusal);
        caller.EnterInto(http);
        return next(http);
    }

    private static Task SlowAsync(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        return Answers.Problem(PlatformProblems.TooManyRequests, "Your account, or your member, asked too often within a second. Wait one, or send a batch.")
            .ExecuteAsync(http);
    }

    private Refusal? Refuse(HttpContext http, Caller caller, RouteRule rule)
    {
        var (purpose, now) = (PurposeOf(http, caller), clock.GetUtcNow());
        // One in the body is looked at where the body is read. One that does not exist is bad input and not a want of rights; the route says so.
        return rule.PurposeInBody || (purpose is null ? rule.PurposeInLines : !Purposes.List.Has(purpose)) ? AccessDecision.Refuse(caller, rule.Permission, now)
            : AccessDecision.Refuse(caller, rule.Permission, purpose, now);
    }

    private static string? PurposeOf(HttpContext http, Caller caller) =>
        http.Request.Headers[Headers.Purpose].ToString() is { Length: > 0 } given ? given : caller.DefaultPurpose;

    private Task SlowUnknownAsync(HttpContext http)
    {
        metrics.Unauthenticated();
        http.Response.Headers.RetryAfter = "60";
        return Answers.Problem(PlatformProblems.TooManyRequests, "Too many requests without valid credentials from your network. Wait a minute.")
            .ExecuteAsync(http);
    }

    private Task RefuseUnknownAsync(HttpContext http)
    {
        metrics.Unauthenticated();
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Answers.Problem(PlatformProblems.Unauthenticated, "Send a valid token: Authorization: Bearer <token>.").ExecuteAsync(http);
    }

    private async Task DenyAsync(HttpContext http, Caller caller, RouteRule rule, Refusal refusal)
    {
        await audit.AppendAsync(Denial(http, caller, rule, refusal), [], http.RequestAborted);
        await Answers.Problem(refusal.Problem).ExecuteAsync(http);
    }

    /// <summary>What was attempted, as far as it can be told before the body is read: for which purpose, and on what.</summary>
    private AuditEntry Denial(HttpContext http, Caller caller, RouteRule rule, Refusal refusal)
    {
        var (purpose, reference) = (rule.PurposeInBody ? null : PurposeOf(http, caller), http.Request.Headers[Headers.Reference].ToString());
        var act = new Act(caller, rule.AuditEvent)
        {
            Purpose = purpose is not null && Purposes.List.Has(purpose) ? purpose : null,
            Reference = reference.Length > 0 && RequestContext.IsReference(reference) ? reference : null,
        };
        if (http.Request.RouteValues.GetValueOrDefault("id") is string text && Guid.TryParse(text, out var id)) act = act with { Asked = AuditJson.Of(("id", id)) };
        return act.Denied(refusal.Rule, clock.GetUtcNow());
    }
}

using System.Net;
using System.Text.Json;
using Liaison.Members.SignIn;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.IdentityModel.JsonWebTokens;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Liaison.Members.OAuth;

/// <summary>
/// The last look at an answer: what is refused says the same of a client that does not exist as of one that proved nothing, and after the same
/// time; and an attempt in the name of a known account is audited.
/// </summary>
internal sealed class Refusals(
    ActiveAccounts accounts, AuditWriter audit, Throttle throttle, FailedProofs failures, RateLimits limits, TimeProvider clock)
    : IOpenIddictServerHandler<ApplyTokenResponseContext>, IOpenIddictServerHandler<ApplyDeviceAuthorizationResponseContext>,
        IOpenIddictServerHandler<ApplyRevocationResponseContext>
{
    private const string NotProved = "The client is not known here, or did not prove to be who it says.";

    public ValueTask HandleAsync(ApplyTokenResponseContext context) => LookAsync(context.Transaction, context.CancellationToken);

    public ValueTask HandleAsync(ApplyRevocationResponseContext context) => LookAsync(context.Transaction, context.CancellationToken);

    public ValueTask HandleAsync(ApplyDeviceAuthorizationResponseContext context)
    {
        // Passkeys belong to a name and never to an address, so persons are sent to the name that every machine has for itself.
        if (Uri.TryCreate(context.Response.VerificationUri, UriKind.Absolute, out var page) && IPAddress.TryParse(page.Host, out var ip) && IPAddress.IsLoopback(ip))
        {
            context.Response.VerificationUri = AtLocalhost(page);
            if (Uri.TryCreate(context.Response.VerificationUriComplete, UriKind.Absolute, out var complete))
                context.Response.VerificationUriComplete = AtLocalhost(complete);
        }

        return LookAsync(context.Transaction, context.CancellationToken);
    }

    private static string AtLocalhost(Uri page) => new UriBuilder(page) { Host = "localhost" }.Uri.AbsoluteUri;

    private async ValueTask LookAsync(OpenIddictServerTransaction transaction, CancellationToken cancellation)
    {
        if (transaction.Response is not { Error: { } error } response) return;
        // A page of the library's documentation, which would tell what is behind.
        response.ErrorUri = null;
        if (error is not (Errors.InvalidClient or Errors.InvalidGrant) || transaction.GetHttpRequest()?.HttpContext is not { } http) return;
        var call = http.Features.GetRequiredFeature<OAuthCall>();
        // Before anything is waited for: neither many at once nor a caller that hangs up are a way around the count.
        failures.Failed(http.Connection.RemoteIpAddress, call.Client);
        throttle.Failed("token request", error, http.Connection.RemoteIpAddress);
        if (error is Errors.InvalidGrant) return;
        var why = transaction.Properties.GetValueOrDefault(nameof(AssertionRules)) as string;
        response.ErrorDescription = why ?? NotProved;
        await AuditAsync(transaction, http, why ?? "notProved", cancellation);
        // Only the name of an account makes an audit entry, which is waited for.
        await LeastTime.PassAsync(clock, call.Began, limits.FailureTakes, http.RequestAborted);
    }

    /// <summary>Who names no account is counted and slowed only: otherwise anybody could fill the audit.</summary>
    private async Task AuditAsync(OpenIddictServerTransaction transaction, HttpContext http, string why, CancellationToken cancellation)
    {
        var named = transaction.Request?.ClientId ?? IssuerOf(transaction.Request?.ClientAssertion);
        if (named is null || await accounts.NamedAsync(named, cancellation) is not { } caller) return;
        var entry = AuditEntry.Of(caller, MemberEvents.SignInFailed, "refused", clock.GetUtcNow());
        await audit.AppendAsync(
            entry with { Asked = AuditJson.Of(("why", why), ("from", http.Connection.RemoteIpAddress?.ToString())).Text }, [], cancellation);
    }

    /// <summary>Whom an assertion names that was not found to be signed by him.</summary>
    public static string? IssuerOf(string? assertion)
    {
        try
        {
            return assertion is null ? null : new JsonWebToken(assertion).Issuer;
        }
        catch (Exception malformed) when (malformed is ArgumentException or FormatException or InvalidOperationException or JsonException)
        {
            return null;
        }
    }
}

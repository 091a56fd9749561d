using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Liaison.Members.OAuth;

/// <summary>Decides who gets a token: OpenIddict has found out who asks, and the account must be one that may ask now.</summary>
internal sealed class TokenGrants(ActiveAccounts accounts, ProvedRequests proved, AuditWriter audit, TimeProvider clock)
    : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public ValueTask HandleAsync(HandleTokenRequestContext context) =>
        context.Request.IsClientCredentialsGrantType() ? SystemAsync(context) : PersonAsync(context);

    private async ValueTask SystemAsync(HandleTokenRequestContext context)
    {
        var account = context.ClientId!;
        if (await accounts.FindAsync(account, ActiveAccounts.System, context.CancellationToken) is not { } caller)
        {
            context.Reject(Errors.InvalidClient);
            return;
        }

        // An assertion was counted before it was used up.
        if (context.Request.ClientAssertion is null && !await proved.TakeAsync(context, caller)) return;
        await audit.AppendAsync(SignedIn(caller, context), [], context.CancellationToken);
        context.Principal = Identities.Of(account);
    }

    private AuditEntry SignedIn(Caller caller, HandleTokenRequestContext context)
    {
        var by = context.Request.ClientAssertion is not null ? "privateKeyJwt" : context.Request.ClientSecret is not null ? "secret" : "certificate";
        var from = context.Transaction.GetHttpRequest()?.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        return AuditEntry.Of(caller, MemberEvents.SystemSignedIn, "done", clock.GetUtcNow()) with { Asked = AuditJson.Of(("by", by), ("from", from)).Text };
    }

    /// <summary>The device code was approved, or a refresh token goes on, for the person that it names.</summary>
    private async ValueTask PersonAsync(HandleTokenRequestContext context)
    {
        var principal = context.Request.IsDeviceCodeGrantType() ? context.DeviceCodePrincipal : context.RefreshTokenPrincipal;
        if (principal?.GetClaim(Claims.Subject) is not { } account
            || await accounts.FindAsync(account, ActiveAccounts.Person, context.CancellationToken) is not { } caller)
            context.Reject(Errors.InvalidGrant, "The account may not sign in now. Ask your bureau's administrator.");
        else if (await proved.TakeAsync(context, caller)) context.Principal = Identities.Of(account, Scopes.OfflineAccess);
    }
}

using Liaison.Platform.Access;
using Microsoft.AspNetCore;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Liaison.Members.OAuth;

/// <summary>
/// How often accounts and members proved who they are within this minute. Counted once the proof holds, so that nobody uses up what another
/// has, and before anything of it is written: each costs a used assertion, an audit entry, or a token.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProvedRequests(RateLimits limits, TimeProvider clock)
{
    private readonly CallerRate tokens = new(limits.Tokens, limits.MemberTokens, 60, clock);

    /// <summary>A count of its own: who asked for too many tokens can still give them back.</summary>
    private readonly CallerRate others = new(limits.Tokens, limits.MemberTokens, 60, clock);

    /// <summary>False when there were too many; then the request is answered, and nobody looks at it any further.</summary>
    public async ValueTask<bool> TakeAsync(BaseValidatingContext context, Caller caller)
    {
        if (Of(context).Take(caller)) return true;
        await OAuthRoutes.SlowAsync(context.Transaction.GetHttpRequest()!.HttpContext,
            "Your account, or your member, asked for too many tokens. Use one until it ends, and wait a minute.");
        context.HandleRequest();
        return false;
    }

    /// <summary>It was not the caller's own after all, as an assertion that was used before.</summary>
    public void GiveBack(BaseValidatingContext context, Caller caller) => Of(context).GiveBack(caller);

    private CallerRate Of(BaseValidatingContext context) => context.EndpointType is OpenIddictServerEndpointType.Token ? tokens : others;
}

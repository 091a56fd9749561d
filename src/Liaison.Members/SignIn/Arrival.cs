using Liaison.Platform.Audit;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>The end of a way in: who proved to be somebody has a session, or lost it while it came.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Arrival(Sessions sessions, Throttle throttle, AuditWriter audit, TimeProvider clock)
{
    /// <returns>False when all sessions of the account were ended meanwhile; the audit, which tells of a sign-in by then, tells that it came to nothing.</returns>
    public async Task<bool> BeginAsync(HttpContext http, SignInAccount account, string how, ProviderProof? proof = null)
    {
        if (await sessions.BeginAsync(http, account, how, proof) is not null) return true;
        throttle.Failed(how, SignInEvents.EndedMeanwhile, http.Connection.RemoteIpAddress);
        await audit.AppendAsync(new Act(account.Caller, MemberEvents.SignInFailed).Entry(SignInEvents.EndedMeanwhile, clock.GetUtcNow()), [], http.RequestAborted);
        return false;
    }
}

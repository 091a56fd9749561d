using Liaison.Platform.Audit;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>Whoever holds a passkey of this hub is the person it was made for.</summary>
/// <remarks>Belongs to one request.</remarks>
internal sealed class PasskeySignIn(
    Passkeys passkeys, People people, Throttle throttle, AuditWriter audit, NpgsqlDataSource database, TimeProvider clock)
{
    /// <returns>Who came in and how, or null.</returns>
    public async Task<(SignInAccount Account, string How)?> TryAsync(HttpContext http, string state, string credential)
    {
        var cancellation = http.RequestAborted;
        if (await throttle.ExcessAsync(null, http.Connection.RemoteIpAddress, cancellation) > 0) return null;
        if (await passkeys.TakeAsync(http, state, credential) is not { } taken) return null;
        if (await SignInAccount.FindAsync(database, taken.Person.UserName!, cancellation) is not { } account) return null;
        // The counter moves with every use, whatever comes of it: a copy of the authenticator shows by it.
        await people.PutPasskeyAsync(taken.Person, taken.Passkey);
        var kind = account.MaySignIn ? SignInEvents.SignedIn : MemberEvents.SignInFailed;
        var outcome = account.MaySignIn ? Proof.Passkey : "notActive";
        await audit.AppendAsync(new Act(account.Caller, kind).Entry(outcome, clock.GetUtcNow()), [], cancellation);
        return account.MaySignIn ? (account, Proof.Passkey) : null;
    }
}

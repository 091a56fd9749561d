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
        var excess = await throttle.ExcessAsync(Proof.Passkey, null, http.Connection.RemoteIpAddress, cancellation);
        if (excess > 0) return Fail(http, excess == 1 ? "tooManyAttempts" : null);
        if (await passkeys.TakeAsync(http, state, credential) is not { } taken) return Fail(http, "wrongAnswer");
        if (await SignInAccount.FindAsync(database, taken.Person.UserName!, cancellation) is not { } account) return Fail(http, "unknownName");
        // The counter moves with every use, whatever comes of it: a copy of the authenticator shows by it.
        if (!await people.CountUseAsync(taken.Person, taken.Passkey)) return Fail(http, "usedMeanwhile");
        var kind = account.MaySignIn ? SignInEvents.SignedIn : MemberEvents.SignInFailed;
        var outcome = account.MaySignIn ? Proof.Passkey : "notActive";
        await audit.AppendAsync(new Act(account.Caller, kind).Entry(outcome, clock.GetUtcNow()), [], cancellation);
        if (!account.MaySignIn) return Fail(http, "notActive");
        await throttle.CameInAsync(Proof.Passkey, null, http.Connection.RemoteIpAddress, cancellation);
        return (account, Proof.Passkey);
    }

    private (SignInAccount, string)? Fail(HttpContext http, string? reason)
    {
        if (reason is not null) throttle.Failed(Proof.Passkey, reason, http.Connection.RemoteIpAddress);
        return null;
    }
}

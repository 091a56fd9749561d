using System.Security.Claims;
using Liaison.Platform.Access;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>How a person proved who it is, as the audit and the table of sessions say it.</summary>
internal static class Proof
{
    public const string Passkey = "passkey", Password = "password", RecoveryCode = "recoveryCode", Invitation = "invitation", Provider = "provider";
}

/// <summary>A person who signed in with a browser and has not been thrown out since.</summary>
/// <param name="Id">Of the session.</param>
/// <param name="Account">Name of the account.</param>
/// <param name="Member">The member that answers for it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="SignedInAt">When the person last proved who it is.</param>
/// <param name="How">See <see cref="Proof"/>.</param>
internal sealed record Session(Guid Id, string Account, string Member, string Title, DateTimeOffset SignedInAt, string How)
{
    /// <summary>How old a proof may be for a sensitive act.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);

    /// <summary>In the audit. What the account may do is no matter here: everybody may change how it signs in.</summary>
    public Caller Caller => new(Account, Member, new HashSet<string>(), null);

    /// <summary>
    /// False for whom the member's provider vouches: a way in that it added here would outlive the provider, and the person's account there.
    /// </summary>
    public bool MayAddWays => How != Proof.Provider;

    public bool IsFresh(DateTimeOffset now) => now - SignedInAt <= FreshFor;

    /// <summary>The person of this request.</summary>
    /// <exception cref="InvalidOperationException">The route is not for persons (<see cref="PersonRoute"/>): a fault of the code.</exception>
    public static Session Of(HttpContext http) =>
        Find(http) ?? throw new InvalidOperationException("This route must say ForPersons before it may ask who is signed in.");

    /// <summary>Null when nobody is signed in.</summary>
    public static Session? Find(HttpContext http) => http.Features.Get<Session>();

    public void EnterInto(HttpContext http)
    {
        http.Features.Set(this);
        // Forms are bound to the person they were shown to.
        http.User = new(new ClaimsIdentity([new("sub", Account)], "session"));
    }
}

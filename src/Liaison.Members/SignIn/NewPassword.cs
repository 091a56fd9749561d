using Liaison.Members.Domain;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>A password that may be set, with the authenticator that goes with it when one was asked for.</summary>
/// <param name="Password">Normalised.</param>
/// <param name="Key">Of the authenticator, or null when the old one stays.</param>
/// <param name="Step">Of the code that proved the key.</param>
internal sealed record NewPassword(string Password, byte[]? Key, long Step)
{
    /// <summary>The new password, or the key of the text that says what is wrong with the form.</summary>
    public static (NewPassword? Value, string? Problem) Parse(
        IFormCollection form, string account, bool withAuthenticator, NewAuthenticators offers, DateTimeOffset now)
    {
        var password = PasswordRules.Normalise(form["password"].ToString());
        if (PasswordRules.Refuse(password, account) is { } problem) return (null, problem);
        if (!withAuthenticator) return (new(password, null, 0), null);
        if (offers.Open(account, form["state"].ToString()) is not { } key) return (null, "offerExpired");
        return Totp.StepOf(key, form["code"].ToString(), now) is { } step ? (new(password, key, step), null) : (null, "wrongCode");
    }
}

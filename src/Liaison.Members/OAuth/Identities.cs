using System.Security.Claims;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Liaison.Members.OAuth;

/// <summary>What a token says of its account: the name. What the account may do is looked up when the token is used.</summary>
internal static class Identities
{
    public static ClaimsPrincipal Of(string account, params IEnumerable<string> scopes)
    {
        var identity = new ClaimsIdentity("liaison", Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, account);
        identity.SetScopes(scopes);
        return new(identity);
    }
}

using System.Globalization;
using System.Security.Claims;
using Liaison.Members.Domain;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Liaison.Members.Providers;

/// <summary>How an id token of a provider is read: what the library holds against it, and what the hub takes from it afterwards.</summary>
internal static class ProviderTokens
{
    private const long LatestSecond = 100_000_000_000;

    public static JsonWebTokenHandler Handler() => new SignedOnly { MapInboundClaims = false };

    /// <param name="issuer">Of the provider, exactly.</param>
    /// <param name="clientId">The hub's name there.</param>
    /// <param name="algorithms">That the member lets it sign with.</param>
    /// <param name="clock">The hub's clock.</param>
    public static TokenValidationParameters Rules(string issuer, string clientId, IEnumerable<string> algorithms, TimeProvider clock) => new()
    {
        ValidIssuer = issuer, ValidAudience = clientId, ValidAlgorithms = algorithms, RequireSignedTokens = true, RequireExpirationTime = true,
        ValidateIssuerSigningKey = true, NameClaimType = "sub",
        LifetimeValidator = (notBefore, expires, _, _) => IsInTime(notBefore, expires, clock.GetUtcNow().UtcDateTime),
    };

    /// <summary>Never fails: what is missing or no moment is null.</summary>
    public static ProviderClaims Read(ClaimsPrincipal person) =>
        new(person.FindFirstValue("sub"), [.. person.FindAll("aud").Select(c => c.Value)], person.FindFirstValue("azp"),
            person.FindFirstValue("acr"), [.. person.FindAll("amr").Select(c => c.Value)], Moment(person.FindFirstValue("auth_time")));

    private static bool IsInTime(DateTime? notBefore, DateTime? expires, DateTime now) =>
        expires is not null && expires > now - ProviderRules.Skew && (notBefore is null || notBefore < now + ProviderRules.Skew);

    private static DateTimeOffset? Moment(string? seconds) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < LatestSecond
            ? DateTimeOffset.FromUnixTimeSeconds(number) : null;

    /// <summary>
    /// The handler lets a token of the token endpoint pass without a signature, because TLS says who sent it (OpenID Connect Core section 3.1.3.7, 6). But TLS
    /// often ends before the provider.
    /// </summary>
    private sealed class SignedOnly : JsonWebTokenHandler
    {
        public override Task<TokenValidationResult> ValidateTokenAsync(string token, TokenValidationParameters validationParameters)
        {
            validationParameters.RequireSignedTokens = true;
            return base.ValidateTokenAsync(token, validationParameters);
        }
    }
}

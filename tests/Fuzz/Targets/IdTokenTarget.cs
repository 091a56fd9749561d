using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Liaison.Members.Domain;
using Liaison.Members.Providers;
using Microsoft.IdentityModel.Tokens;

namespace Fuzz.Targets;

internal static class IdTokenTarget
{
    private const string Issuer = "https://provider.example", Hub = "hub";

    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly string Header = Base64Url.EncodeToString("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"one\"}"u8);
    private static readonly TokenValidationParameters Rules = MakeRules();

    /// <summary>
    /// Any bytes as an id token, which nobody signed and which is never taken; and as the claims of one that the provider did sign: whatever it says of the
    /// person is judged without an exception, and only what the member wants passes.
    /// </summary>
    [FuzzTarget("idToken")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        Assert.Null(Validate(Encoding.UTF8.GetString(data)));
        var content = Encoding.ASCII.GetBytes($"{Header}.{Base64Url.EncodeToString(data)}");
        var signature = Base64Url.EncodeToString(Key.SignData(content, HashAlgorithmName.SHA256));
        if (Validate($"{Encoding.ASCII.GetString(content)}.{signature}") is not { } person) return;
        var claims = ProviderTokens.Read(person);
        if (ProviderRules.Refuse(claims, new(Hub, ["two"], [], Now.AddHours(-12)), Now) is not null) return;
        Assert.Matches("^[ -~]{1,255}\\z", claims.Subject);
        Assert.Contains(Hub, claims.Audiences);
        Assert.Equal("two", claims.Acr);
        Assert.InRange(claims.AuthenticatedAt!.Value, Now.AddHours(-13), Now + ProviderRules.Skew);
    }

    /// <summary>As ASP.NET's handler does it: an exception of the library is an answer that was refused.</summary>
    private static ClaimsPrincipal? Validate(string token)
    {
        try
        {
            var outcome = ProviderTokens.Handler().ValidateTokenAsync(token, Rules).GetAwaiter().GetResult();
            return outcome.IsValid ? new(outcome.ClaimsIdentity) : null;
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or FormatException or InvalidOperationException or OverflowException
            or SecurityTokenException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static TokenValidationParameters MakeRules()
    {
        var rules = ProviderTokens.Rules(Issuer, Hub, ["ES256"], new Stopped());
        rules.IssuerSigningKey = new ECDsaSecurityKey(Key) { KeyId = "one" };
        return rules;
    }

    private sealed class Stopped : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Liaison.Members.OAuth;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;

namespace Fuzz.Targets;

internal static class AssertionTarget
{
    private static readonly Uri Hub = new("https://hub.example");
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TokenValidationParameters Rules = MakeRules();

    /// <summary>
    /// Any bytes as a client assertion. No one here has the key, so nothing is ever taken for signed; and claims, whatever they are, are
    /// judged without an exception.
    /// </summary>
    [FuzzTarget("assertion")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        var text = Encoding.UTF8.GetString(data);
        // The library's task ends at once: nothing in it waits.
        var outcome = new JsonWebTokenHandler().ValidateTokenAsync(text, Rules).GetAwaiter().GetResult();
        Assert.False(outcome.IsValid);
        // What has the shape names one account in letters that the database takes, if the library reads it at all.
        if (AssertionShape.Refuse(text) is null && Refusals.IssuerOf(text) is { } name) Assert.Matches("^[!-~]{1,128}\\z", name);
        if (text.Split('.') is [_, var payload, ..]) Judge(payload);
    }

    private static void Judge(string payload)
    {
        if (Read(payload) is not { } identity) return;
        var claims = AssertionClaims.Of(new(identity));
        if (AssertionRules.Refuse(claims, Hub, Now) is not null) return;
        Assert.InRange(claims.Expires!.Value, Now - AssertionRules.Skew, Now + AssertionRules.Longest + AssertionRules.Skew);
        Assert.InRange(claims.Id!.Length, 1, AssertionRules.LongestId);
    }

    /// <summary>The claims as the library would give them, or null when there are none.</summary>
    private static ClaimsIdentity? Read(string payload)
    {
        try
        {
            using var json = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(payload));
            if (json.RootElement.ValueKind is not JsonValueKind.Object) return null;
            var identity = new ClaimsIdentity();
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (member.Name is "aud") identity.SetAudiences(member.Value.ToString());
                else if (member.Name is "jti" or "exp" or "nbf" or "iat") identity.SetClaim(member.Name, member.Value.ToString());
            }

            return identity;
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    private static TokenValidationParameters MakeRules()
    {
        var context = new OpenIddictServerEvents.ValidateTokenContext(new OpenIddictServerTransaction())
        {
            TokenValidationParameters = new() { ValidateAudience = false, ValidateIssuer = false, ValidateLifetime = false },
        };
        context.ValidTokenTypes.Add(OpenIddictConstants.TokenTypeIdentifiers.Private.ClientAssertion);
        AssertionForm.Narrow(context);
        context.TokenValidationParameters.IssuerSigningKey = new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        return context.TokenValidationParameters;
    }
}

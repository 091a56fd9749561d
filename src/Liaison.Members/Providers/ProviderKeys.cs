using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Liaison.Members.Storage;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Liaison.Members.Providers;

/// <summary>
/// How the hub proves to a provider who it is: by a key that it has for this provider only, so that what one provider is shown opens nothing at
/// another, or by a secret that the operator keeps in a file.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ProviderKeys(IDataProtectionProvider protection, ProviderOptions options, TimeProvider clock)
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private static readonly TimeSpan AssertionLasts = TimeSpan.FromMinutes(1);

    private readonly IDataProtector protector = protection.CreateProtector("Liaison.Members.ProviderKey");

    /// <summary>A new key, sealed.</summary>
    public string Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return protector.Protect(Convert.ToBase64String(key.ExportPkcs8PrivateKey()));
    }

    /// <summary>The public half as a JSON Web Key Set (RFC 7517).</summary>
    public string PublicSet(ProviderRow provider)
    {
        using var key = Open(provider);
        var point = key.ExportParameters(false).Q;
        return SetOf(new JsonObject
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["use"] = "sig", ["alg"] = SecurityAlgorithms.EcdsaSha256, ["kid"] = provider.Now.Code,
            ["x"] = Base64UrlEncoder.Encode(point.X), ["y"] = Base64UrlEncoder.Encode(point.Y),
        });
    }

    public static string SetOf(params JsonNode[] keys) => new JsonObject { ["keys"] = new JsonArray(keys) }.ToJsonString();

    /// <summary>RFC 7523, for this provider alone: its issuer is the audience, as OpenID Connect Core errata 3 and RFC 7523bis want it.</summary>
    public string Assertion(ProviderRow provider)
    {
        using var key = Open(provider);
        var now = clock.GetUtcNow();
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object>
            {
                ["iss"] = provider.Now.ClientId, ["sub"] = provider.Now.ClientId, ["aud"] = provider.Now.Issuer, ["jti"] = Guid.NewGuid().ToString("N"),
            },
            IssuedAt = now.UtcDateTime, NotBefore = now.UtcDateTime, Expires = (now + AssertionLasts).UtcDateTime,
            SigningCredentials = new(new ECDsaSecurityKey(key) { KeyId = provider.Now.Code }, SecurityAlgorithms.EcdsaSha256)
            {
                CryptoProviderFactory = new() { CacheSignatureProviders = false },
            },
        });
    }

    /// <summary>The client secret, from the operator's file; null when there is none.</summary>
    public async Task<string?> SecretAsync(ProviderRow provider, CancellationToken cancellation)
    {
        if (options.SecretFolder is not { } folder) return null;
        var path = Path.Combine(folder, provider.Now.Code);
        return File.Exists(path) && (await File.ReadAllTextAsync(path, cancellation)).Trim() is { Length: > 0 } secret ? secret : null;
    }

    private ECDsa Open(ProviderRow provider)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(protector.Unprotect(provider.SealedKey)), out _);
        return key;
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Liaison.Kernel.Parsing;
using Microsoft.IdentityModel.Tokens;

namespace Liaison.Members.OAuth;

/// <summary>The public keys by which a system proves who it is: read from a JSON Web Key Set (RFC 7517) or a certificate, and found sound.</summary>
/// <param name="Json">The set as it is kept: public members only.</param>
/// <param name="Ids">Of the keys, in order.</param>
internal sealed record ClientKeys(string Json, IReadOnlyList<string> Ids)
{
    /// <summary>Enough to change keys without a gap, and for a second site.</summary>
    private const int Most = 4, LongestText = 32 * 1024;

    private const int LeastRsaBits = 2048, MostRsaBits = 8192;

    /// <param name="text">A set (<c>{"keys": […]}</c>).</param>
    public static Parsed<ClientKeys> ParseSet(string text)
    {
        if (text.Length > LongestText) return Fault($"At most {LongestText} characters.");
        JsonWebKeySet set;
        try
        {
            set = new JsonWebKeySet(text);
        }
        catch (Exception unreadable) when (unreadable is ArgumentException or JsonException)
        {
            return Fault("Send a JSON Web Key Set: {\"keys\": […]}.");
        }

        if (set.Keys.Count is 0 or > Most) return Fault($"A set has 1 to {Most} keys.");
        if (set.Keys.Select(Refuse).FirstOrDefault(r => r is not null) is { } refusal) return Fault(refusal);
        return set.Keys.Select(k => k.Kid).Distinct(StringComparer.Ordinal).Count() == set.Keys.Count ? Keep(set.Keys)
            : Fault("Each key needs a kid of its own.");
    }

    /// <param name="pem">The certificate, which may be signed by itself.</param>
    public static Parsed<ClientKeys> ParseCertificate(string pem)
    {
        if (pem.Length > LongestText) return Fault($"At most {LongestText} characters.");
        if (pem.Contains("PRIVATE KEY", StringComparison.Ordinal)) return Fault("Send the certificate only and keep its private key.");
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(pem);
            if (KeyOf(certificate) is not { } key) return Fault("The certificate's key is neither EC nor RSA.");
            key.Kid = Base64Url.EncodeToString(certificate.GetCertHash(HashAlgorithmName.SHA256));
            key.X5c.Add(Convert.ToBase64String(certificate.RawData));
            return Refuse(key) is { } refusal ? Fault(refusal) : Keep([key]);
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or NotSupportedException)
        {
            return Fault("Send one certificate in PEM: -----BEGIN CERTIFICATE-----.");
        }
    }

    private static string? Refuse(JsonWebKey key)
    {
        if (string.IsNullOrEmpty(key.Kid) || key.Kid.Length > 128 || key.Kid.AsSpan().ContainsAnyExceptInRange('!', '~'))
            return "Each key needs a kid of at most 128 visible ASCII characters, by which it is named.";
        if (key.HasPrivateKey || key.K is not null) return $"Key {key.Kid} holds a secret part: send public keys only, and make a new key instead of this one.";
        if (key.Use is not (null or "sig")) return $"Key {key.Kid} is not meant for signatures (use).";
        if (key.Alg is not null && !AssertionRules.Algorithms.Contains(key.Alg))
            return $"Key {key.Kid}: alg is one of {string.Join(", ", AssertionRules.Algorithms)}.";
        if (key.X5c.Count > 0 && RefuseCertificate(key) is { } unfit) return unfit;
        return IsSound(key) ? null : $"Key {key.Kid}: send EC keys on P-256 or P-384, or RSA keys of {LeastRsaBits} to {MostRsaBits} bits.";
    }

    /// <summary>RFC 7517 section 4.7: the certificate holds this very key.</summary>
    private static string? RefuseCertificate(JsonWebKey key)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(key.X5c[0]));
            // Dates that cannot be read would fail at each sign-in.
            return certificate.NotAfter < certificate.NotBefore ? $"Key {key.Kid}: its certificate ends before it begins."
                : !ClientCertificates.IsForClients(certificate)
                ? $"Key {key.Kid}: its certificate is not for clients. Let its key usage be digitalSignature, and its extended key usage clientAuth or none."
                : KeyOf(certificate) is { } own && (own.Kty, own.Crv, own.X, own.Y, own.N, own.E) == (key.Kty, key.Crv, key.X, key.Y, key.N, key.E) ? null
                : $"Key {key.Kid}: its certificate holds another key.";
        }
        catch (Exception unreadable) when (unreadable is CryptographicException or FormatException)
        {
            return $"Key {key.Kid}: x5c is no certificate.";
        }
    }

    /// <summary>Null when it is neither EC nor RSA.</summary>
    private static JsonWebKey? KeyOf(X509Certificate2 certificate)
    {
        using var ec = certificate.GetECDsaPublicKey();
        using var rsa = certificate.GetRSAPublicKey();
        return ec is not null ? JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ec))
            : rsa is not null ? JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(rsa.ExportParameters(false)))
            : null;
    }

    private static bool IsSound(JsonWebKey key)
    {
        try
        {
            switch (key.Kty)
            {
                case JsonWebAlgorithmsKeyTypes.EllipticCurve when key.Crv is JsonWebKeyECTypes.P256 or JsonWebKeyECTypes.P384:
                    // Made here so that a point that is not on the curve is told now and not when a token is asked for.
                    using (ECDsa.Create(new ECParameters
                    {
                        Curve = key.Crv == JsonWebKeyECTypes.P256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384,
                        Q = new() { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) },
                    }))
                        return true;
                case JsonWebAlgorithmsKeyTypes.RSA:
                    using (var rsa = RSA.Create(new RSAParameters { Modulus = Base64UrlEncoder.DecodeBytes(key.N), Exponent = Base64UrlEncoder.DecodeBytes(key.E) }))
                        return rsa.KeySize is >= LeastRsaBits and <= MostRsaBits;
                default:
                    return false;
            }
        }
        catch (Exception malformed) when (malformed is CryptographicException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Only what is needed is kept: whatever else a set holds was not looked at.</summary>
    private static ClientKeys Keep(IEnumerable<JsonWebKey> keys)
    {
        var kept = keys.ToArray();
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in kept) Write(json, key);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return new(Encoding.UTF8.GetString(buffer.ToArray()), [.. kept.Select(k => k.Kid)]);
    }

    private static void Write(Utf8JsonWriter json, JsonWebKey key)
    {
        json.WriteStartObject();
        foreach (var (name, value) in new[]
                 {
                     ("kty", key.Kty), ("kid", key.Kid), ("use", "sig"), ("alg", key.Alg), ("crv", key.Crv), ("x", key.X), ("y", key.Y), ("n", key.N), ("e", key.E),
                 })
        {
            if (value is not null) json.WriteString(name, value);
        }

        if (key.X5c.Count > 0)
        {
            json.WriteStartArray("x5c");
            json.WriteStringValue(key.X5c[0]);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static FieldProblem Fault(string message) => new("keys", "clientKeys", message);
}

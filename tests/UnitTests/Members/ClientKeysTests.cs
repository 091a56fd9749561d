using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Liaison.Members.OAuth;
using Microsoft.IdentityModel.Tokens;

namespace UnitTests.Members;

/// <summary>Which keys a system may prove itself by.</summary>
public sealed class ClientKeysTests
{
    [Fact]
    public void Public_members_are_kept_and_nothing_else()
    {
        var key = Elliptic("first");
        key["x-own"] = "something";
        key["x5u"] = "https://elsewhere.example/";
        Assert.True(ClientKeys.ParseSet(Set(key)).Is(out var keys, out _));
        Assert.Equal(["first"], keys!.Ids);
        Assert.DoesNotContain("elsewhere", keys.Json, StringComparison.Ordinal);
        Assert.DoesNotContain("x-own", keys.Json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("private", "secret part")]
    [InlineData("symmetric", "secret part")]
    [InlineData("without kid", "kid")]
    [InlineData("same kid", "kid of its own")]
    [InlineData("small RSA", "2048")]
    [InlineData("another curve", "P-256")]
    [InlineData("off the curve", "P-256")]
    [InlineData("HS256", "alg is one of")]
    [InlineData("for encryption", "signatures")]
    [InlineData("none", "1 to 4 keys")]
    [InlineData("too many", "1 to 4 keys")]
    [InlineData("no set", "JSON Web Key Set")]
    public void What_is_not_sound_is_refused_with_the_reason(string fault, string reason)
    {
        Assert.False(ClientKeys.ParseSet(Faulty(fault)).Is(out _, out var problems));
        Assert.Contains(reason, problems[0].Message, StringComparison.Ordinal);
    }

    /// <summary>A key by a name that no header of an assertion can carry is one that nobody can use.</summary>
    [Theory]
    [InlineData("clé")]
    [InlineData("two words")]
    [InlineData("tab\there")]
    [InlineData("")]
    [InlineData("\u0000")]
    public void A_kid_is_visible_ASCII(string kid)
    {
        Assert.False(ClientKeys.ParseSet(Set(Elliptic(kid))).Is(out _, out var problems));
        Assert.Contains("kid", problems[0].Message, StringComparison.Ordinal);
        Assert.True(ClientKeys.ParseSet(Set(Elliptic(new string('k', 128)))).Is(out _, out _));
        Assert.False(ClientKeys.ParseSet(Set(Elliptic(new string('k', 129)))).Is(out _, out _));
    }

    [Fact]
    public void A_certificate_is_a_key_with_itself()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=fra.border", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.True(ClientKeys.ParseCertificate(certificate.ExportCertificatePem()).Is(out var keys, out _));
        Assert.Contains(Convert.ToBase64String(certificate.RawData), JsonNode.Parse(keys!.Json)!["keys"]![0]!["x5c"]![0]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.False(ClientKeys.ParseCertificate(key.ExportPkcs8PrivateKeyPem()).Is(out _, out var problems));
        Assert.Contains("keep its private key", problems[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ES256", "P-256", null, true)]
    [InlineData("ES384", "P-384", null, true)]
    [InlineData("ES384", "P-256", null, false)]
    [InlineData("ES256", "P-384", null, false)]
    [InlineData("RS256", "P-256", null, false)]
    [InlineData("HS256", "P-256", null, false)]
    [InlineData("none", "P-256", null, false)]
    [InlineData("ES256", "P-256", "ES256", true)]
    [InlineData("PS256", "RSA", "PS256", true)]
    [InlineData("RS256", "RSA", "PS256", false)]
    [InlineData("ES256", "RSA", null, false)]
    [InlineData("HS256", "oct", null, false)]
    public void A_key_signs_with_its_own_algorithm_only(string algorithm, string kind, string? only, bool fits)
    {
        using var curve = ECDsa.Create(kind == "P-384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        SecurityKey bare = kind switch { "RSA" => new RsaSecurityKey(rsa), "oct" => new SymmetricSecurityKey(new byte[32]), _ => new ECDsaSecurityKey(curve) };
        var key = JsonWebKeyConverter.ConvertFromSecurityKey(bare);
        key.Alg = only;
        Assert.Equal(fits, AssertionRules.Fits(algorithm, key));
        if (only is null) Assert.Equal(fits, AssertionRules.Fits(algorithm, bare));
    }

    [Fact]
    public void The_certificate_of_a_key_holds_that_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=fra.border", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var own = Elliptic("first", key);
        own["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData));
        Assert.True(ClientKeys.ParseSet(Set(own)).Is(out _, out _));
        var other = Elliptic("first");
        other["x5c"] = own["x5c"]!.DeepClone();
        Assert.Contains("holds another key", Refusal(other), StringComparison.Ordinal);
        own["x5c"] = new JsonArray(Convert.ToBase64String(WithoutDates(certificate.RawData)));
        Assert.Contains("no certificate", Refusal(own), StringComparison.Ordinal);
        own["x5c"] = new JsonArray("AAAA");
        Assert.Contains("no certificate", Refusal(own), StringComparison.Ordinal);
        own["x5c"] = new JsonArray("not base64");
        Assert.Contains("no certificate", Refusal(own), StringComparison.Ordinal);

        static string Refusal(JsonObject key) => ClientKeys.ParseSet(Set(key)).Is(out _, out var problems) ? "taken" : problems[0].Message;
    }

    /// <summary>Loaders take it, and fail when they are asked for the dates.</summary>
    private static byte[] WithoutDates(byte[] certificate)
    {
        for (var i = certificate.AsSpan().IndexOf([(byte)0x17, (byte)0x0D]); i < certificate.Length - 15; i++)
        {
            if (certificate[i] == 0x17 && certificate[i + 1] == 0x0D) certificate.AsSpan(i + 2, 12).Fill((byte)'x');
        }

        return certificate;
    }

    private static string Faulty(string fault)
    {
        var key = Elliptic("first");
        switch (fault)
        {
            case "private": key["d"] = key["x"]!.DeepClone(); break;
            case "symmetric": return Set(new JsonObject { ["kty"] = "oct", ["kid"] = "k", ["k"] = "AAAA" });
            case "without kid": key.Remove("kid"); break;
            case "same kid": return Set(key, Elliptic("first"));
            case "small RSA": return Set(Rsa(1024));
            case "another curve": key["crv"] = "P-521"; break;
            case "off the curve": key["y"] = Base64Url.EncodeToString(new byte[32]); break;
            case "HS256": key["alg"] = "HS256"; break;
            case "for encryption": key["use"] = "enc"; break;
            case "none": return Set();
            case "too many": return Set([.. Enumerable.Range(0, 5).Select(i => Elliptic($"k{i}"))]);
            default: return "[1, 2]";
        }

        return Set(key);
    }

    private static JsonObject Elliptic(string id)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Elliptic(id, key);
    }

    private static JsonObject Elliptic(string id, ECDsa key)
    {
        var point = key.ExportParameters(false).Q;
        return new() { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = id, ["x"] = Base64Url.EncodeToString(point.X!), ["y"] = Base64Url.EncodeToString(point.Y!) };
    }

    private static JsonObject Rsa(int bits)
    {
        using var key = RSA.Create(bits);
        var numbers = key.ExportParameters(false);
        return new() { ["kty"] = "RSA", ["kid"] = "r", ["n"] = Base64Url.EncodeToString(numbers.Modulus!), ["e"] = Base64Url.EncodeToString(numbers.Exponent!) };
    }

    private static string Set(params JsonObject[] keys) => new JsonObject { ["keys"] = new JsonArray([.. keys.Select(k => k.DeepClone())]) }.ToJsonString();
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ApiTests.Members;

/// <summary>A client assertion made by hand, so that every part of it can be wrong.</summary>
internal sealed record Assertion(string Client, Uri Hub)
{
    public const string GrantType = "client_credentials", AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public DateTimeOffset Now { get; init; } = TimeProvider.System.GetUtcNow();

    public string Algorithm { get; init; } = "ES256";

    public string KeyId { get; init; } = "first";

    /// <summary>Changes the header before it is signed.</summary>
    public Action<JsonObject> Header { get; init; } = _ => { };

    /// <summary>Changes the claims before they are signed.</summary>
    public Action<JsonObject> Claims { get; init; } = _ => { };

    /// <summary>Changes the text of header and claims, for what is no longer the JSON of an object.</summary>
    public Func<string, string> HeaderText { get; init; } = text => text;

    public Func<string, string> ClaimsText { get; init; } = text => text;

    public string Sign(ECDsa key) => Sign(text => key.SignData(text, HashAlgorithmName.SHA256));

    public string Sign(RSA key, RSASignaturePadding padding) => Sign(text => key.SignData(text, HashAlgorithmName.SHA256, padding));

    public string Sign(Func<byte[], byte[]> sign)
    {
        var header = new JsonObject { ["alg"] = Algorithm, ["typ"] = "client-authentication+jwt", ["kid"] = KeyId };
        var claims = new JsonObject
        {
            ["iss"] = Client, ["sub"] = Client, ["aud"] = Hub.GetLeftPart(UriPartial.Authority) + "/", ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = Now.ToUnixTimeSeconds(), ["exp"] = Now.AddMinutes(2).ToUnixTimeSeconds(),
        };
        Header(header);
        Claims(claims);
        var text = $"{Part(HeaderText(header.ToJsonString()))}.{Part(ClaimsText(claims.ToJsonString()))}";
        return $"{text}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    public static Dictionary<string, string> Form(string assertion) => new()
    {
        ["grant_type"] = GrantType, ["client_assertion_type"] = AssertionType, ["client_assertion"] = assertion,
    };

    /// <summary>The set that holds the public half of a key.</summary>
    public static string SetOf(params (string Id, ECDsa Key)[] keys) => new JsonObject
    {
        ["keys"] = new JsonArray([.. keys.Select(k =>
        {
            var point = k.Key.ExportParameters(false).Q;
            return new JsonObject
            {
                ["kty"] = "EC", ["crv"] = $"P-{k.Key.KeySize}", ["kid"] = k.Id,
                ["x"] = Base64Url.EncodeToString(point.X!), ["y"] = Base64Url.EncodeToString(point.Y!),
            };
        })]),
    }.ToJsonString();

    public static string SetOf(string id, RSA key)
    {
        var numbers = key.ExportParameters(false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA", ["kid"] = id, ["n"] = Base64Url.EncodeToString(numbers.Modulus!), ["e"] = Base64Url.EncodeToString(numbers.Exponent!),
            }),
        }.ToJsonString();
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}

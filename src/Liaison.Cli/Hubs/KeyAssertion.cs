using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Liaison.Cli.Hubs;

/// <summary>Says who a system is (RFC 7523), signed with its key: for one request to one hub.</summary>
internal static class KeyAssertion
{
    private static readonly TimeSpan Lasts = TimeSpan.FromMinutes(1);

    /// <param name="client">Name of the account.</param>
    /// <param name="hub">Its public address, whom it is made out to.</param>
    /// <param name="pem">The private key.</param>
    /// <param name="now">The client's time.</param>
    /// <exception cref="CryptographicException">The key cannot sign.</exception>
    /// <exception cref="ArgumentException">It is no key in PEM.</exception>
    public static string Sign(string client, Uri hub, string pem, DateTimeOffset now)
    {
        if (pem.Contains("RSA", StringComparison.Ordinal) || !TryElliptic(pem, out var key))
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return Signed("PS256", client, hub, now, text => rsa.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
        }

        using (key)
        {
            var (algorithm, hash) = key.KeySize switch
            {
                256 => ("ES256", HashAlgorithmName.SHA256),
                384 => ("ES384", HashAlgorithmName.SHA384),
                _ => throw new CryptographicException("The curve is P-256 or P-384."),
            };
            return Signed(algorithm, client, hub, now, text => key.SignData(text, hash));
        }
    }

    private static bool TryElliptic(string pem, out ECDsa key)
    {
        key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return true;
        }
        catch (Exception other) when (other is CryptographicException or ArgumentException)
        {
            key.Dispose();
            return false;
        }
    }

    private static string Signed(string algorithm, string client, Uri hub, DateTimeOffset now, Func<byte[], byte[]> sign)
    {
        var header = Part(json =>
        {
            json.WriteString("alg", algorithm);
            json.WriteString("typ", "client-authentication+jwt");
        });
        var claims = Part(json =>
        {
            json.WriteString("iss", client);
            json.WriteString("sub", client);
            json.WriteString("aud", hub.GetLeftPart(UriPartial.Authority) + "/");
            json.WriteString("jti", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + Lasts).ToUnixTimeSeconds());
        });
        var text = $"{header}.{claims}";
        return $"{text}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes(text)))}";
    }

    private static string Part(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.ToArray());
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Liaison.Platform.Access;

/// <summary>
/// Callers configured by token, until the Members module issues real credentials. For Development only: a hub that has such tokens and
/// runs elsewhere, or listens beyond loopback, refuses to start.
/// </summary>
/// <remarks>Immutable, thread-safe. Tokens are kept as SHA-256, so neither a dump nor the time of a look-up tells one.</remarks>
public sealed class DevelopmentTokens
{
    /// <summary>Of SHA-256 in hexadecimal.</summary>
    private const int HashLength = 2 * SHA256.HashSizeInBytes;

    private readonly Dictionary<string, Caller>.AlternateLookup<ReadOnlySpan<char>> bySpan;

    public DevelopmentTokens(IEnumerable<(string Token, Caller Caller)> tokens) =>
        bySpan = tokens.ToDictionary(t => Hash(t.Token), t => t.Caller, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    public bool Any => bySpan.Dictionary.Count > 0;

    public Caller? Find(ReadOnlySpan<char> token)
    {
        Span<char> hash = stackalloc char[HashLength];
        Hash(token, hash);
        return bySpan.TryGetValue(hash, out var caller) ? caller : null;
    }

    /// <summary>Null when such tokens may be used here, else the one line that says why the hub does not start.</summary>
    public string? RefuseStart(bool isDevelopment, IEnumerable<Uri> addresses)
    {
        if (!Any) return null;
        if (!isDevelopment) return "Development tokens are configured outside Development. Remove Liaison:DevelopmentTokens.";
        var open = addresses.FirstOrDefault(a => !IsLoopback(a));
        return open is null ? null
            : $"Development tokens are configured and the hub would listen on {open.Host}. Listen on 127.0.0.1 only.";
    }

    private static bool IsLoopback(Uri address) =>
        address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    private static string Hash(string token)
    {
        Span<char> hash = stackalloc char[HashLength];
        Hash(token, hash);
        return hash.ToString();
    }

    private static void Hash(ReadOnlySpan<char> token, Span<char> hash)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        var longest = Encoding.UTF8.GetMaxByteCount(token.Length);
        Span<byte> bytes = longest <= 512 ? stackalloc byte[longest] : new byte[longest];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(token, bytes)], digest);
        Convert.TryToHexString(digest, hash, out _);
    }
}

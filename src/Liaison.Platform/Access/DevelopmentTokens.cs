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
    private readonly Dictionary<string, Caller> byHash;

    public DevelopmentTokens(IEnumerable<(string Token, Caller Caller)> tokens) =>
        byHash = tokens.ToDictionary(t => Hash(t.Token), t => t.Caller, StringComparer.Ordinal);

    public bool Any => byHash.Count > 0;

    public Caller? Find(string token) => byHash.GetValueOrDefault(Hash(token));

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

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

using System.Net;

namespace Liaison.Platform.Web;

/// <summary>How the hub is reached: its public name, and who may speak for others.</summary>
public sealed record Frontage
{
    /// <summary>
    /// Scheme, host and port under which everybody reaches the hub, whichever node answers; the name that assertions are made out to.
    /// Null: it is reached on loopback only.
    /// </summary>
    public Uri? Address { get; init; }

    /// <summary>What the hub calls itself towards others: its address, where it has one.</summary>
    public string Source => Address?.AbsoluteUri ?? "urn:liaison:hub";

    /// <summary>Where systems that show a certificate get their tokens (RFC 8705 section 5), or null.</summary>
    public Uri? CertificateAddress { get; init; }

    /// <summary>Whose word about addresses, scheme and certificates of others is taken.</summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    public bool IsProxy(IPAddress? address)
    {
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return Proxies.Any(p => p.Contains(address));
    }

    /// <summary>True of the names and addresses of this machine that lead to it on every machine.</summary>
    public static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}

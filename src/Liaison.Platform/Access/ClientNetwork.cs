using System.Buffers.Binary;
using System.Net;

namespace Liaison.Platform.Access;

/// <summary>Whence a request comes, as wide as one customer of a network provider reaches: whoever has one address of these has all of them.</summary>
/// <param name="Near">An address of IPv4, 64 bits of IPv6.</param>
/// <param name="Site">48 bits of IPv6, which is what a site is given at most (RFC 6177); null of IPv4.</param>
public readonly record struct ClientNetwork(UInt128 Near, UInt128? Site)
{
    /// <summary>How many times more a whole site may: it may be many customers, and one customer may be a whole site.</summary>
    public const int NearOfSite = 16;

    private const int NearBytes = 8, SiteBytes = 6;

    /// <param name="address">As the connection says, or a proxy that is believed; null is one network.</param>
    public static ClientNetwork Of(IPAddress? address)
    {
        if (address is null) return default;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address = address.MapToIPv6();
        address.TryWriteBytes(bytes, out _);
        // ::ffff:0:0/96 holds the addresses of IPv4, each of which is a network of its own.
        if (address.IsIPv4MappedToIPv6) return new(BinaryPrimitives.ReadUInt128BigEndian(bytes), null);
        bytes[NearBytes..].Clear();
        var near = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        bytes[SiteBytes..].Clear();
        // Told from the near network of the same bits by the last one, which neither has.
        return new(near, BinaryPrimitives.ReadUInt128BigEndian(bytes) | 1);
    }
}

using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;

namespace Liaison.Platform.Access;

/// <summary>
/// Counts by the minute what comes of a network that nobody vouches for: an address of IPv4, 64 bits of IPv6, because whoever has one address of
/// these has all of them (RFC 6177).
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class NetworkRate(int limit, TimeProvider clock)
{
    /// <summary>A bound on memory; whoever has so many networks is not held up by counting them.</summary>
    private const int Most = 100_000;

    private const int Minute = 60, PrefixBytes = 8;

    private readonly ConcurrentDictionary<UInt128, CountingWindow> networks = new();

    private long Now => clock.GetTimestamp() / (clock.TimestampFrequency * Minute);

    /// <summary>False when more has come of the network in this minute than may.</summary>
    /// <param name="from">As the connection says, or a proxy that is believed; null is one network.</param>
    public bool Take(IPAddress? from) => Of(from).Take(Now, limit);

    /// <summary>What was taken was none of what is counted.</summary>
    public void GiveBack(IPAddress? from) => Of(from).GiveBack(Now);

    public bool IsFull(IPAddress? from) => Of(from).IsFull(Now, limit);

    private CountingWindow Of(IPAddress? from)
    {
        var network = Network(from);
        if (networks.TryGetValue(network, out var window)) return window;
        if (networks.Count >= Most) networks.Clear();
        return networks.GetOrAdd(network, _ => new());
    }

    private static UInt128 Network(IPAddress? from)
    {
        if (from is null) return 0;
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        from = from.MapToIPv6();
        from.TryWriteBytes(bytes, out _);
        // ::ffff:0:0/96 holds the addresses of IPv4, each of which is a network of its own.
        if (!from.IsIPv4MappedToIPv6) bytes[PrefixBytes..].Clear();
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}

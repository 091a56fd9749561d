using System.Collections.Concurrent;
using System.Net;

namespace Liaison.Platform.Access;

/// <summary>Counts by the minute what comes of a network that nobody vouches for; a site of IPv6 may <see cref="ClientNetwork.NearOfSite"/> times as much.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class NetworkRate(int limit, TimeProvider clock)
{
    /// <summary>A bound on memory. One site cannot fill it: what is beyond its limit is not counted further.</summary>
    private const int Most = 100_000;

    private const int Minute = 60;

    private readonly ConcurrentDictionary<UInt128, CountingWindow> networks = new();

    private long Now => clock.GetTimestamp() / (clock.TimestampFrequency * Minute);

    private long OfSite => (long)limit * ClientNetwork.NearOfSite;

    /// <summary>False when more has come of the network in this minute than may.</summary>
    /// <param name="from">As the connection says, or a proxy that is believed; null is one network.</param>
    public bool Take(IPAddress? from)
    {
        var (network, now) = (ClientNetwork.Of(from), Now);
        // What the near network is refused is not the site's: else one of its networks would use up what all others have.
        return (network.Site is not { } full || !Of(full, now).IsFull(now, OfSite)) && Of(network.Near, now).Take(now, limit)
            && (network.Site is not { } site || Of(site, now).Take(now, OfSite));
    }

    /// <summary>What was taken was none of what is counted.</summary>
    public void GiveBack(IPAddress? from)
    {
        var (network, now) = (ClientNetwork.Of(from), Now);
        if (network.Site is { } site) Of(site, now).GiveBack(now);
        Of(network.Near, now).GiveBack(now);
    }

    public bool IsFull(IPAddress? from)
    {
        var (network, now) = (ClientNetwork.Of(from), Now);
        return (network.Site is { } site && Of(site, now).IsFull(now, OfSite)) || Of(network.Near, now).IsFull(now, limit);
    }

    private CountingWindow Of(UInt128 network, long now)
    {
        if (networks.TryGetValue(network, out var window)) return window;
        if (networks.Count >= Most) MakeRoom(now);
        return networks.GetOrAdd(network, _ => new());
    }

    private void MakeRoom(long now)
    {
        foreach (var (network, window) in networks)
        {
            if (window.IsOver(now)) networks.TryRemove(network, out _);
        }

        // Whoever has so many sites is not held up by counting them.
        if (networks.Count >= Most) networks.Clear();
    }
}

using System.Collections.Concurrent;
using System.Net;
using Liaison.Platform.Access;

namespace Liaison.Members.OAuth;

/// <summary>
/// How often programs and systems of a network failed to prove who they are. A client that proved it from there since the node started has a count
/// of its own: the failures of others from the same network, as behind one address of a whole administration, do not stop it.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class FailedProofs(RateLimits limits, TimeProvider clock)
{
    /// <summary>A bound on memory; those who are forgotten share the network's count again until they prove it anew.</summary>
    private const int Most = 10_000;

    private readonly NetworkRate networks = new(limits.Failures, clock);
    private readonly ConcurrentDictionary<(UInt128 Network, string Client), NetworkRate> proved = new();

    /// <summary>Whether nothing more of the network is looked at within this minute.</summary>
    /// <param name="from">Where the request comes from.</param>
    /// <param name="client">Whom it names, which anybody can; null when it names nobody.</param>
    public bool IsFull(IPAddress? from, string? client) =>
        networks.IsFull(from) && (Own(from, client) is not { } own || own.IsFull(from));

    public void Failed(IPAddress? from, string? client)
    {
        networks.Take(from);
        Own(from, client)?.Take(from);
    }

    public void Proved(IPAddress? from, string client)
    {
        if (proved.Count >= Most) proved.Clear();
        proved.GetOrAdd((ClientNetwork.Of(from).Near, client), _ => new(limits.Failures, clock));
    }

    private NetworkRate? Own(IPAddress? from, string? client) =>
        client is not null && proved.TryGetValue((ClientNetwork.Of(from).Near, client), out var own) ? own : null;
}

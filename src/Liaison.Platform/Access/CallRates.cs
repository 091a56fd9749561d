using System.Collections.Concurrent;

namespace Liaison.Platform.Access;

/// <summary>How many requests a node takes; a batch and a file are one each.</summary>
/// <param name="Account">In a second, from one account.</param>
/// <param name="Member">In a second, from all accounts of a member together.</param>
public sealed record RateLimits(int Account, int Member)
{
    /// <summary>In a minute, from one network: requests without a token that is known. A person's mistake is one; a flood of made-up tokens is many.</summary>
    public int Unknown { get; init; } = 600;

    /// <summary>In a minute, from one network: devices that ask to be let in, each of which costs a row.</summary>
    public int Devices { get; init; } = 60;

    /// <summary>
    /// In a minute, from one network: programs and systems that fail to prove who they are. Whoever proved it from there before has as many of its own.
    /// </summary>
    public int Failures { get; init; } = 60;

    /// <summary>No failure of a program or system to prove who it is is answered sooner. Not for operators; tests that fail very often have none.</summary>
    public TimeSpan FailureTakes { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>More than people and border systems ask; a system that has more to ask sends a batch.</summary>
    public static RateLimits Usual { get; } = new(1_000, 5_000);
}

/// <summary>Counts requests by account and by member, so that one caller does not take what all need.</summary>
/// <remarks>Thread-safe. One window for each account and member that ever called; of those there are as many as administrators made.</remarks>
internal sealed class CallRates(RateLimits limits, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, CountingWindow> accounts = new(StringComparer.Ordinal), members = new(StringComparer.Ordinal);

    /// <summary>False when the caller, or its member, has asked too often within this second.</summary>
    public bool Admits(Caller caller)
    {
        var second = clock.GetTimestamp() / clock.TimestampFrequency;
        return accounts.GetOrAdd(caller.Account, _ => new()).Take(second, limits.Account)
            && members.GetOrAdd(caller.Member, _ => new()).Take(second, limits.Member);
    }
}

/// <summary>How often something happened in the present second, or minute.</summary>
internal sealed class CountingWindow
{
    /// <summary>The second above 32 bits of what was taken in it: one word, so that no request waits for another.</summary>
    private long state;

    public bool Take(long now, long limit)
    {
        var before = Volatile.Read(ref state);
        if (before >> 32 != now) Interlocked.CompareExchange(ref state, now << 32, before);
        return (Interlocked.Increment(ref state) & uint.MaxValue) <= limit;
    }

    /// <summary>Undoes a <see cref="Take"/>, unless its time is over.</summary>
    public void GiveBack(long now)
    {
        var before = Volatile.Read(ref state);
        while (before >> 32 == now && (before & uint.MaxValue) > 0)
        {
            var seen = Interlocked.CompareExchange(ref state, before - 1, before);
            if (seen == before) return;
            before = seen;
        }
    }

    public bool IsFull(long now, long limit) => Volatile.Read(ref state) is var at && at >> 32 == now && (at & uint.MaxValue) >= limit;

    public bool IsOver(long now) => Volatile.Read(ref state) >> 32 != now;
}

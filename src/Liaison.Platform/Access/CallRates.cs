using System.Collections.Concurrent;

namespace Liaison.Platform.Access;

/// <summary>How many requests a node takes in a second; a batch and a file are one each.</summary>
/// <param name="Account">From one account.</param>
/// <param name="Member">From all accounts of a member together.</param>
public sealed record RateLimits(int Account, int Member)
{
    /// <summary>More than people and border systems ask; a system that has more to ask sends a batch.</summary>
    public static RateLimits Usual { get; } = new(1_000, 5_000);
}

/// <summary>Counts requests by account and by member, so that one caller does not take what all need.</summary>
/// <remarks>Thread-safe. One window for each account and member that ever called; of those there are as many as administrators made.</remarks>
internal sealed class CallRates(RateLimits limits, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Window> accounts = new(StringComparer.Ordinal), members = new(StringComparer.Ordinal);

    /// <summary>False when the caller, or its member, has asked too often within this second.</summary>
    public bool Admits(Caller caller)
    {
        var second = clock.GetTimestamp() / clock.TimestampFrequency;
        return accounts.GetOrAdd(caller.Account, _ => new()).Take(second, limits.Account)
            && members.GetOrAdd(caller.Member, _ => new()).Take(second, limits.Member);
    }

    private sealed class Window
    {
        /// <summary>The second above 32 bits of what was taken in it: one word, so that no request waits for another.</summary>
        private long state;

        public bool Take(long now, int limit)
        {
            var before = Volatile.Read(ref state);
            if (before >> 32 != now) Interlocked.CompareExchange(ref state, now << 32, before);
            return (Interlocked.Increment(ref state) & uint.MaxValue) <= limit;
        }
    }
}

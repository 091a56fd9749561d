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

    /// <summary>
    /// In a minute, from one account: tokens, and beside them proofs to give one back. Each costs rows that stay, and a client needs one in fifteen minutes.
    /// </summary>
    public int Tokens { get; init; } = 60;

    /// <summary>The same from all accounts of a member together.</summary>
    public int MemberTokens { get; init; } = 600;

    /// <summary>No failure of a program or system to prove who it is is answered sooner. Not for operators; tests that fail very often have none.</summary>
    public TimeSpan FailureTakes { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>More than people and border systems ask; a system that has more to ask sends a batch.</summary>
    public static RateLimits Usual { get; } = new(1_000, 5_000);
}

/// <summary>Counts requests by account and by member, so that one caller does not take what all need.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CallRates(RateLimits limits, TimeProvider clock)
{
    private readonly CallerRate calls = new(limits.Account, limits.Member, 1, clock);

    /// <summary>False when the caller, or its member, has asked too often within this second.</summary>
    public bool Admits(Caller caller) => calls.Take(caller);
}

/// <summary>Counts what known callers do, by account and by member.</summary>
/// <param name="account">How often one account may, in its time.</param>
/// <param name="member">How often all accounts of a member may together.</param>
/// <param name="seconds">The time that is counted by.</param>
/// <param name="clock">The hub's clock.</param>
/// <remarks>Thread-safe. One window for each account and member that ever called; of those there are as many as administrators made.</remarks>
public sealed class CallerRate(int account, int member, int seconds, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, CountingWindow> accounts = new(StringComparer.Ordinal), members = new(StringComparer.Ordinal);

    private long Now => clock.GetTimestamp() / (clock.TimestampFrequency * seconds);

    /// <summary>False when the caller, or its member, did it too often within this time.</summary>
    public bool Take(Caller caller)
    {
        var now = Now;
        // What an account is refused is not its member's: else one account would use up what all others have.
        return accounts.GetOrAdd(caller.Account, _ => new()).Take(now, account) && members.GetOrAdd(caller.Member, _ => new()).Take(now, member);
    }

    /// <summary>What was taken was none of what is counted.</summary>
    public void GiveBack(Caller caller)
    {
        var now = Now;
        if (members.TryGetValue(caller.Member, out var ofMember)) ofMember.GiveBack(now);
        if (accounts.TryGetValue(caller.Account, out var ofAccount)) ofAccount.GiveBack(now);
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

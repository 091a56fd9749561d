using System.Collections.Concurrent;
using Liaison.Members.Storage;
using Liaison.Platform.Access;

namespace Liaison.Members.Tokens;

/// <summary>
/// Who stands behind a token: asked of the database once, then remembered until the token ends, for a minute at most. What was taken away
/// is forgotten as the change log tells it; a node that does not follow the log asks the database every time.
/// </summary>
/// <remarks>Thread-safe. A call with a remembered token takes no lock and allocates nothing.</remarks>
internal sealed class KnownCallers(AccountStore accounts, TimeProvider clock) : ICallers, IDisposable
{
    /// <summary>So that an agreement, a grant or a permission holds on every node after this time at the latest, whatever happens.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>A node that has not read the change log to its end for so long trusts nothing that it remembers.</summary>
    private static readonly TimeSpan Blind = TimeSpan.FromSeconds(5);

    private const long Never = long.MinValue;

    /// <summary>More tokens than are in use at once; a bound on memory.</summary>
    private const int Most = 100_000;

    /// <summary>A database that does not answer must not be waited for by everybody who comes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TokenHash, Remembered> remembered = new();
    private readonly ConcurrentDictionary<TokenHash, Lazy<Task<Caller?>>> asking = new();

    /// <summary>Tokens that somebody stood behind when they were last looked up; kept when what they may do is forgotten.</summary>
    private readonly ConcurrentDictionary<TokenHash, bool> met = new();
    /// <summary>
    /// How many tokens that were never met may be looked up at once: made-up ones of many networks together must not hold the connections that
    /// everybody else needs.
    /// </summary>
    private readonly SemaphoreSlim strangers = new(8);

    private long followedAt = Never;
    private long forgotten;

    private bool IsBlind => Volatile.Read(ref followedAt) is var at && (at == Never || clock.GetElapsedTime(at) > Blind);

    public Caller? Recall(ReadOnlySpan<char> token) =>
        remembered.TryGetValue(TokenHash.Of(token), out var known) && clock.GetTimestamp() < known.Until && !IsBlind ? known.Caller : null;

    public bool HasMet(ReadOnlySpan<char> token) => met.ContainsKey(TokenHash.Of(token));

    /// <summary>Hundreds of requests may bring a token at the moment it is forgotten: the database is asked once for all of them.</summary>
    public async Task<Caller?> FindAsync(string token, CancellationToken cancellation)
    {
        var hash = TokenHash.Of(token);
        var asked = asking.GetOrAdd(hash, h => new(() => AskAsync(h)));
        return await asked.Value.WaitAsync(cancellation);
    }

    public async Task<Caller?> OfAccountAsync(string account, CancellationToken cancellation) =>
        await accounts.FindByNameAsync(account, cancellation) is (var caller, null) ? caller : null;

    private async Task<Caller?> AskAsync(TokenHash hash)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            return met.ContainsKey(hash) ? await LookUpAsync(hash, limit.Token) : await LookUpStrangerAsync(hash, limit.Token);
        }
        catch (OperationCanceledException slow) when (limit.IsCancellationRequested)
        {
            // The caller is told to come back, not that the hub failed.
            throw new TimeoutException("The database did not say in time who stands behind a token.", slow);
        }
        finally
        {
            asking.TryRemove(hash, out _);
        }
    }

    private async Task<Caller?> LookUpStrangerAsync(TokenHash hash, CancellationToken cancellation)
    {
        await strangers.WaitAsync(cancellation);
        try
        {
            return await LookUpAsync(hash, cancellation);
        }
        finally
        {
            strangers.Release();
        }
    }

    private async Task<Caller?> LookUpAsync(TokenHash hash, CancellationToken cancellation)
    {
        var (now, seen) = (clock.GetUtcNow(), Volatile.Read(ref forgotten));
        if (await accounts.FindByTokenAsync(hash.ToString(), now, cancellation) is not var (caller, expiresAt))
        {
            met.TryRemove(hash, out _);
            // Asked while this node followed nothing: what it remembers from before must not outlive the answer.
            remembered.TryRemove(hash, out _);
            return null;
        }

        if (met.TryAdd(hash, true) && met.Count > Most) met.Clear();
        // What was taken away while the database was asked may be missing in its answer: then it serves this call only.
        var keep = expiresAt - now < Longest ? expiresAt - now : Longest;
        if (!IsBlind && seen == Volatile.Read(ref forgotten))
        {
            if (remembered.Count >= Most) remembered.Clear();
            remembered[hash] = new(caller, clock.GetTimestamp() + (long)(keep.TotalSeconds * clock.TimestampFrequency));
            // Told while it was written down: gone again before anybody may have used it for long.
            if (seen != Volatile.Read(ref forgotten)) remembered.TryRemove(hash, out _);
        }

        return caller;
    }

    /// <summary>The change log was read to its end.</summary>
    /// <param name="at">Timestamp of before it was read: what came while it was read is not known of.</param>
    public void Followed(long at) => Volatile.Write(ref followedAt, at);

    /// <summary>Something was taken away, or given, in the name of these accounts; null for all of them.</summary>
    public void Forget(IReadOnlySet<string>? ofAccounts)
    {
        Interlocked.Increment(ref forgotten);
        if (ofAccounts is null)
        {
            remembered.Clear();
            return;
        }

        foreach (var (hash, known) in remembered)
        {
            if (ofAccounts.Contains(known.Caller.Account)) remembered.TryRemove(hash, out _);
        }
    }

    public void Dispose() => strangers.Dispose();

    /// <param name="Until">Timestamp of the clock.</param>
    private sealed record Remembered(Caller Caller, long Until);
}

using System.Runtime.InteropServices;
using Liaison.Platform.Searches;
using Npgsql;

namespace Liaison.Hits.Late;

/// <summary>
/// Reads the rows of kept searches into the index, in the order of their ids. An id is drawn before its transaction is committed, so a row may come
/// after one with a higher id: it is looked for again until nobody can still be writing it.
/// </summary>
internal sealed class KeptFollower(KeptIndex index, TimeProvider clock)
{
    private const int RowsAtOnce = 1_000, MostMissing = 10_000;

    /// <summary>Longer than any transaction of the audit takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly SortedDictionary<long, DateTimeOffset> missing = [];
    private readonly List<ulong> prints = [];
    private long last = index.Through;

    /// <summary>
    /// Every row from before this moment has been read; null while that was so of none. Before that no change may be gone through for good: what is read later
    /// is of searches that it did not find.
    /// </summary>
    public DateTimeOffset? ReadUntil { get; private set; }

    /// <summary>Reads on to the end.</summary>
    /// <returns>The position that the earliest of the new searches was answered from; nothing when there are none.</returns>
    public async Task<long?> FollowAsync(NpgsqlConnection connection, DateTimeOffset since, CancellationToken cancellation)
    {
        // Files are written beside this. What waits in the database meanwhile is late, and not lost.
        if (index.IsFull) return null;
        long? earliest = null;
        var found = missing.Count == 0 ? [] : await KeptSearches.OfAsync(connection, [.. missing.Keys], cancellation);
        foreach (var row in found) missing.Remove(row.Id);
        while (true)
        {
            var now = clock.GetUtcNow();
            foreach (var old in missing.Where(m => m.Value < now - Patience).Select(m => m.Key).ToArray()) missing.Remove(old);
            var rows = await KeptSearches.AfterAsync(connection, last, RowsAtOnce, cancellation);
            foreach (var row in rows)
            {
                // What was removed in time is not missed.
                for (var id = last + 1; last > 0 && id < row.Id && row.At > now - Patience && missing.Count < MostMissing; id++) missing.TryAdd(id, now);
                last = row.Id;
            }

            found.AddRange(rows);
            if (found.Count > 0) earliest = Take(found, since, earliest);
            if (rows.Count < RowsAtOnce) ReadUntil = now;
            if (rows.Count < RowsAtOnce || index.IsFull) return earliest;
            found.Clear();
        }
    }

    private long? Take(List<KeptBody> rows, DateTimeOffset since, long? earliest)
    {
        foreach (var (id, at, body) in rows)
        {
            prints.Clear();
            if (KeptRow.Skim(body, prints) is not { } position) continue;
            if (at >= since && (earliest is null || position < earliest)) earliest = position;
            index.Add(at, id, CollectionsMarshal.AsSpan(prints));
        }

        index.Complete(missing.Count > 0 ? missing.Keys.First() - 1 : last);
        return earliest;
    }
}

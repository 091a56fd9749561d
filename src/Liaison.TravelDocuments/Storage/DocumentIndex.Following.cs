using System.Diagnostics;
using System.Runtime.InteropServices;
using Liaison.Matching;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.TravelDocuments.Storage;

/// <summary>How the index takes in what was committed. Only the follower's loop runs this.</summary>
internal sealed partial class DocumentIndex
{
    private async Task FollowAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        while (true)
        {
            var (readAt, readStamp) = (clock.GetUtcNow().UtcTicks, clock.GetTimestamp());
            await EndLargeAsync();
            var sets = await ChangeLog.AfterAsync(connection, followed.Position, SetsAtOnce, cancellation);
            var now = sets.TakeWhile(set => !IsLarge(set)).ToList();
            if (now.Count > 0) await TakeInAsync(connection, now, cancellation);
            if (now.Count < sets.Count)
            {
                // One at a time: the next large set, and what comes after it, waits for the first.
                if (large is not null) return;
                BeginLarge(sets[now.Count], cancellation);
                continue;
            }

            if (sets.Count == SetsAtOnce) continue;
            // A large set on its way does not make the node stale: until it is in, answers name a position before it.
            Volatile.Write(ref followedStamp, readStamp);
            Volatile.Write(ref followedAt, readAt);
            return;
        }
    }

    private bool IsLarge(ChangeSet set) => set.Records > node.LargeChangeSet && set.Module == Name;

    /// <summary>The rows are read as they are now, which may be later than the last of these sets: never earlier.</summary>
    private async Task TakeInAsync(NpgsqlConnection connection, List<ChangeSet> sets, CancellationToken cancellation)
    {
        var changes = await IndexRows.OfAsync(connection, [.. sets.Where(s => s.Module == Name).Select(s => s.Id)], cancellation);
        var last = new IndexPoint(sets[^1].Position, sets[^1].Id);
        // The index says where it is complete to, which is before a large set as long as that is on its way.
        if (large is null) Numbers.Apply(last, CollectionsMarshal.AsSpan(changes));
        else Numbers.ApplyAhead(CollectionsMarshal.AsSpan(changes));
        MoveTo(last);
    }

    /// <summary>Begins to load a large change set beside the index, so that small ones after it are seen without waiting for it.</summary>
    private void BeginLarge(ChangeSet set, CancellationToken cancellation)
    {
        var point = new IndexPoint(set.Position, set.Id);
        var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        lock (waitersGate)
        {
            large = new(point, stopping, Task.Run(() => LoadLargeAsync(set, point, stopping.Token), CancellationToken.None));
            See(point);
        }
    }

    private async Task LoadLargeAsync(ChangeSet set, IndexPoint point, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var load = Numbers.BeginLoad();
        await using var connection = await system.Source.OpenConnectionAsync(cancellation);
        await IndexRows.CopyAsync(connection, set, load, cancellation);
        load.Publish(point, cancellation);
        LogLoadedLarge(load.Count, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>Takes note of a large set that is in. One that failed fails the follower, which begins again before it.</summary>
    private async Task EndLargeAsync()
    {
        if (large is not { Loading.IsCompleted: true }) return;
        await large.Loading;
        large.Stopping.Dispose();
        lock (waitersGate) large = null;
        Numbers.Apply(followed, []);
        MoveTo(followed);
    }

    /// <summary>After a broken connection the follower begins again where the index is complete to.</summary>
    private async Task ForgetLargeAsync()
    {
        if (large is null) return;
        await large.Stopping.CancelAsync();
        await large.Loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        large.Stopping.Dispose();
        lock (waitersGate) large = null;
    }

    /// <summary>Lets those go on whose position searches see now.</summary>
    private void MoveTo(IndexPoint point)
    {
        lock (waitersGate)
        {
            See(point);
            foreach (var (position, reached) in waiters)
            {
                if (IsReached(position)) reached.TrySetResult();
            }

            waiters.RemoveAll(w => w.Reached.Task.IsCompleted);
        }
    }

    private void See(IndexPoint point)
    {
        followed = point;
        var origin = Numbers.Origin;
        Volatile.Write(ref seen, new(origin.Database, origin.History, point.Position, point.ChangeSet));
    }

    private bool IsReached(long position) => position <= followed.Position && position != large?.Point.Position;

    /// <param name="Point">Of the large set.</param>
    private sealed record LargeLoad(IndexPoint Point, CancellationTokenSource Stopping, Task Loading);
}

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
            await EndLargeAsync(cancellation);
            var sets = await ChangeLog.AfterAsync(connection, followed.Position, SetsAtOnce, cancellation);
            var now = AtOnce(sets);
            if (now.Count > 0) await TakeInAsync(connection, now, cancellation);
            if (now.Count < sets.Count)
            {
                if (IsLarge(sets[now.Count])) BeginLarge(sets[now.Count], readAt, readStamp, cancellation);
                continue;
            }

            if (sets.Count == SetsAtOnce) continue;
            readBefore = readAt;
            if (loadFailed || IsBeginning()) return;
            // One that broke off and came in otherwise.
            if (large is null) lacking = null;
            Volatile.Write(ref followedStamp, readStamp);
            Volatile.Write(ref followedAt, readAt);
            return;
        }
    }

    /// <summary>A node that starts waits for everything that was committed before: also for large sets, which are loaded beside the others.</summary>
    private bool IsBeginning()
    {
        if (IsComplete) return false;
        begunWith ??= followed.Position;
        return large is { } loading && loading.Point.Position <= begunWith;
    }

    /// <summary>Sets up to the first large one, no more records than a large one has: what was missed for days is read in parts.</summary>
    private List<ChangeSet> AtOnce(List<ChangeSet> sets)
    {
        var records = 0L;
        return [.. sets.TakeWhile(set => !IsLarge(set) && (records += set.Records) - set.Records <= node.LargeChangeSet)];
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

    /// <summary>
    /// Begins to load a large change set beside the index, so that small ones after it are seen without waiting for it; or lets it wait for
    /// another. A load reads rows as they are then, so it does not matter what was applied ahead of it.
    /// </summary>
    private void BeginLarge(ChangeSet set, long readAt, long readStamp, CancellationToken cancellation)
    {
        var point = new IndexPoint(set.Position, set.Id);
        // What the index holds is as of the read before, which did not show the set yet.
        var before = new Lacking(readBefore ?? readAt, readStamp);
        lock (waitersGate)
        {
            // One that broke off and is begun anew was lacking all the time.
            if (large is null) (large, lacking) = (Load(set, cancellation), lacking ?? before);
            else waitingLarge.Enqueue((set, before));
            See(point);
        }
    }

    private LargeLoad Load(ChangeSet set, CancellationToken cancellation)
    {
        var point = new IndexPoint(set.Position, set.Id);
        var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        return new(point, stopping, Task.Run(() => LoadLargeAsync(set, point, stopping.Token), CancellationToken.None));
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
    private async Task EndLargeAsync(CancellationToken cancellation)
    {
        if (large is not { Loading.IsCompleted: true }) return;
        loadFailed = !large.Loading.IsCompletedSuccessfully;
        await large.Loading;
        large.Stopping.Dispose();
        lock (waitersGate)
        {
            (large, lacking) = waitingLarge.TryDequeue(out var next) ? (Load(next.Set, cancellation), next.Since) : ((LargeLoad?)null, (Lacking?)null);
        }

        if (large is null) Numbers.Apply(followed, []);
        MoveTo(followed);
        // Statements that were planned while the tables were small would go on reading all of them.
        system.ForgetIdleConnections();
    }

    /// <summary>After a broken connection the follower begins again where the index is complete to.</summary>
    private async Task ForgetLargeAsync()
    {
        if (large is null) return;
        await large.Stopping.CancelAsync();
        await large.Loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        large.Stopping.Dispose();
        lock (waitersGate)
        {
            // In one step: whoever waits for a set that is not in must not find it reached in between.
            (large, followed) = (null, Numbers.Point);
            waitingLarge.Clear();
        }
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
        if (point.Position > furthest.Position) furthest = point;
        var origin = Numbers.Origin;
        Volatile.Write(ref seen, new(origin.Database, origin.History, point.Position, point.ChangeSet));
    }

    private bool IsReached(long position) => position <= followed.Position && position != large?.Point.Position && waitingLarge.All(waits => waits.Set.Position != position);

    /// <param name="Point">Of the large set.</param>
    private sealed record LargeLoad(IndexPoint Point, CancellationTokenSource Stopping, Task Loading);

    /// <summary>What was committed after a moment is not all in the index.</summary>
    /// <param name="At">The moment, in ticks.</param>
    /// <param name="Stamp">When that was seen, on the clock that nobody can set.</param>
    private sealed record Lacking(long At, long Stamp);
}

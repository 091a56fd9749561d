using Liaison.Matching.Segments;

namespace Liaison.Matching;

public sealed partial class NumberIndex
{
    /// <summary>A delta of this size becomes a segment: it bounds the heap, and what a restart has to read again.</summary>
    private const int FlushAt = 200_000;

    /// <summary>Each layer is at least this many times larger than all newer ones together, so that few are searched and little is rewritten.</summary>
    private const int Tier = 3;

    private readonly Lock compacting = new();

    /// <summary>Ends a merge when the index is disposed: it reads what is unmapped then.</summary>
    private readonly CancellationTokenSource closing = new();
    private bool loading;

    /// <summary>What the segments are complete up to, and how many records that is.</summary>
    private IndexPoint frozenAt;
    private long frozenCount;

    /// <summary>True while more was applied than up to the point: now, and when the segments were frozen. The folder may not say the point then.</summary>
    private bool isAhead, frozenIsAhead;

    /// <summary>
    /// Does the work that keeps the index small: turns a large delta into a segment, and merges segments. For one background caller;
    /// searches and changes go on beside it. Nothing happens in an index without a folder.
    /// </summary>
    /// <param name="flush">Also a small delta becomes a segment, as before a stop.</param>
    /// <param name="cancellation">Ends a merge; what it would have replaced stays.</param>
    /// <returns>True when something was done, and there may be more to do.</returns>
    /// <exception cref="IOException">The disk failed or is full. The index goes on in memory, and on what the folder held before.</exception>
    public bool Compact(bool flush, CancellationToken cancellation)
    {
        if (folder is null) return false;
        lock (compacting)
        {
            if (closed) return false;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, closing.Token);
            try
            {
                return CompactOne(flush, either.Token);
            }
            catch (OperationCanceledException) when (closing.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    private bool CompactOne(bool flush, CancellationToken cancellation)
    {
        // What a load will put between the layers must not find them merged across its place.
        if (loading) return false;
        lock (writing)
        {
            // What a merge replaces is deleted, so nothing is merged that the manifest still names and cannot be written anew.
            if (frozenIsAhead && isAhead) return false;
        }

        if (frozenIsAhead) return Flush(Freeze(), cancellation);
        if (layers.Older.OfType<Delta>().FirstOrDefault() is { } left) return Flush(left, cancellation);
        var size = DeltaCount;
        if (size >= FlushAt || (flush && size > 0)) return Flush(Freeze(), cancellation);
        return Merge(cancellation);
    }

    /// <summary>From here on changes go to a new delta.</summary>
    private Delta Freeze()
    {
        lock (writing)
        {
            var active = layers.Active;
            frozenAt = point;
            frozenCount = count;
            frozenIsAhead = isAhead;
            Swap([.. layers.Older, active], new Delta());
            return active;
        }
    }

    private bool Flush(Delta frozen, CancellationToken cancellation)
    {
        using var builder = new SegmentBuilder(Origin, folder!.NewPath);
        foreach (var change in frozen.Changes) builder.Add(change);
        var segment = builder.Finish(cancellation);
        Prepare(segment);
        Replace([frozen], segment);
        Publish();
        return true;
    }

    private bool Merge(CancellationToken cancellation)
    {
        var segments = layers.Segments.ToArray();
        var from = segments.Length - 1;
        for (var newer = 0L; from > 0; from--)
        {
            newer += segments[from].Size;
            if (segments[from - 1].Size >= Tier * newer) break;
        }

        if (segments.Length - from < 2) return false;
        var path = folder!.NewPath();
        try
        {
            SegmentMerge.Write(segments[from..], path, Origin, isOldest: from == 0, cancellation);
            if (Segment.Open(path, Origin).Segment is not { } merged) throw new IOException("A merged segment cannot be read back.");
            Prepare(merged);
            Replace(segments.AsSpan(from), merged);
        }
        catch
        {
            File.Delete(path);
            throw;
        }

        Publish();
        foreach (var old in segments[from..]) File.Delete(old.Path);
        return true;
    }

    /// <summary>Puts a segment where these neighbours stood.</summary>
    private void Replace(ReadOnlySpan<Layer> old, Segment fresh)
    {
        lock (writing)
        {
            var older = layers.Older.ToList();
            var at = older.IndexOf(old[0]);
            older.RemoveRange(at, old.Length);
            if (fresh.Size > 0) older.Insert(at, fresh);
            Swap(older, layers.Active);
        }

        fresh.Release();
        if (fresh.Size == 0) File.Delete(fresh.Path);
    }

    /// <summary>Writes down what the segments are: complete up to the moment when the last delta was frozen.</summary>
    private void Publish()
    {
        // They are not while a delta still waits, as after a full disk: what the folder says already stays true until then.
        if (!frozenIsAhead && !layers.Older.Any(layer => layer is Delta { Size: > 0 })) folder!.Publish(Origin, frozenAt, frozenCount, layers.Segments);
    }
}

using Liaison.Matching.Segments;

namespace Liaison.Matching;

public sealed partial class NumberIndex
{
    /// <summary>Begins to take in many changes beside the delta. Until it is published or disposed, the index does not compact itself.</summary>
    /// <param name="anew">Not null: everything the index has goes when the load is published, and this is what it is made from then.</param>
    /// <exception cref="InvalidOperationException">The index has no folder, or another load has begun.</exception>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    public IndexLoad BeginLoad(IndexOrigin? anew = null) => BeginLoad(anew, SegmentBuilder.UsualBuffer);

    /// <summary>With another number of changes that are held in memory before they are written as a run.</summary>
    internal IndexLoad BeginLoad(IndexOrigin? anew, int mostBuffered)
    {
        if (folder is null) throw new InvalidOperationException("An index without a folder has no segments to load.");
        lock (compacting)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (loading) throw new InvalidOperationException("Another load has begun.");
            // What was applied before must be in a segment when the folder says that it is complete up to the load.
            Freeze();
            while (anew is null && layers.Older.FirstOrDefault(l => l is Delta { Size: > 0 }) is Delta left) Flush(left, CancellationToken.None);
            loading = true;
            return new(this, anew ?? Origin, folder.NewPath, mostBuffered, anew is not null);
        }
    }

    internal void EndLoad()
    {
        lock (compacting) loading = false;
    }

    internal void PublishLoad(IndexLoad load, Segment loaded, IndexPoint complete)
    {
        lock (compacting)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            Prepare(loaded);
            var before = layers.Segments.Select(s => s.Path).ToArray();
            // All that is older is immutable while the load goes on, so this needs no lock: it may take seconds.
            var known = load.ReplacesAll ? loaded.LiveRecords.LongCount() : Known(layers, loaded);
            lock (writing)
            {
                var total = load.ReplacesAll ? known : frozenCount + known;
                foreach (var change in layers.Active.Changes) total += Late(layers, loaded, load.ReplacesAll, change);
                if (load.ReplacesAll)
                {
                    Origin = load.Origin;
                    point = complete;
                    isAhead = frozenIsAhead = false;
                    Swap([loaded], layers.Active);
                }
                else
                {
                    Swap([.. layers.Older.Where(l => l.Size > 0), loaded], layers.Active);
                }

                Volatile.Write(ref count, total);
                if (complete.Position > point.Position) point = complete;
                Volatile.Write(ref position, point.Position);
            }

            loaded.Release();
            (frozenAt, frozenCount) = (complete, load.ReplacesAll ? known : frozenCount + known);
            Publish();
            loading = false;
            if (!load.ReplacesAll) return;
            foreach (var path in before) File.Delete(path);
        }
    }

    /// <summary>How many records the loaded segment adds to what older layers know; negative when it takes away.</summary>
    private static long Known(Layers layers, Segment loaded)
    {
        var newest = layers.Older.Length - 1;
        var grown = 0L;
        foreach (var record in loaded.LiveRecords) grown += layers.Knows(record, newest) ? 0 : 1;
        foreach (var record in loaded.GoneRecords) grown -= layers.Knows(record, newest) ? 1 : 0;
        return grown;
    }

    /// <summary>What a change that was applied while the load went on adds, now that the loaded segment lies below it.</summary>
    private static long Late(Layers layers, Segment loaded, bool replacesAll, IndexChange change)
    {
        var below = loaded.Of(change.Record) switch
        {
            Word.Known => true,
            Word.Gone => false,
            _ => !replacesAll && layers.Knows(change.Record, layers.Older.Length - 1),
        };
        return (change is Removed ? 0 : 1) - (below ? 1 : 0);
    }
}

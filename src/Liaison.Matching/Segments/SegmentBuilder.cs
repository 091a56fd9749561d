namespace Liaison.Matching.Segments;

/// <summary>
/// Makes a segment of changes that come in any order: full buffers are sorted and written as runs, and the runs are merged. Memory is the
/// buffer's, whatever comes; but ranges are held, which are few.
/// </summary>
/// <remarks>Each record at most once. Not thread-safe.</remarks>
internal sealed class SegmentBuilder(IndexOrigin origin, Func<string> newPath, int mostBuffered = SegmentBuilder.UsualBuffer) : IDisposable
{
    internal const int UsualBuffer = 1 << 20;

    private readonly List<Segment> runs = [];
    private readonly List<IndexedRange> ranges = [];
    private readonly List<long> gone = [];
    private Entry[] buffer = new Entry[Math.Min(mostBuffered, 4096)];
    private int held;
    private long added;

    /// <summary>How many changes were taken.</summary>
    public long Count => added + ranges.Count + gone.Count;

    public void Add(IndexChange change)
    {
        switch (change)
        {
            case IndexedNumber number:
                Add(Entry.Of(number));
                break;
            case IndexedRange range:
                ranges.Add(range);
                break;
            default:
                gone.Add(change.Record);
                break;
        }
    }

    public void Add(in Entry entry)
    {
        if (held == mostBuffered) EndRun();
        if (held == buffer.Length) Array.Resize(ref buffer, Math.Min(2 * held, mostBuffered));
        buffer[held++] = entry;
        added++;
    }

    /// <summary>Writes the segment, verified, durable and not yet named by any manifest.</summary>
    /// <exception cref="IOException">The disk failed or is full; files that were begun are deleted.</exception>
    public Segment Finish(CancellationToken cancellation)
    {
        // Ranges and tombstones go with the last run; without runs before, it is the segment.
        if (runs.Count == 0) return WriteRun(setsWanted: true);
        runs.Add(WriteRun(setsWanted: false));
        var path = newPath();
        try
        {
            SegmentMerge.Write(runs, path, origin, isOldest: false, cancellation);
            return Opened(path);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var run in runs)
        {
            run.Release();
            File.Delete(run.Path);
        }

        runs.Clear();
    }

    private void EndRun()
    {
        // What runs say of their records is not asked as long as each record comes once.
        var (heldRanges, heldGone) = (ranges.ToArray(), gone.ToArray());
        ranges.Clear();
        gone.Clear();
        runs.Add(WriteRun(setsWanted: false));
        ranges.AddRange(heldRanges);
        gone.AddRange(heldGone);
    }

    private Segment WriteRun(bool setsWanted)
    {
        var entries = buffer.AsSpan(0, held);
        var keys = new ulong[held];
        var order = new int[held];
        var wide = false;
        for (var i = 0; i < held; i++)
        {
            (keys[i], order[i]) = (entries[i].Hash, i);
            wide |= entries[i].Record is < 0 or > uint.MaxValue;
        }

        Array.Sort(keys, order);
        var path = newPath();
        try
        {
            using (var writer = new SegmentWriter(path, origin, held, wide, setsWanted))
            {
                foreach (var i in order) writer.Add(entries[i]);
                foreach (var range in ranges) writer.Add(new RangeRow(range));
                foreach (var record in gone) writer.AddGone(record);
                writer.Finish();
            }

            held = 0;
            return Opened(path);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private Segment Opened(string path) => Segment.Open(path, origin) switch
    {
        ({ } segment, _) => segment,
        (_, var fault) => throw new IOException($"A segment that was just written cannot be read back: {fault}."),
    };
}

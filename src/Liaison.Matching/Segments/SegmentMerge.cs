namespace Liaison.Matching.Segments;

/// <summary>Makes one segment of several by reading each once, in the order of the hashes. Memory does not grow with them.</summary>
internal static class SegmentMerge
{
    /// <param name="parts">Oldest first: what a newer one says of a record hides what older ones say.</param>
    /// <param name="path">Of the new file.</param>
    /// <param name="origin">What it is made from.</param>
    /// <param name="isOldest">Nothing older stands below the result, so that it need not say what is gone.</param>
    /// <exception cref="OperationCanceledException">Cancelled; the file is incomplete and must be deleted.</exception>
    public static void Write(IReadOnlyList<Segment> parts, string path, IndexOrigin origin, bool isOldest, CancellationToken cancellation)
    {
        using var writer = new SegmentWriter(path, origin, parts.Sum(p => p.Entries), parts.Any(p => p.IsWide), setsWanted: true);
        var next = new PriorityQueue<Cursor, ulong>(parts.Count);
        for (var i = 0; i < parts.Count; i++)
        {
            var cursor = new Cursor(parts[i], [.. parts.Skip(i + 1)]);
            if (cursor.Move()) next.Enqueue(cursor, cursor.Entry.Hash);
        }

        for (var written = 0L; next.TryPeek(out var cursor, out _); written++)
        {
            if (written % 65_536 == 0) cancellation.ThrowIfCancellationRequested();
            if (!IsHidden(cursor.Newer, cursor.Entry.Record)) writer.Add(cursor.Entry);
            if (cursor.Move()) next.DequeueEnqueue(cursor, cursor.Entry.Hash);
            else next.Dequeue();
        }

        for (var i = 0; i < parts.Count; i++)
        {
            Segment[] newer = [.. parts.Skip(i + 1)];
            foreach (var range in parts[i].Ranges)
            {
                if (!IsHidden(newer, range.Record)) writer.Add(range);
            }

            if (isOldest) continue;
            foreach (var record in parts[i].GoneRecords)
            {
                if (!IsHidden(newer, record)) writer.AddGone(record);
            }
        }

        writer.Finish();
    }

    private static bool IsHidden(Segment[] newer, long record)
    {
        foreach (var segment in newer)
        {
            if (segment.Of(record) != Word.Silent) return true;
        }

        return false;
    }

    private sealed class Cursor(Segment segment, Segment[] newer)
    {
        private long place;
        private Entry entry;

        public ref readonly Entry Entry => ref entry;

        public Segment[] Newer => newer;

        public bool Move() => segment.ReadEntry(ref place, out entry);
    }
}

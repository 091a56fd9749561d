using System.Numerics;
using System.Runtime.InteropServices;

namespace Liaison.Matching.Segments;

/// <summary>
/// Writes one segment: its entries in the order of their hashes, then the rest. The file counts only when <see cref="Finish"/> returned;
/// it is durable then, but not yet named by a manifest.
/// </summary>
internal sealed unsafe class SegmentWriter : IDisposable
{
    private const int PerBucket = 8;

    private readonly FileStream file;
    private readonly BlockWriter body;
    private readonly IndexOrigin origin;
    private readonly int bucketBits;
    private readonly int recordBytes;
    private readonly bool setsWanted;
    private readonly long last;

    /// <summary>Outside the managed heap: one for every eight entries.</summary>
    private readonly long* offsets;
    private readonly RecordSetBuilder live = new();
    private readonly List<RangeRow> ranges = [];
    private readonly RecordSetBuilder gone = new();
    private long entries;
    private long bucket;

    /// <param name="path">Must not exist.</param>
    /// <param name="origin">What it is made from.</param>
    /// <param name="mostEntries">At least as many as will be added; decides the number of buckets.</param>
    /// <param name="wide">A record id needs eight bytes.</param>
    /// <param name="setsWanted">False for a run that is only merged: nobody asks it what it speaks of.</param>
    public SegmentWriter(string path, IndexOrigin origin, long mostEntries, bool wide, bool setsWanted)
    {
        this.origin = origin;
        this.setsWanted = setsWanted;
        recordBytes = wide ? 8 : 4;
        bucketBits = mostEntries <= PerBucket ? 0 : 64 - BitOperations.LeadingZeroCount((ulong)(mostEntries - 1) / PerBucket);
        last = 1L << bucketBits;
        offsets = (long*)NativeMemory.AllocZeroed((nuint)last + 1, 8);
        file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(new byte[SegmentHeader.Bytes]);
        body = new(file);
    }

    /// <exception cref="ArgumentException">The hash is below the last one.</exception>
    public void Add(in Entry entry)
    {
        var place = bucketBits == 0 ? 0 : (long)(entry.Hash >> (64 - bucketBits));
        if (place < bucket) throw new ArgumentException("Entries come in the order of their hashes.", nameof(entry));
        while (bucket < place) offsets[++bucket] = body.At - SegmentHeader.Bytes;
        Span<byte> bytes = stackalloc byte[Entry.MostBytes];
        body.Write(bytes, entry.Write(bytes, recordBytes));
        entries++;
        if (setsWanted) live.Add(entry.Record);
    }

    public void Add(in RangeRow range)
    {
        ranges.Add(range);
        if (setsWanted) live.Add(range.Record);
    }

    public void AddGone(long record) => gone.Add(record);

    public void Finish()
    {
        var sections = new Section[5];
        var entriesEnd = body.At - SegmentHeader.Bytes;
        while (bucket < last) offsets[++bucket] = entriesEnd;
        sections[0] = new(SegmentHeader.Bytes, entriesEnd);
        // A number is read in words of eight bytes, beyond the last entry too.
        body.Write(0L);
        body.Align();

        sections[1] = Put(() =>
        {
            for (var i = 0L; i <= last; i++) body.Write(offsets[i]);
        });
        sections[2] = Put(() =>
        {
            var rows = CollectionsMarshal.AsSpan(ranges);
            RangeRow.Arrange(rows);
            body.Write(MemoryMarshal.AsBytes(rows));
        });
        sections[3] = Put(() => live.Write(body));
        sections[4] = Put(() => gone.Write(body));
        var bodyEnd = body.At;
        var header = new SegmentHeader
        {
            Origin = origin, Entries = entries, Ranges = ranges.Count, BucketBits = bucketBits, RecordBytes = recordBytes,
            Sections = sections, BodyEnd = bodyEnd, TableChecksum = body.End(),
        };
        file.Position = 0;
        file.Write(header.ToBytes());
        file.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        body.Dispose();
        NativeMemory.Free(offsets);
    }

    private Section Put(Action write)
    {
        var start = body.At;
        write();
        var section = new Section(start, body.At - start);
        body.Align();
        return section;
    }
}

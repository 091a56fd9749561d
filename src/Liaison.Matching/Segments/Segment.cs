using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Liaison.Matching.Segments;

/// <summary>A layer that lies in a file, mapped read-only. Its pages are the page cache's; the heap holds next to nothing of it.</summary>
/// <remarks>Immutable. Unmapped when the last snapshot of the index that names it is released.</remarks>
internal sealed unsafe class Segment : Layer
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly SegmentHeader header;
    private readonly byte* start;
    private readonly byte* entries;
    private readonly long* buckets;
    private readonly int recordBytes;
    private readonly int bucketShift;
    private RecordSet? live;
    private RecordSet? gone;
    private NumberFilter? filter;
    private int uses = 1;

    private Segment(string path, SegmentHeader header, MemoryMappedFile file)
    {
        (Path, this.header, this.file) = (path, header, file);
        view = file.CreateViewAccessor(0, header.FileLength, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        start = pointer + view.PointerOffset;
        entries = start + header.Sections[0].Offset;
        buckets = (long*)(start + header.Sections[1].Offset);
        (recordBytes, bucketShift) = (header.RecordBytes, 64 - header.BucketBits);
    }

    public string Path { get; }

    public IndexOrigin Origin => header.Origin;

    public long FileLength => header.FileLength;

    public long Entries => header.Entries;

    /// <summary>Records that it knows.</summary>
    public long Live => live!.Count;

    public bool IsWide => recordBytes == 8;

    public bool HasFilter => filter is not null;

    public override long Size => live!.Count + gone!.Count;

    public ReadOnlySpan<RangeRow> Ranges => new(start + header.Sections[2].Offset, (int)header.Ranges);

    public IEnumerable<long> LiveRecords => live!.Ids();

    public IEnumerable<long> GoneRecords => gone!.Ids();

    /// <summary>Opens and verifies all of a file. Whatever its bytes are, the result is a segment or why it is none.</summary>
    public static (Segment? Segment, string? Fault) Open(string path, IndexOrigin? origin)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            var bytes = new byte[SegmentHeader.Bytes];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var (header, fault) = SegmentHeader.Read(bytes.AsSpan(0, read), stream.Length);
            if (header is null) return (null, fault);
            if (origin is { } expected && header.Origin != expected) return (null, "it was made from another database or another past of it");
            var segment = new Segment(path, header, MemoryMappedFile.CreateFromFile(
                path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read));
            if (segment.FindFault() is not { } damage) return (segment, null);
            segment.Release();
            return (null, damage);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, "it cannot be read: " + unreadable.GetType().Name);
        }
    }

    public void Retain() => Interlocked.Increment(ref uses);

    public void Release()
    {
        if (Interlocked.Decrement(ref uses) != 0) return;
        filter?.Release();
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }

    /// <summary>Makes searches for what is not here cheaper, for a byte of memory each entry. Before anybody searches it.</summary>
    public void Filter()
    {
        filter = new(Entries);
        for (var place = 0L; ReadEntry(ref place, out var entry);) filter.Add(entry.Hash);
    }

    public override Word Of(long record) => live!.Contains(record) ? Word.Known : gone!.Contains(record) ? Word.Gone : Word.Silent;

    public override void Prefetch(ulong hash)
    {
        if (filter is not null) filter.Prefetch(hash);
        else if (Sse.IsSupported) Sse.Prefetch0(buckets + Bucket(hash));
    }

    /// <summary>Lets the processor fetch the entries themselves; the bucket's offset is read for it.</summary>
    public void PrefetchEntries(ulong hash)
    {
        if (!Sse.IsSupported || !MayHave(hash)) return;
        var at = entries + buckets[Bucket(hash)];
        Sse.Prefetch0(at);
        Sse.Prefetch0(at + 64);
    }

    public override void Find(in NumberKey probe, ulong hash, in Question question, NumberMatch slip, ref Findings findings, int layer)
    {
        if (!MayHave(hash)) return;
        var bucket = Bucket(hash);
        var at = entries + buckets[bucket];
        var end = entries + buckets[bucket + 1];
        var (hashBits, length) = (Entry.HashBits(hash), probe.Length);
        while (end - at > 4)
        {
            var head = Unsafe.ReadUnaligned<uint>(at);
            var next = at + Entry.Size(head, recordBytes);
            if (next > end) return; // no writer makes this, and no reader follows it
            if (Entry.HashBitsIn(head) == hashBits && Entry.Length(head) == length)
            {
                var number = Entry.ReadNumber(at + 4, length);
                if (number == probe || number.Fold() == probe)
                {
                    var record = Entry.ReadRecord(next, recordBytes);
                    Judge(new(number, record, Entry.IssuerIn(head), Entry.KindIn(head)), question, slip, ref findings, layer);
                }
            }

            at = next;
        }
    }

    public override void FindRanges(ushort issuer, in Question question, in NumberKey folded, ref Findings findings, int layer)
    {
        if (header.Ranges > 0) RangeRow.Find(Ranges, issuer, question, folded, ref findings, layer);
    }

    /// <summary>Reads the entry at a place of the entries and moves on; false at their end.</summary>
    public bool ReadEntry(ref long place, out Entry entry)
    {
        entry = default;
        if (place >= header.Sections[0].Length) return false;
        var at = entries + place;
        var head = Unsafe.ReadUnaligned<uint>(at);
        var size = Entry.Size(head, recordBytes);
        var number = Entry.ReadNumber(at + 4, Entry.Length(head));
        entry = new(number, Entry.ReadRecord(at + size, recordBytes), Entry.IssuerIn(head), Entry.KindIn(head), NumberHash.Of(number.Fold()));
        place += size;
        return true;
    }

    private bool MayHave(ulong hash) => filter is null || filter.MayHave(hash);

    private long Bucket(ulong hash) => bucketShift == 64 ? 0 : (long)(hash >> bucketShift);

    private string? FindFault()
    {
        var table = new ReadOnlySpan<byte>(start + header.BodyEnd, checked((int)(4 * header.Blocks)));
        if (Checksum.Of(table) != header.TableChecksum) return "its checksums are damaged";
        var expected = MemoryMarshal.Cast<byte, uint>(table);
        for (var i = 0; i < expected.Length; i++)
        {
            var offset = SegmentHeader.Bytes + (long)SegmentHeader.BlockBytes * i;
            var block = new ReadOnlySpan<byte>(start + offset, (int)Math.Min(SegmentHeader.BlockBytes, header.BodyEnd - offset));
            if (Checksum.Of(block) != expected[i]) return "a block of it is damaged";
        }

        if (BucketFault() is { } fault) return fault;
        if (header.Ranges > int.MaxValue || header.Sections[2].Length != header.Ranges * sizeof(RangeRow)) return "its ranges are not as many as it says";
        if (!RangeRow.AreSound(Ranges)) return "its ranges make no sense";
        live = RecordSet.Open(start + header.Sections[3].Offset, header.Sections[3].Length);
        gone = RecordSet.Open(start + header.Sections[4].Offset, header.Sections[4].Length);
        return live is null || gone is null ? "its set of records is damaged" : null;
    }

    /// <summary>
    /// Checksums say that the bytes are those written, not that a writer without errors wrote them. Searches and merges follow offsets and
    /// lengths without asking again, so each is followed here once: the buckets cover the entries, and each ends where an entry ends.
    /// </summary>
    private string? BucketFault()
    {
        var length = header.Sections[0].Length;
        if (header.Sections[1].Offset - header.Sections[0].Offset - length < 8) return "its entries have no end";
        if (buckets[0] != 0 || buckets[1L << header.BucketBits] != length) return "its buckets do not cover its entries";
        var (place, met) = (0L, 0L);
        for (var bucket = 1L; bucket <= 1L << header.BucketBits; bucket++)
        {
            var end = buckets[bucket];
            if (end < place || end > length) return "its buckets run backwards";
            for (; place < end; met++)
            {
                if (end - place <= 4) return "an entry of it is cut";
                place += Entry.Size(Unsafe.ReadUnaligned<uint>(entries + place), recordBytes);
            }

            if (place != end) return "an entry of it is cut";
        }

        return met == header.Entries ? null : "its entries are not as many as it says";
    }
}

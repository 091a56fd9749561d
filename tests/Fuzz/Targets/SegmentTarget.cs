using Liaison.Matching;
using Liaison.Matching.Segments;
using UnitTests.Matching;

namespace Fuzz.Targets;

internal static class SegmentTarget
{
    /// <summary>
    /// Any bytes as a segment of the index, with the checksums of what they are: refused with a reason, or read to the end and searched
    /// without a step outside the file. Segments are read through pointers, so such a step may end the process.
    /// </summary>
    [FuzzTarget("segment")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        var bytes = data.Length > SegmentHeader.Bytes ? SegmentChecksums.Right(data.ToArray()) : data.ToArray();
        var path = Path.Combine(Path.GetTempPath(), $"liaison-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.segment");
        try
        {
            File.WriteAllBytes(path, bytes);
            var (segment, fault) = Segment.Open(path, null);
            Assert.True(segment is null != (fault is null), "A file is used, or there is a reason why not.");
            if (segment is null) return;
            Use(segment);
            segment.Release();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Use(Segment segment)
    {
        Assert.All(segment.LiveRecords, record => Assert.Equal(Word.Known, segment.Of(record)));
        Assert.Equal(segment.Size, segment.LiveRecords.LongCount() + segment.GoneRecords.LongCount());
        var (place, read) = (0L, 0L);
        for (; segment.ReadEntry(ref place, out var entry); read++)
        {
            var findings = default(Findings);
            var question = new Question { Number = entry.Number, Kinds = uint.MaxValue };
            segment.Prefetch(entry.Hash);
            segment.PrefetchEntries(entry.Hash);
            segment.Find(entry.Number.Fold(), entry.Hash, question, NumberMatch.Exact, ref findings, 0);
            segment.FindRanges(entry.Issuer, question, entry.Number.Fold(), ref findings, 0);
        }

        Assert.Equal(segment.Entries, read);
    }
}

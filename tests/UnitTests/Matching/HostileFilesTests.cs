using System.Buffers.Binary;
using System.Text;
using Liaison.Matching.Segments;

namespace UnitTests.Matching;

/// <summary>A file that is not what a writer wrote is never used, whatever its bytes are: the index is empty then, and says why.</summary>
public sealed class HostileFilesTests : IDisposable
{
    private readonly SegmentFiles files = new();

    [Fact]
    public void Untouched_files_are_used() => Assert.Null(files.Fault());

    [Fact]
    public void A_segment_cut_anywhere_is_refused()
    {
        var (path, good) = (files.Oldest, File.ReadAllBytes(files.Oldest));
        int[] special = [0, 1, 8, 511, 512, 513, 512 + 65_536, good.Length - 4, good.Length - 1];
        foreach (var length in special.Concat(Places(good.Length, 60)).Where(at => at < good.Length))
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.NotNull(Open(path));
        }

        File.WriteAllBytes(path, [.. good, 0]);
        Assert.NotNull(Open(path));
        File.WriteAllBytes(path, good[..^10]);
        Assert.StartsWith(Path.GetFileName(path), files.Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_with_one_bit_changed_is_refused()
    {
        var (path, good) = (files.Oldest, File.ReadAllBytes(files.Oldest));
        foreach (var at in Enumerable.Range(0, SegmentHeader.Bytes).Concat(Places(good.Length, 400)))
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= (byte)(1 << at % 8);
            File.WriteAllBytes(path, bad);
            Assert.True(Open(path) is not null, $"bit {at % 8} of byte {at} went unseen");
        }
    }

    [Fact]
    public void A_manifest_cut_or_with_one_bit_changed_is_refused()
    {
        var good = File.ReadAllBytes(files.Manifest);
        for (var at = 0; at < good.Length; at++)
        {
            var bad = (byte[])good.Clone();
            bad[at] ^= (byte)(1 << at % 8);
            Assert.NotNull(Manifest.Parse(bad).Fault);
            Assert.NotNull(Manifest.Parse(good.AsSpan(0, at)).Fault);
        }

        File.WriteAllBytes(files.Manifest, good[..^1]);
        Assert.NotNull(files.Fault());
    }

    [Theory]
    [InlineData(8, "format")]
    [InlineData(16, "another database")]
    [InlineData(32, "another database")]
    public void A_segment_of_a_later_version_or_of_another_past_is_refused(int at, string why)
    {
        var bytes = File.ReadAllBytes(files.Oldest);
        bytes[at]++;
        File.WriteAllBytes(files.Oldest, SegmentChecksums.Right(bytes));
        Assert.Contains(why, files.Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_of_a_later_version_is_refused()
    {
        var bytes = File.ReadAllBytes(files.Manifest);
        bytes[8]++;
        File.WriteAllBytes(files.Manifest, SegmentFiles.WithRightChecksum(bytes));
        Assert.Contains("format", files.Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_that_is_missing_is_noticed()
    {
        File.Delete(files.Oldest);
        Assert.NotNull(files.Fault());
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("lock")]
    [InlineData("abc.segment")]
    [InlineData("../000000000001.segment")]
    [InlineData("99999999999999999999.segment")]
    [InlineData("000000000000001")]
    public void A_manifest_names_segments_only(string name)
    {
        // The file is there and whole, so that only its name can be what is refused.
        File.Copy(files.Oldest, Path.Combine(files.Folder, "abc.segment"));
        var bytes = File.ReadAllBytes(files.Manifest);
        var field = bytes.AsSpan(92, 32);
        field.Clear();
        Encoding.ASCII.GetBytes(name, field);
        File.WriteAllBytes(files.Manifest, SegmentFiles.WithRightChecksum(bytes));
        Assert.Contains("something else", files.Fault(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_named_twice_is_refused()
    {
        var bytes = File.ReadAllBytes(files.Manifest);
        bytes.AsSpan(92, 32).CopyTo(bytes.AsSpan(124));
        Assert.NotNull(Manifest.Parse(SegmentFiles.WithRightChecksum(bytes)).Fault);
    }

    [Fact]
    public void Files_of_others_in_the_folder_stay()
    {
        string[] others = ["notes.txt", "12.csv", "000000000001.segment.bak"];
        foreach (var name in others) File.WriteAllText(Path.Combine(files.Folder, name), "kept");
        string[] own = ["manifest.new", "000000000099.segment"];
        foreach (var name in own) File.WriteAllText(Path.Combine(files.Folder, name), "left over");
        Assert.Null(files.Fault());
        Assert.All(others, name => Assert.True(File.Exists(Path.Combine(files.Folder, name)), name));
        Assert.All(own, name => Assert.False(File.Exists(Path.Combine(files.Folder, name)), name));
    }

    /// <summary>With right checksums, what a search would follow astray must be found by looking: offsets, counts, lengths, order.</summary>
    [Fact]
    public void A_segment_whose_checksums_are_right_but_whose_structure_is_wrong_is_refused()
    {
        var (path, good) = (files.Oldest, File.ReadAllBytes(files.Oldest));
        int Offset(int section) => (int)BinaryPrimitives.ReadInt64LittleEndian(good.AsSpan(72 + 16 * section));
        // Entries, ranges, bucket bits, width of record ids; each section's offset and length; end of the body.
        int[] header = [48, 56, 64, 68, .. Enumerable.Range(0, 10).Select(i => 72 + 8 * i), 152];
        // Buckets: the first, one in the middle, the last. The length in the first entry's head (its bits 21 to 25).
        int[] buckets = [Offset(1), Offset(1) + 8 * 100, Offset(2) - 8];
        // A range: length of its first number, its reach, its prefix. A set: count, chunks, and the first chunk's cardinality and offset.
        int[] ranges = [Offset(2) + 24, Offset(2) + 32, Offset(2) + 64, Offset(2) + 107];
        int[] sets = [.. new[] { Offset(3), Offset(4) }.SelectMany(at => new[] { at, at + 8 })];
        int[] chunk = [Offset(3) + 24, Offset(3) + 32, Offset(3) + 64];
        foreach (var at in header.Concat(buckets).Concat(ranges).Concat(sets).Concat(chunk).Append(512 + 2))
        {
            foreach (var change in new byte[] { 1, 0x20, 0x80 })
            {
                if (at == 514 && change != 0x20) continue; // other bits of the head are issuer and kind, of which any is a good one
                var bad = (byte[])good.Clone();
                bad[at] ^= change;
                File.WriteAllBytes(path, SegmentChecksums.Right(bad));
                Assert.True(Open(path) is not null, $"byte {at} changed by {change:x} went unseen");
            }
        }
    }

    private static string? Open(string path)
    {
        var (segment, fault) = Segment.Open(path, SegmentFiles.Origin);
        segment?.Release();
        return fault;
    }

    private static IEnumerable<int> Places(int length, int count)
    {
        var random = new Random(20_261_124);
        return Enumerable.Range(0, count).Select(_ => random.Next(length));
    }

    public void Dispose() => files.Dispose();
}

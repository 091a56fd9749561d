using System.Buffers.Binary;
using Liaison.Matching;
using Liaison.Matching.Segments;

namespace UnitTests.Matching;

/// <summary>A folder with an index of two segments, whose files the tests damage; and how a file gets right checksums again.</summary>
internal sealed class SegmentFiles : IDisposable
{
    public const int Records = 3_000;
    public static readonly IndexOrigin Origin = new(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), new Guid(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));

    public SegmentFiles()
    {
        using var index = NumberIndex.Open(Folder, out _);
        using (var load = index.BeginLoad(Origin))
        {
            for (var i = 0; i < Records; i++) load.Add(new IndexedNumber(i, Key(i), (ushort)(1 + i % 7), (byte)(i % 4)));
            for (var i = 0; i < 20; i++) load.Add(new IndexedRange(100_000 + i, RangeOf(i), (ushort)(1 + i % 3), 1));
            load.Publish(new(1, Guid.NewGuid()), CancellationToken.None);
        }

        index.Apply(new IndexPoint(2, Guid.NewGuid()), [new IndexedNumber(200_000, Key(Records), 1, 0), new Removed(5)]);
        index.Compact(flush: true, CancellationToken.None);
        Assert.Equal(2, index.SegmentCount);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("liaison-index-").FullName;

    public string Manifest => Path.Combine(Folder, "manifest");

    /// <summary>The large segment.</summary>
    public string Oldest => Directory.GetFiles(Folder, "*.segment").MaxBy(path => new FileInfo(path).Length)!;

    public static NumberKey Key(int i) =>
        NumberKey.TryParse(i % 5 == 0 ? $"LONGER{i:D7}XYZ{i % 97:D4}" : $"P{i * 7_919L % 100_000_000:D8}", out var key) ? key : throw new ArgumentException($"{i}");

    private static NumberRange RangeOf(int i)
    {
        _ = NumberKey.TryParse($"BL{i:D3}00", out var first);
        _ = NumberKey.TryParse($"BL{i:D3}99", out var last);
        return NumberRange.TryCreate(first, last, out var range) is RangeFault.None ? range : throw new ArgumentException($"{i}");
    }

    /// <summary>Why the folder's index is not used; null when it is used, and then it must answer as it did.</summary>
    public string? Fault()
    {
        using var index = NumberIndex.Open(Folder, out var discarded);
        Assert.Equal(discarded is null ? Records + 20 : 0, index.Count);
        Assert.Equal(discarded is null ? 2 : 0, index.Position);
        for (var i = 0; i <= Records; i += 7)
        {
            var found = index.Search(new() { Number = Key(i) }, 10).Candidates.Count;
            if (found != (discarded is null && i != 5 ? 1 : 0)) return $"wrong answer for record {i}";
        }

        return discarded;
    }

    public static byte[] WithRightChecksum(byte[] manifest)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(manifest.AsSpan(manifest.Length - 4), Checksum.Of(manifest.AsSpan(0, manifest.Length - 4)));
        return manifest;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

using System.Buffers.Binary;

namespace Liaison.Matching.Segments;

/// <summary>A part of a segment file.</summary>
internal readonly record struct Section(long Offset, long Length);

/// <summary>The first bytes of a segment (docs/spec/segment-format.md).</summary>
internal sealed record SegmentHeader
{
    public const int Bytes = 512;
    public const int BlockBytes = 64 * 1024;
    public const uint Version = 1;
    private const int SectionCount = 5;

    public required IndexOrigin Origin { get; init; }
    public required long Entries { get; init; }
    public required long Ranges { get; init; }
    public required int BucketBits { get; init; }

    /// <summary>4, or 8 when a record id needs it.</summary>
    public required int RecordBytes { get; init; }

    /// <summary>Entries, bucket offsets, ranges, live records, gone records: in this order, one after the other.</summary>
    public required IReadOnlyList<Section> Sections { get; init; }

    /// <summary>Where the body ends and the checksums begin.</summary>
    public required long BodyEnd { get; init; }
    public required uint TableChecksum { get; init; }

    public long Blocks => (BodyEnd - Bytes + BlockBytes - 1) / BlockBytes;

    public long FileLength => BodyEnd + 4 * Blocks;

    private static ReadOnlySpan<byte> Magic => "LIAISEG\0"u8;

    public byte[] ToBytes()
    {
        var bytes = new byte[Bytes];
        Magic.CopyTo(bytes);
        Put32(8, Version);
        Put32(12, Bytes);
        Origin.Database.TryWriteBytes(bytes.AsSpan(16), bigEndian: true, out _);
        Origin.History.TryWriteBytes(bytes.AsSpan(32), bigEndian: true, out _);
        Put64(48, Entries);
        Put64(56, Ranges);
        Put32(64, (uint)BucketBits);
        Put32(68, (uint)RecordBytes);
        for (var i = 0; i < SectionCount; i++)
        {
            Put64(72 + 16 * i, Sections[i].Offset);
            Put64(80 + 16 * i, Sections[i].Length);
        }

        Put64(152, BodyEnd);
        Put32(160, TableChecksum);
        Put32(Bytes - 4, Checksum.Of(bytes.AsSpan(0, Bytes - 4)));
        return bytes;

        void Put32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

        void Put64(int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);
    }

    /// <summary>The header, or why these bytes are none that this build reads.</summary>
    public static (SegmentHeader? Header, string? Fault) Read(ReadOnlySpan<byte> bytes, long fileLength)
    {
        if (bytes.Length < Bytes || !bytes.StartsWith(Magic)) return (null, "it is no segment");
        if (Get32(bytes, 8) != Version) return (null, "it has a format that this build does not read");
        if (Get32(bytes, Bytes - 4) != Checksum.Of(bytes[..(Bytes - 4)])) return (null, "its header is damaged");

        var sections = new Section[SectionCount];
        for (var i = 0; i < SectionCount; i++) sections[i] = new(Get64(bytes, 72 + 16 * i), Get64(bytes, 80 + 16 * i));
        var header = new SegmentHeader
        {
            Origin = new(new Guid(bytes[16..32], bigEndian: true), new Guid(bytes[32..48], bigEndian: true)),
            Entries = Get64(bytes, 48),
            Ranges = Get64(bytes, 56),
            BucketBits = (int)Get32(bytes, 64),
            RecordBytes = (int)Get32(bytes, 68),
            Sections = sections,
            BodyEnd = Get64(bytes, 152),
            TableChecksum = Get32(bytes, 160),
        };
        return header.Fault(fileLength) is { } fault ? (null, fault) : (header, null);
    }

    private string? Fault(long fileLength)
    {
        if (BodyEnd < Bytes || BodyEnd > fileLength || FileLength != fileLength) return "it has another length than it says";
        if (BucketBits is < 0 or > 40 || RecordBytes is not (4 or 8) || Entries < 0 || Ranges < 0) return "its header makes no sense";
        var end = (long)Bytes;
        foreach (var section in Sections)
        {
            if (section.Offset < end || section.Offset % 8 != 0 || section.Length < 0 || section.Length > BodyEnd - section.Offset)
                return "its parts overlap or lie outside";
            end = section.Offset + section.Length;
        }

        return Sections[1].Length == 8 * ((1L << BucketBits) + 1) ? null : "its buckets are not as many as it says";
    }

    private static uint Get32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Get64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}

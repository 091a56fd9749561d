using System.Buffers.Binary;
using Liaison.Matching.Segments;

namespace UnitTests.Matching;

/// <summary>Makes damage that checksums do not tell.</summary>
internal static class SegmentChecksums
{
    /// <summary>A segment with the checksums of what it holds now: only sense can tell that it is wrong.</summary>
    public static byte[] Right(byte[] segment)
    {
        var bodyEnd = (int)Math.Clamp(BinaryPrimitives.ReadInt64LittleEndian(segment.AsSpan(152)), SegmentHeader.Bytes, segment.Length);
        var blocks = (bodyEnd - SegmentHeader.Bytes + SegmentHeader.BlockBytes - 1) / SegmentHeader.BlockBytes;
        var table = segment.AsSpan(bodyEnd, Math.Min(4 * blocks, segment.Length - bodyEnd));
        for (var i = 0; i < table.Length / 4; i++)
        {
            var at = SegmentHeader.Bytes + i * SegmentHeader.BlockBytes;
            var block = segment.AsSpan(at, Math.Min(SegmentHeader.BlockBytes, bodyEnd - at));
            BinaryPrimitives.WriteUInt32LittleEndian(table[(4 * i)..], Checksum.Of(block));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(160), Checksum.Of(table));
        BinaryPrimitives.WriteUInt32LittleEndian(segment.AsSpan(508), Checksum.Of(segment.AsSpan(0, 508)));
        return segment;
    }
}

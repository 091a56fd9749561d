using System.Buffers.Binary;

namespace Liaison.Matching.Segments;

/// <summary>Writes the body of a segment and the checksum of each of its blocks. Ordinary writes: a mapping is never written through.</summary>
internal sealed class BlockWriter(FileStream file) : IDisposable
{
    private readonly byte[] block = new byte[SegmentHeader.BlockBytes];
    private readonly List<uint> checksums = [];
    private int held;

    /// <summary>Offset in the file of the next byte.</summary>
    public long At { get; private set; } = SegmentHeader.Bytes;

    public IReadOnlyList<uint> Checksums => checksums;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        At += bytes.Length;
        while (bytes.Length > 0)
        {
            var part = Math.Min(bytes.Length, block.Length - held);
            bytes[..part].CopyTo(block.AsSpan(held));
            held += part;
            bytes = bytes[part..];
            if (held == block.Length) Flush();
        }
    }

    public void Write(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Write(bytes);
    }

    public void Write(ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        Write(bytes);
    }

    /// <summary>Zeros to the next multiple of eight.</summary>
    public void Align() => Write([0, 0, 0, 0, 0, 0, 0, 0], (int)(-At & 7));

    public void Write(ReadOnlySpan<byte> bytes, int count) => Write(bytes[..count]);

    /// <summary>Ends the body: writes what is held, then the checksums, and returns the checksum of those.</summary>
    public uint End()
    {
        if (held > 0) Flush();
        var table = new byte[4 * checksums.Count];
        for (var i = 0; i < checksums.Count; i++) BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(4 * i), checksums[i]);
        file.Write(table);
        return Checksum.Of(table);
    }

    public void Dispose() => file.Dispose();

    private void Flush()
    {
        checksums.Add(Checksum.Of(block.AsSpan(0, held)));
        file.Write(block.AsSpan(0, held));
        held = 0;
    }
}

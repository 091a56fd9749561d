using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Liaison.Platform.Audit;

/// <summary>
/// Random bytes of the system's generator, drawn in blocks: an entry needs two draws, and each would be a call into the kernel.
/// </summary>
/// <remarks>Thread-safe: each thread has a block of its own. What was handed out is wiped from it.</remarks>
internal static class RandomBlock
{
    private const int Length = 4096;

    [ThreadStatic]
    private static byte[]? block;

    [ThreadStatic]
    private static int left;

    public static byte[] Take(int count)
    {
        var taken = new byte[count];
        Fill(taken);
        return taken;
    }

    /// <summary>A UUID of version 7 (RFC 9562 §5.7) of the moment, to the millisecond.</summary>
    public static Guid Version7(DateTimeOffset at)
    {
        Span<byte> id = stackalloc byte[16];
        Fill(id[6..]);
        var milliseconds = at.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt16BigEndian(id, (ushort)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(id[2..], (uint)milliseconds);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }

    private static void Fill(Span<byte> target)
    {
        var source = block ??= new byte[Length];
        if (left < target.Length)
        {
            RandomNumberGenerator.Fill(source);
            left = Length;
        }

        var part = source.AsSpan(Length - left, target.Length);
        part.CopyTo(target);
        part.Clear();
        left -= target.Length;
    }
}

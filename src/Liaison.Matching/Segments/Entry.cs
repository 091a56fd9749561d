using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Liaison.Matching.Segments;

/// <summary>
/// A number in a segment. On disk (docs/spec/segment-format.md): four bytes with issuer, kind, length and six bits of the hash; the words
/// of the number that are full, then the bytes of the last that hold something; the record in four or eight bytes.
/// </summary>
internal readonly record struct Entry(NumberKey Number, long Record, ushort Issuer, byte Kind, ulong Hash)
{
    public const int MostBytes = 4 + 32 + 8;

    public static Entry Of(IndexedNumber number) =>
        new(number.Number, number.Record, number.Issuer, number.Kind, NumberHash.Of(number.Number.Fold()));

    public static int HashBits(ulong hash) => (int)(hash & 0x3F);

    /// <summary>How many bytes an entry with this head takes.</summary>
    public static int Size(uint head, int recordBytes)
    {
        var (full, rest) = Math.DivRem(Length(head), NumberKey.PerWord);
        return 4 + 8 * full + Bytes(rest) + recordBytes;
    }

    public static int Length(uint head) => (int)(head >> 21 & 0x1F) + 1;

    public static ushort IssuerIn(uint head) => (ushort)head;

    public static byte KindIn(uint head) => (byte)(head >> 16 & 0x1F);

    public static int HashBitsIn(uint head) => (int)(head >> 26);

    public int Write(Span<byte> bytes, int recordBytes)
    {
        var length = Number.Length;
        var head = (uint)Issuer | (uint)Kind << 16 | (uint)(length - 1) << 21 | (uint)HashBits(Hash) << 26;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, head);
        var at = 4;
        ReadOnlySpan<ulong> words = [Number.A, Number.B, Number.C, Number.D];
        for (var (word, left) = (0, length); left > 0; word++, left -= NumberKey.PerWord)
        {
            var count = left >= NumberKey.PerWord ? 8 : Bytes(left);
            var value = words[word] >> (64 - 8 * count);
            for (var i = 0; i < count; i++) bytes[at++] = (byte)(value >> 8 * i);
        }

        if (recordBytes == 4) BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], (uint)Record);
        else BinaryPrimitives.WriteInt64LittleEndian(bytes[at..], Record);
        return at + recordBytes;
    }

    /// <summary>The number at the pointer, which has eight readable bytes behind whatever it points to.</summary>
    public static unsafe NumberKey ReadNumber(byte* at, int length)
    {
        if (length < NumberKey.PerWord) return new(Word(at, Bytes(length)), 0, 0, (uint)length);
        Span<ulong> words = [0, 0, 0, 0];
        for (var (word, left) = (0, length); left > 0; word++, left -= NumberKey.PerWord)
        {
            var count = left >= NumberKey.PerWord ? 8 : Bytes(left);
            words[word] = Word(at, count);
            at += count;
        }

        return new(words[0], words[1], words[2], words[3] | (uint)length);
    }

    public static unsafe long ReadRecord(byte* end, int recordBytes) =>
        recordBytes == 4 ? Unsafe.ReadUnaligned<uint>(end - 4) : Unsafe.ReadUnaligned<long>(end - 8);

    private static unsafe ulong Word(byte* at, int count)
    {
        var value = Unsafe.ReadUnaligned<ulong>(at);
        return count == 8 ? value : value << (64 - 8 * count);
    }

    private static int Bytes(int characters) => (6 * characters + 7) / 8;
}

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Liaison.Matching;

/// <summary>
/// A normalised number as the index compares it: 1 to 32 characters, each A–Z or 0–9. Separators, spaces and case are the caller's
/// affair; what they mean differs from one kind of thing to the next.
/// </summary>
/// <remarks>
/// Immutable. The default value is no key: it equals nothing in any index. Six bits a character, ten characters a word, the first in the
/// highest bits, so that words compare as texts do (docs/spec/segment-format.md); the lowest byte of the last word is the length.
/// </remarks>
public readonly record struct NumberKey
{
    /// <summary>The most characters a key has. The longest document numbers in use have 20; serials of firearms stay below 30.</summary>
    public const int MaxLength = 32;

    internal const int PerWord = 10;
    private const int Bits = 6;

    internal NumberKey(ulong a, ulong b, ulong c, ulong d) => (A, B, C, D) = (a, b, c, d);

    internal ulong A { get; }

    internal ulong B { get; }

    internal ulong C { get; }

    internal ulong D { get; }

    /// <summary>The characters; empty only for the default value.</summary>
    public string Text => string.Create(Length, this, static (text, key) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = Codes.ToChar(key.CodeAt(i));
    });

    /// <summary>The count of characters, 0 only for the default value.</summary>
    public int Length => (int)(D & 0xFF);

    /// <summary>False, with the default <paramref name="key"/>, when the text is empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NumberKey key) => TryParse(text.AsSpan(), out key);

    /// <summary>As <see cref="TryParse(string?, out NumberKey)"/>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out NumberKey key)
    {
        key = default;
        if (text.Length is 0 or > MaxLength) return false;
        Span<byte> codes = stackalloc byte[MaxLength];
        for (var i = 0; i < text.Length; i++)
        {
            if (Codes.Of(text[i]) is not (> 0 and var code)) return false;
            codes[i] = code;
        }

        key = OfCodes(codes[..text.Length]);
        return true;
    }

    /// <summary>As <see cref="TryParse(string?, out NumberKey)"/>, from ASCII.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out NumberKey key)
    {
        key = default;
        if (text.Length is 0 or > MaxLength) return false;
        Span<byte> codes = stackalloc byte[MaxLength];
        for (var i = 0; i < text.Length; i++)
        {
            if (Codes.Of((char)text[i]) is not (> 0 and var code)) return false;
            codes[i] = code;
        }

        key = OfCodes(codes[..text.Length]);
        return true;
    }

    /// <summary>
    /// Thirty-two bytes that are the same for all numbers that are taken for one another, and differ between all others: every character
    /// replaced by the one that stands for its look-alikes.
    /// </summary>
    public void WriteFolded(Span<byte> bytes)
    {
        var folded = Fold();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, folded.A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], folded.B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], folded.C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], folded.D);
    }

    public override int GetHashCode() => (int)NumberHash.Of(this);

    /// <summary>Only the length: a record that holds a key may end in a log line, its number must not.</summary>
    public override string ToString() => $"number of {Length} characters";

    /// <summary>As texts compare, character by character.</summary>
    internal int CompareTo(in NumberKey other) =>
        A != other.A ? A.CompareTo(other.A) : B != other.B ? B.CompareTo(other.B) : C != other.C ? C.CompareTo(other.C) : D.CompareTo(other.D);

    internal byte CodeAt(int i) => (byte)(Word(i / PerWord) >> Shift(i) & 0x3F);

    /// <summary>The same number with another character at one place.</summary>
    internal NumberKey With(int i, byte code)
    {
        var shift = Shift(i);
        var change = (ulong)(code ^ CodeAt(i)) << shift;
        return (i / PerWord) switch
        {
            0 => new(A ^ change, B, C, D),
            1 => new(A, B ^ change, C, D),
            2 => new(A, B, C ^ change, D),
            _ => new(A, B, C, D ^ change),
        };
    }

    /// <summary>Every character replaced by the one that stands for its look-alikes.</summary>
    internal NumberKey Fold()
    {
        var length = Length;
        var a = FoldWord(A, Math.Min(length, PerWord));
        if (length <= PerWord) return new(a, 0, 0, D);
        return new(
            a, FoldWord(B, Math.Min(length - PerWord, PerWord)), FoldWord(C, Math.Clamp(length - 2 * PerWord, 0, PerWord)),
            FoldWord(D, Math.Max(length - 3 * PerWord, 0)) | (uint)length);
    }

    /// <summary>Index of the first character after the last letter; 0 when there is no letter.</summary>
    internal int DigitsFrom()
    {
        var i = Length;
        while (i > 0 && CodeAt(i - 1) <= Codes.Nine) i--;
        return i;
    }

    internal static NumberKey OfCodes(ReadOnlySpan<byte> codes)
    {
        Span<ulong> words = [0, 0, 0, (ulong)codes.Length];
        for (var i = 0; i < codes.Length; i++) words[i / PerWord] |= (ulong)codes[i] << Shift(i);
        return new(words[0], words[1], words[2], words[3]);
    }

    private ulong Word(int i) => i switch { 0 => A, 1 => B, 2 => C, _ => D };

    private static int Shift(int i) => 58 - Bits * (i % PerWord);

    private static ulong FoldWord(ulong word, int characters)
    {
        var folded = 0ul;
        for (var (i, shift) = (0, 58); i < characters; i++, shift -= Bits) folded |= (ulong)Codes.Fold((byte)(word >> shift & 0x3F)) << shift;
        return folded;
    }
}

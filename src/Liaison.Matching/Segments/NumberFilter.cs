using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Liaison.Matching.Segments;

/// <summary>
/// Says of almost every number that is not in a segment that it is not (a Bloom filter whose bits for a number lie in one word). A byte for each entry
/// lies so much closer together than the entries that asking it costs less than half of looking among them.
/// </summary>
/// <remarks>Outside the managed heap. Filled by one thread; then immutable.</remarks>
internal sealed unsafe class NumberFilter
{
    private const int EntriesPerWord = 8;

    private readonly ulong* words;
    private readonly ulong count;

    public NumberFilter(long entries)
    {
        count = (ulong)entries / EntriesPerWord + 1;
        words = (ulong*)NativeMemory.AllocZeroed((nuint)count, sizeof(ulong));
    }

    /// <param name="hash">As <see cref="NumberHash"/> makes it.</param>
    public void Add(ulong hash) => *WordOf(hash) |= Bits(hash);

    /// <returns>False when it was not added; true when it was, and for one in thirty that was not.</returns>
    public bool MayHave(ulong hash)
    {
        var bits = Bits(hash);
        return (*WordOf(hash) & bits) == bits;
    }

    public void Prefetch(ulong hash)
    {
        if (Sse.IsSupported) Sse.Prefetch0(WordOf(hash));
    }

    /// <summary>Once, when nobody asks any more.</summary>
    public void Release() => NativeMemory.Free(words);

    /// <summary>By the highest bits of the hash.</summary>
    private ulong* WordOf(ulong hash) => words + (long)Math.BigMul(hash, count, out _);

    /// <summary>Four, by the lowest bits of the hash.</summary>
    private static ulong Bits(ulong hash) => 1ul << (int)hash | 1ul << (int)(hash >> 6) | 1ul << (int)(hash >> 12) | 1ul << (int)(hash >> 18);
}

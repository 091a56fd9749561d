using System.Numerics;

namespace Liaison.Matching.Segments;

/// <summary>
/// A set of record ids inside a mapped segment: chunks of 65,536 ids, each a sorted list of 16-bit figures or, when fuller, a bitmap.
/// </summary>
internal sealed unsafe class RecordSet
{
    public const int MostListed = 4096;
    public const int BitmapBytes = 8192;
    public const int HeadBytes = 16;
    public const int RowBytes = 24;

    private readonly byte* section;
    private readonly long chunks;

    private RecordSet(byte* section, long count, long chunks)
    {
        this.section = section;
        this.chunks = chunks;
        Count = count;
    }

    public long Count { get; }

    /// <summary>Null when the bytes hold no set.</summary>
    public static RecordSet? Open(byte* section, long length)
    {
        if (length < HeadBytes) return null;
        var (count, chunks) = (((long*)section)[0], ((long*)section)[1]);
        if (count < 0 || chunks < 0 || chunks > (length - HeadBytes) / RowBytes) return null;
        var set = new RecordSet(section, count, chunks);
        var (total, place) = (0L, HeadBytes + RowBytes * chunks);
        for (var i = 0L; i < chunks; i++)
        {
            var (chunk, cardinality, offset) = set.Row(i);
            if (chunk is < 0 or > long.MaxValue >> 16) return null;
            if (i > 0 && chunk <= set.Row(i - 1).Chunk) return null;
            if (cardinality is < 1 or > 65_536 || offset != place) return null;
            place += cardinality <= MostListed ? (2 * cardinality + 7) / 8 * 8 : BitmapBytes;
            if (place > length) return null;
            if (!IsSound(section + offset, (int)cardinality)) return null;
            total += cardinality;
        }

        return total == count && place == length ? set : null;
    }

    public bool Contains(long record)
    {
        var (wanted, low) = (record >> 16, (ushort)record);
        var (from, to) = (0L, chunks - 1);
        while (from <= to)
        {
            var middle = (from + to) / 2;
            var (chunk, cardinality, offset) = Row(middle);
            if (chunk == wanted) return Holds(section + offset, cardinality, low);
            if (chunk < wanted) from = middle + 1;
            else to = middle - 1;
        }

        return false;
    }

    public IEnumerable<long> Ids()
    {
        for (var i = 0L; i < chunks; i++)
        {
            for (var place = 0; Next(i, ref place) is >= 0 and var low;) yield return ChunkAt(i) << 16 | (uint)low;
        }
    }

    private long ChunkAt(long row) => Row(row).Chunk;

    /// <summary>The next id of a chunk, from a place in its list or its bitmap; -1 after the last.</summary>
    private int Next(long row, ref int place)
    {
        var (_, cardinality, offset) = Row(row);
        if (cardinality <= MostListed) return place < cardinality ? ((ushort*)(section + offset))[place++] : -1;
        while (place < 65_536 && !Holds(section + offset, cardinality, (ushort)place)) place++;
        return place < 65_536 ? place++ : -1;
    }

    /// <summary>A list that does not ascend would be searched in vain, and a bitmap must hold as many as are counted.</summary>
    private static bool IsSound(byte* container, int cardinality)
    {
        if (cardinality > MostListed)
        {
            var set = 0;
            for (var i = 0; i < BitmapBytes / 8; i++) set += BitOperations.PopCount(((ulong*)container)[i]);
            return set == cardinality;
        }

        var listed = new ReadOnlySpan<ushort>(container, cardinality);
        for (var i = 1; i < listed.Length; i++)
        {
            if (listed[i] <= listed[i - 1]) return false;
        }

        return true;
    }

    private static bool Holds(byte* container, long cardinality, ushort low)
    {
        if (cardinality <= MostListed) return new ReadOnlySpan<ushort>(container, (int)cardinality).BinarySearch(low) >= 0;
        return (container[low >> 3] >> (low & 7) & 1) == 1;
    }

    private (long Chunk, long Cardinality, long Offset) Row(long i)
    {
        var row = section + HeadBytes + RowBytes * i;
        return (*(long*)row, *(long*)(row + 8), *(long*)(row + 16));
    }
}

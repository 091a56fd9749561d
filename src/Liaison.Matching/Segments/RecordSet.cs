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
        var total = 0L;
        for (var i = 0L; i < chunks; i++)
        {
            var (chunk, cardinality, offset) = set.Row(i);
            if (i > 0 && chunk <= set.Row(i - 1).Chunk) return null;
            if (cardinality is < 1 or > 65_536 || offset < HeadBytes + RowBytes * chunks || offset % 8 != 0) return null;
            if (offset > length - (cardinality <= MostListed ? 2 * cardinality : BitmapBytes)) return null;
            total += cardinality;
        }

        return total == count ? set : null;
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
            for (var low = 0; low < 65_536; low++)
            {
                var (chunk, cardinality) = Skip(i, ref low);
                if (low < 65_536 && cardinality > 0) yield return chunk << 16 | (uint)low;
            }
        }
    }

    /// <summary>Moves on to the next id of the chunk that is in the set, or to the chunk's end.</summary>
    private (long Chunk, int Cardinality) Skip(long row, ref int low)
    {
        var (chunk, cardinality, offset) = Row(row);
        while (low < 65_536 && !Holds(section + offset, cardinality, (ushort)low)) low++;
        return (chunk, cardinality);
    }

    private static bool Holds(byte* container, int cardinality, ushort low)
    {
        if (cardinality <= MostListed) return new ReadOnlySpan<ushort>(container, cardinality).BinarySearch(low) >= 0;
        return (container[low >> 3] >> (low & 7) & 1) == 1;
    }

    private (long Chunk, int Cardinality, long Offset) Row(long i)
    {
        var row = section + HeadBytes + RowBytes * i;
        return (*(long*)row, *(int*)(row + 8), *(long*)(row + 16));
    }
}

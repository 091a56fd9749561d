using System.Numerics;

namespace Liaison.Matching.Segments;

/// <summary>Collects record ids in any order, an eighth of a byte each where they lie close together.</summary>
internal sealed class RecordSetBuilder
{
    private readonly Dictionary<long, ulong[]> full = [];
    private readonly Dictionary<long, HashSet<ushort>> sparse = [];
    private long lastChunk = long.MinValue, lastListedChunk = long.MinValue;
    private ulong[]? last;
    private HashSet<ushort>? lastListed;

    public void Add(long record)
    {
        var (chunk, low) = (record >> 16, (ushort)record);
        if (chunk == lastChunk && last is not null)
        {
            last[low >> 6] |= 1ul << (low & 63);
            return;
        }

        if (chunk == lastListedChunk && lastListed is not null || !full.TryGetValue(chunk, out var bits))
        {
            if (chunk != lastListedChunk || lastListed is not { } listed)
            {
                if (!sparse.TryGetValue(chunk, out listed)) sparse[chunk] = listed = [];
                (lastListedChunk, lastListed) = (chunk, listed);
            }

            listed.Add(low);
            if (listed.Count <= RecordSet.MostListed / 4) return;
            bits = new ulong[RecordSet.BitmapBytes / 8];
            foreach (var id in listed) bits[id >> 6] |= 1ul << (id & 63);
            sparse.Remove(chunk);
            lastListed = null;
            full[chunk] = bits;
        }

        bits[low >> 6] |= 1ul << (low & 63);
        (lastChunk, last) = (chunk, bits);
    }

    public void Write(BlockWriter writer)
    {
        var rows = full.Select(c => (c.Key, Count: c.Value.Sum(BitOperations.PopCount)))
            .Concat(sparse.Select(c => (c.Key, c.Value.Count)))
            .OrderBy(c => c.Key).ToArray();
        writer.Write(rows.Sum(r => (long)r.Count));
        writer.Write(rows.LongLength);
        var offset = RecordSet.HeadBytes + RecordSet.RowBytes * rows.LongLength;
        foreach (var (chunk, count) in rows)
        {
            writer.Write(chunk);
            writer.Write((long)count);
            writer.Write(offset);
            offset += count > RecordSet.MostListed ? RecordSet.BitmapBytes : (2 * count + 7) / 8 * 8;
        }

        foreach (var (chunk, count) in rows)
        {
            if (count > RecordSet.MostListed)
            {
                foreach (var word in full[chunk]) writer.Write((long)word);
                continue;
            }

            foreach (var id in Listed(chunk)) writer.Write(id);
            writer.Align();
        }
    }

    private IEnumerable<ushort> Listed(long chunk)
    {
        if (sparse.TryGetValue(chunk, out var listed)) return listed.Order();
        var bits = full[chunk];
        return Enumerable.Range(0, 65_536).Where(id => (bits[id >> 6] >> (id & 63) & 1) == 1).Select(id => (ushort)id);
    }
}

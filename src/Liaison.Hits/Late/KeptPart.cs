namespace Liaison.Hits.Late;

/// <summary>Some marks of kept searches as they came, without order: looked through at some hundred million a second.</summary>
/// <remarks>One writer; others may read it when it is full or another one was begun.</remarks>
internal sealed class KeptPart(long period, long through)
{
    private const int Length = 1 << 18;

    private readonly ulong[] prints = new ulong[Length];
    private readonly long[] places = new long[Length];
    private int count;

    /// <summary>All are of rows of this period, or were found late.</summary>
    public long Period => period;

    /// <summary>Of the row up to which all are in this part or one before.</summary>
    public long Through { get; set; } = through;

    public bool IsFull => Volatile.Read(ref count) == Length;

    public IEnumerable<(ulong Print, long Place)> Marks
    {
        get
        {
            for (var i = 0; i < count; i++) yield return (prints[i], places[i]);
        }
    }

    public void Add(ulong print, long place)
    {
        (prints[count], places[count]) = (print, place);
        Volatile.Write(ref count, count + 1);
    }

    /// <summary>The marks of fingerprints, newest first, with the place of the fingerprint among those looked for.</summary>
    public IEnumerable<(int Print, long Place)> Find(LookedFor looked, int most)
    {
        var found = new Dictionary<ulong, int>();
        for (var i = count - 1; i >= 0; i--)
        {
            if (!looked.MayBe(prints[i])) continue;
            var first = looked.First(prints[i]);
            if (first < 0 || (found[prints[i]] = found.GetValueOrDefault(prints[i]) + 1) > most) continue;
            for (var print = first; print >= 0; print = looked.Next(print)) yield return (print, places[i]);
        }
    }
}

/// <summary>Fingerprints that are looked for, several of which may be the same.</summary>
internal sealed class LookedFor
{
    /// <summary>Enough for a page of fingerprints to leave out most of what is not looked for.</summary>
    private const int FilterBits = 1 << 20;

    private readonly Dictionary<ulong, int> last = [];
    private readonly int[] before;
    private readonly ulong[] filter = new ulong[FilterBits / 64];

    public LookedFor(ReadOnlySpan<ulong> prints)
    {
        before = new int[prints.Length];
        for (var i = 0; i < prints.Length; i++)
        {
            before[i] = First(prints[i]);
            last[prints[i]] = i;
            filter[(prints[i] & (FilterBits - 1)) >> 6] |= 1UL << (int)(prints[i] & 63);
        }
    }

    /// <summary>False when it is not looked for.</summary>
    public bool MayBe(ulong print) => (filter[(print & (FilterBits - 1)) >> 6] >> (int)(print & 63) & 1) != 0;

    /// <summary>A place where it is looked for; -1 when there is none.</summary>
    public int First(ulong print) => last.TryGetValue(print, out var place) ? place : -1;

    /// <summary>Another place of the same; -1 when there is none.</summary>
    public int Next(int place) => before[place];
}

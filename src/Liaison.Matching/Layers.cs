using Liaison.Matching.Segments;

namespace Liaison.Matching;

/// <summary>A snapshot of what the index is made of. The segments in it stay mapped as long as somebody holds it.</summary>
internal sealed class Layers
{
    private int holders = 1;

    public Layers(IReadOnlyList<Layer> older, Delta active)
    {
        (Older, Active) = ([.. older], active);
        foreach (var layer in Older) (layer as Segment)?.Retain();
    }

    /// <summary>Segments and deltas that nothing is applied to any more, oldest first.</summary>
    public Layer[] Older { get; }

    /// <summary>What changes are applied to.</summary>
    public Delta Active { get; }

    public IEnumerable<Segment> Segments => Older.OfType<Segment>();

    /// <summary>False when it was let go by all; whoever asks takes the newer one.</summary>
    public bool TryHold()
    {
        for (var now = Volatile.Read(ref holders); now > 0;)
        {
            var seen = Interlocked.CompareExchange(ref holders, now + 1, now);
            if (seen == now) return true;
            now = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref holders) != 0) return;
        foreach (var layer in Older) (layer as Segment)?.Release();
    }

    /// <summary>True when a layer newer than the given one has a word on the record.</summary>
    public bool IsHidden(long record, int layer)
    {
        for (var i = Older.Length - 1; i > layer; i--)
        {
            if (Older[i].Of(record) != Word.Silent) return true;
        }

        return Active.Of(record) != Word.Silent;
    }

    /// <summary>Whether the record is known by the layers up to one, newest first.</summary>
    public bool Knows(long record, int newest)
    {
        for (var i = newest; i >= 0; i--)
        {
            var word = Older[i].Of(record);
            if (word != Word.Silent) return word == Word.Known;
        }

        return false;
    }
}

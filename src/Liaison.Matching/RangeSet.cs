using System.Runtime.InteropServices;
using Liaison.Kernel.Text;

namespace Liaison.Matching;

/// <summary>
/// The ranges of one issuer and one length, sorted by their folded first number, with the greatest last number up to each place: the
/// ranges around a number are found by walking back from the last one that begins at or before it, until none before reaches it.
/// Folding leaves digits alone and treats all numbers of a range alike, so a range of numbers folds to a range of folded texts.
/// </summary>
internal sealed class RangeSet
{
    public static readonly RangeSet Empty = new([]);

    private readonly Folded[] ranges;

    private RangeSet(Folded[] sorted)
    {
        ranges = sorted;
        var reach = "";
        foreach (ref var range in ranges.AsSpan())
        {
            if (string.CompareOrdinal(range.Last, reach) > 0) reach = range.Last;
            range.Reach = reach;
        }
    }

    public bool IsEmpty => ranges.Length == 0;

    /// <summary>A set with these ranges; one of a record that is here already takes its place.</summary>
    public RangeSet With(IReadOnlyDictionary<long, IndexedRange> arriving)
    {
        var kept = Array.FindAll(ranges, range => !arriving.ContainsKey(range.Entry.Record));
        Folded[] all = [.. kept, .. arriving.Values.Select(entry => new Folded(entry))];
        Array.Sort(all, (a, b) => string.CompareOrdinal(a.First, b.First));
        return new RangeSet(all);
    }

    public RangeSet Without(IReadOnlySet<long> leaving) => new(Array.FindAll(ranges, range => !leaving.Contains(range.Entry.Record)));

    /// <summary>Ranks the ranges that hold the number asked, or one that folds alike.</summary>
    public void Find(in Question question, ReadOnlySpan<char> folded, ref Ranking ranking)
    {
        var digitsFrom = folded.LastIndexOfAnyExceptInRange('0', '9') + 1;
        for (var i = CountUpTo(folded) - 1; i >= 0 && folded.SequenceCompareTo(ranges[i].Reach) <= 0; i--)
        {
            ref readonly var range = ref ranges[i];
            // Between AB10 and AB20 lies AB1C too, in the order of characters; its tail does not count.
            if (folded.SequenceCompareTo(range.Last) > 0 || digitsFrom > range.Entry.Range.PrefixLength) continue;

            var entry = range.Entry;
            var match = entry.Range.Contains(question.Number) ? NumberMatch.Range : NumberMatch.RangeConfusable;
            ranking.Add(new(entry.Record, match, Facets.Issuer(question, entry.Issuer), Facets.Kind(question, entry.Kind)));
        }
    }

    private int CountUpTo(ReadOnlySpan<char> folded)
    {
        var (low, high) = (0, ranges.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (folded.SequenceCompareTo(ranges[middle].First) >= 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Folded(IndexedRange entry)
    {
        public readonly IndexedRange Entry = entry;
        public readonly string First = Confusables.Fold(entry.Range.First.Text);
        public readonly string Last = Confusables.Fold(entry.Range.Last.Text);
        public string Reach = "";
    }
}

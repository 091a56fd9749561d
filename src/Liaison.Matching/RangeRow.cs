using System.Runtime.InteropServices;

namespace Liaison.Matching;

/// <summary>
/// A range as it stands in memory and in a segment, in rows sorted by issuer, length and folded first number. Folding leaves digits alone
/// and treats all numbers of a range alike, so a range of numbers folds to a range of folded texts.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct RangeRow(IndexedRange range) : IComparable<RangeRow>
{
    public readonly NumberKey First = range.Range.First;
    public readonly NumberKey Last = range.Range.Last;

    /// <summary>The greatest folded last number of the rows of this issuer and length up to here.</summary>
    public NumberKey Reach;
    public readonly long Record = range.Record;
    public readonly ushort Issuer = range.Issuer;
    public readonly byte Kind = range.Kind;
    public readonly byte PrefixLength = (byte)range.Range.PrefixLength;
    private readonly uint unused;

    public readonly int CompareTo(RangeRow other)
    {
        var group = (Issuer, First.Length).CompareTo((other.Issuer, other.First.Length));
        return group != 0 ? group : First.Fold().CompareTo(other.First.Fold());
    }

    /// <summary>The range again, to be kept in another layer.</summary>
    public readonly IndexedRange ToChange() =>
        NumberRange.TryCreate(First, Last, out var range) is RangeFault.None
            ? new(Record, range, Issuer, Kind)
            : throw new InvalidDataException("A row of ranges holds none.");

    /// <summary>Sorts the rows and fills in <see cref="Reach"/>.</summary>
    public static void Arrange(Span<RangeRow> rows)
    {
        rows.Sort();
        FillReach(rows);
    }

    private static void FillReach(Span<RangeRow> rows)
    {
        var reach = default(NumberKey);
        for (var i = 0; i < rows.Length; i++)
        {
            if (i > 0 && !IsOf(rows[i], rows[i - 1].Issuer, rows[i - 1].First.Length)) reach = default;
            var last = rows[i].Last.Fold();
            if (last.CompareTo(reach) > 0) reach = last;
            rows[i].Reach = reach;
        }
    }

    /// <summary>Whether the rows are ranges, sorted, and reach as far as they say: what <see cref="Find"/> relies on.</summary>
    public static bool AreSound(ReadOnlySpan<RangeRow> rows)
    {
        var arranged = rows.ToArray();
        foreach (ref readonly var row in rows)
        {
            if (!IsKey(row.First) || !IsKey(row.Last) || row.Kind > IndexChange.MaxKind) return false;
            if (NumberRange.TryCreate(row.First, row.Last, out var range) is not RangeFault.None || range.PrefixLength != row.PrefixLength) return false;
        }

        for (var i = 1; i < rows.Length; i++)
        {
            if (rows[i - 1].CompareTo(rows[i]) > 0) return false;
        }

        FillReach(arranged);
        for (var i = 0; i < rows.Length; i++)
        {
            if (arranged[i].Reach != rows[i].Reach) return false;
        }

        return true;

        static bool IsKey(in NumberKey key) => key.Length <= NumberKey.MaxLength && NumberKey.TryParse(key.Text, out var same) && same == key;
    }

    /// <summary>
    /// Finds the ranges that hold the number asked, or one that folds alike: walks back from the last one that begins at or before it,
    /// until none before reaches it.
    /// </summary>
    public static void Find(
        ReadOnlySpan<RangeRow> rows, ushort issuer, in Question question, in NumberKey folded, ref Findings findings, int layer)
    {
        var digitsFrom = folded.DigitsFrom();
        for (var i = CountUpTo(rows, issuer, folded) - 1; i >= 0; i--)
        {
            ref readonly var row = ref rows[i];
            if (!IsOf(row, issuer, folded.Length) || folded.CompareTo(row.Reach) > 0) return;
            // Between AB10 and AB20 lies AB1C too, in the order of characters; its tail does not count.
            if (folded.CompareTo(row.Last.Fold()) > 0 || digitsFrom > row.PrefixLength) continue;

            var match = row.Contains(question.Number) ? NumberMatch.Range : NumberMatch.RangeConfusable;
            findings.Add(new(row.Record, match, Facets.Issuer(question, issuer), Facets.Kind(question, row.Kind)), layer);
        }
    }

    private readonly bool Contains(in NumberKey number) =>
        number.Length == First.Length && number.DigitsFrom() == PrefixLength && First.CompareTo(number) <= 0 && number.CompareTo(Last) <= 0;

    private static bool IsOf(in RangeRow row, ushort issuer, int length) => row.Issuer == issuer && row.First.Length == length;

    private static int CountUpTo(ReadOnlySpan<RangeRow> rows, ushort issuer, in NumberKey folded)
    {
        var (low, high) = (0, rows.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            ref readonly var row = ref rows[middle];
            var group = (row.Issuer, row.First.Length).CompareTo((issuer, folded.Length));
            if (group < 0 || (group == 0 && row.First.Fold().CompareTo(folded) <= 0)) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}

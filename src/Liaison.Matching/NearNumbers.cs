using System.Collections.Concurrent;
using Liaison.Kernel.Text;

namespace Liaison.Matching;

/// <summary>
/// Numbers one slip away, by asking for each of them: for nine characters 9 × 25 to 27 replacements and 8 swaps, each one probe. A
/// table of all neighbours would make the index a hundred times larger for a question asked seldom.
/// </summary>
internal static class NearNumbers
{
    /// <summary>Postings are kept by folded number, so one probe per class of look-alikes covers every character of the class.</summary>
    private static readonly char[] Alphabet =
        [.. "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".Select(Confusables.Fold).Distinct()];

    public static void Find(
        ConcurrentDictionary<string, IndexedNumber[]> numbers, in Question question, ReadOnlySpan<char> folded, ref Ranking ranking)
    {
        var lookup = numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> probe = stackalloc char[NumberKey.MaxLength];
        probe = probe[..folded.Length];
        folded.CopyTo(probe);

        for (var i = 0; i < probe.Length; i++)
        {
            foreach (var c in Alphabet)
            {
                // Within one class the number is confusable, which is stronger, and found already.
                if (c == folded[i]) continue;
                probe[i] = c;
                if (lookup.TryGetValue(probe, out var posting)) Add(posting, question, NumberMatch.Substituted, ref ranking);
            }

            probe[i] = folded[i];
        }

        for (var i = 0; i + 1 < probe.Length; i++)
        {
            if (folded[i] == folded[i + 1]) continue;
            (probe[i], probe[i + 1]) = (folded[i + 1], folded[i]);
            if (lookup.TryGetValue(probe, out var posting)) Add(posting, question, NumberMatch.Transposed, ref ranking);
            (probe[i], probe[i + 1]) = (folded[i], folded[i + 1]);
        }
    }

    private static void Add(IndexedNumber[] posting, in Question question, NumberMatch slip, ref Ranking ranking)
    {
        foreach (var entry in posting)
        {
            // The probe was folded: besides the slip, the characters must be the very same.
            var (asked, known) = (question.Number.Text, entry.Number.Text);
            var first = asked.AsSpan().CommonPrefixLength(known);
            var rest = first + (slip == NumberMatch.Substituted ? 1 : 2);
            if (rest > asked.Length || !asked.AsSpan(rest).SequenceEqual(known.AsSpan(rest))) continue;
            if (slip == NumberMatch.Transposed && (asked[first] != known[first + 1] || asked[first + 1] != known[first])) continue;

            var issuer = Facets.Issuer(question, entry.Issuer);
            if (issuer != FacetMatch.Other) ranking.Add(new(entry.Record, slip, issuer, Facets.Kind(question, entry.Kind)));
        }
    }
}

namespace Liaison.Matching;

/// <summary>
/// Numbers one slip away, by asking for each of them: for nine characters 9 × 26 replacements and 8 swaps, each one probe. A table of
/// all neighbours would make the index a hundred times larger for a question asked seldom.
/// </summary>
internal static class NearNumbers
{
    /// <summary>Entries are kept by folded number, so one probe per class of look-alikes covers every character of the class.</summary>
    public static void Find(ReadOnlySpan<Layer> layers, int firstLayer, in Question question, in NumberKey folded, ref Findings findings)
    {
        var codes = Codes.Folded;
        Span<NumberKey> probes = stackalloc NumberKey[NumberKey.MaxLength + codes.Length];
        for (var i = 0; i < folded.Length; i++)
        {
            var own = folded.CodeAt(i);
            var count = 0;
            foreach (var code in codes)
            {
                // Within one class the number is confusable, which is stronger, and found already.
                if (code != own) probes[count++] = folded.With(i, code);
            }

            Find(layers, firstLayer, question, probes[..count], NumberMatch.Substituted, ref findings);
        }

        var swaps = 0;
        for (var i = 0; i + 1 < folded.Length; i++)
        {
            var (left, right) = (folded.CodeAt(i), folded.CodeAt(i + 1));
            if (left != right) probes[swaps++] = folded.With(i, right).With(i + 1, left);
        }

        Find(layers, firstLayer, question, probes[..swaps], NumberMatch.Transposed, ref findings);
    }

    /// <summary>The probe was folded: besides the slip, the characters must be the very same.</summary>
    public static bool DiffersOnlyBy(NumberMatch slip, in NumberKey asked, in NumberKey known)
    {
        if (asked.Length != known.Length) return false;
        var first = 0;
        while (first < asked.Length && asked.CodeAt(first) == known.CodeAt(first)) first++;
        if (first == asked.Length) return false;
        if (slip == NumberMatch.Substituted) return asked.With(first, known.CodeAt(first)) == known;
        return first + 1 < asked.Length
            && asked.With(first, asked.CodeAt(first + 1)).With(first + 1, asked.CodeAt(first)) == known;
    }

    private static void Find(
        ReadOnlySpan<Layer> layers, int firstLayer, in Question question, ReadOnlySpan<NumberKey> probes, NumberMatch slip, ref Findings findings)
    {
        Span<ulong> hashes = stackalloc ulong[probes.Length];
        for (var i = 0; i < probes.Length; i++)
        {
            hashes[i] = NumberHash.Of(probes[i]);
            foreach (var layer in layers) layer.Prefetch(hashes[i]);
        }

        for (var i = 0; i < probes.Length; i++)
        {
            for (var j = 0; j < layers.Length; j++) layers[j].Find(probes[i], hashes[i], question, slip, ref findings, firstLayer + j);
        }
    }
}

using Liaison.Kernel.Text;

namespace Liaison.Kernel.Mrz;

/// <summary>
/// Finds the numbers that look-alike replacements make fit a check digit. A digit modulo 10 lets one wrong number in ten pass, so only
/// the smallest count of replacements that leaves exactly one candidate is taken as proof.
/// </summary>
/// <param name="number">The number as it stands, fillers included.</param>
/// <param name="free">Per place, whether it may hold both letters and digits.</param>
/// <param name="readings">The ways in which the digit may have been computed: one, or two for a long number.</param>
/// <param name="digit">The check digit, 0–9.</param>
internal sealed class NumberProof(string number, bool[] free, NumberProof.Reading[] readings, int digit)
{
    /// <summary>More replacements than this prove nothing.</summary>
    internal const int MostReplacements = 3;

    /// <summary>So many candidates are as good as none; the list ends there.</summary>
    internal const int MostCandidates = 64;

    /// <summary>
    /// Where a number's characters stand in the text that its digit covers: <paramref name="Offset"/> characters with the sum
    /// <paramref name="Sum"/> come before, and a filler at place <paramref name="FillerAt"/> of the number.
    /// </summary>
    internal readonly record struct Reading(int Offset, int Sum, int FillerAt)
    {
        internal int Weight(int place) => CheckDigit.Weight(Offset + place + (place >= FillerAt ? 1 : 0));
    }

    internal bool Fits => Array.Exists(readings, reading => Sum(reading) % 10 == digit);

    /// <summary>The numbers with exactly so many replaced characters that fit, by place of the first replaced one.</summary>
    internal List<string> Candidates(int replacements)
    {
        List<string> found = [];
        Span<int> sums = stackalloc int[readings.Length];
        for (var i = 0; i < readings.Length; i++) sums[i] = Sum(readings[i]);
        Replace(number.ToCharArray(), 0, replacements, sums, found);
        return found;
    }

    /// <summary>The candidates of the smallest count of replacements that has any; a single one is the proof.</summary>
    internal List<string> Smallest()
    {
        for (var replacements = 1; replacements <= MostReplacements; replacements++)
        {
            if (Candidates(replacements) is { Count: > 0 } found) return found;
        }

        return [];
    }

    private int Sum(Reading reading)
    {
        var sum = reading.Sum;
        for (var i = 0; i < number.Length; i++) sum += CheckDigit.ValueOf(number[i]) * reading.Weight(i);
        return sum;
    }

    private void Replace(char[] text, int from, int left, ReadOnlySpan<int> sums, List<string> found)
    {
        if (left == 0)
        {
            foreach (var sum in sums)
            {
                if (sum % 10 != digit) continue;
                found.Add(new string(text));
                return;
            }

            return;
        }

        Span<int> changed = stackalloc int[sums.Length];
        for (var i = from; i < text.Length && found.Count < MostCandidates; i++)
        {
            if (!free[i]) continue;
            var printed = text[i];
            foreach (var other in Confusables.LookAlikes(printed))
            {
                var difference = CheckDigit.ValueOf(other) - CheckDigit.ValueOf(printed);
                for (var r = 0; r < sums.Length; r++) changed[r] = sums[r] + difference * readings[r].Weight(i);
                text[i] = other;
                Replace(text, i + 1, left - 1, changed, found);
            }

            text[i] = printed;
        }
    }
}

using System.Globalization;

namespace Liaison.TravelDocuments.Demo;

/// <summary>
/// Deals out numbers so that none is given twice and no single number lies inside a blank range of its issuer: a hub would refuse both.
/// The ranges are laid out first, so that single numbers can keep clear of them.
/// </summary>
internal sealed class DemoNumbers
{
    private static readonly int[] RangeSizes = [10, 20, 25, 50, 100, 100, 200, 250, 500, 1_000, 2_500, 5_000];

    // Room for twenty of the largest boxes; nine digits are as many as an int counts.
    private const int ShortestCounter = 5, MostDigits = 9;

    private readonly DemoFormats formats;
    private readonly SplitMix64 random;
    private readonly HashSet<(string Issuer, string Kind, string Number)> given = [];
    private readonly Dictionary<(string Issuer, string Prefix, int Length), List<(long From, long To)>> taken = [];
    private readonly Queue<(DemoNumberFormat Format, string From, string To)> ranges = [];

    public DemoNumbers(DemoFormats formats, SplitMix64 random, int rangeCount)
    {
        (this.formats, this.random) = (formats, random);
        while (ranges.Count < rangeCount) LayOutRange();
    }

    /// <summary>The next blank range, if one is left.</summary>
    public bool NextRange(out (DemoNumberFormat Format, string From, string To) range) => ranges.TryDequeue(out range);

    public (DemoNumberFormat Format, string Number) NextNumber()
    {
        while (true)
        {
            // A new format at each try: a small series that is nearly used up cannot hold the generator.
            var format = formats.Pick(random);
            var number = format.Draw(random);
            var compact = Compact(number);
            if (!InRange(format.Issuer, compact, compact) && given.Add((format.Issuer, format.Kind, compact))) return (format, number);
        }
    }

    private void LayOutRange()
    {
        var format = formats.Pick(random);
        var size = random.Pick(RangeSizes);
        if (format.Counter < ShortestCounter || format.Pattern.Contains(' ', StringComparison.Ordinal)) return;

        // Blanks leave the printer in boxes: a range starts where a box of its size starts.
        var digits = Math.Min(format.Counter, MostDigits);
        var boxes = int.Parse("1".PadRight(digits + 1, '0'), CultureInfo.InvariantCulture) / size;
        var first = (long)random.Below(boxes) * size;
        var drawn = format.Draw(random);
        var from = drawn[..^digits] + first.ToString("D" + digits, CultureInfo.InvariantCulture);
        var to = drawn[..^digits] + (first + size - 1).ToString("D" + digits, CultureInfo.InvariantCulture);
        if (InRange(format.Issuer, from, to)) return;

        var (prefix, start) = Split(from);
        var key = (format.Issuer, prefix, from.Length);
        if (!taken.TryGetValue(key, out var intervals)) taken[key] = intervals = [];
        intervals.Add((start, Split(to).Value));
        ranges.Enqueue((format, from, to));
    }

    /// <summary>True when the span from–to touches a range of the issuer, whatever the kind.</summary>
    private bool InRange(string issuer, string from, string to)
    {
        var (prefix, first) = Split(from);
        var last = Split(to).Value;
        return taken.TryGetValue((issuer, prefix, from.Length), out var intervals)
            && intervals.Exists(interval => first <= interval.To && interval.From <= last);
    }

    /// <summary>The part up to the last letter, and the digits after it as a number.</summary>
    private static (string Prefix, long Value) Split(string number)
    {
        var prefix = number.TrimEnd("0123456789".ToCharArray());
        return (prefix, prefix.Length == number.Length ? 0 : long.Parse(number.AsSpan(prefix.Length), CultureInfo.InvariantCulture));
    }

    /// <summary>Separators do not tell two numbers apart.</summary>
    private static string Compact(string number) =>
        number.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}

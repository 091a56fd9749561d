using Liaison.TravelDocuments.Demo;
using Liaison.TravelDocuments.Domain;

namespace Liaison.Bench.Corpora;

/// <summary>One synthetic document.</summary>
/// <param name="Number">As the index compares it: without separators.</param>
internal readonly record struct Sample(string Issuer, string Kind, byte KindBit, string Number);

/// <summary>
/// Documents in the formats and with the shares of the demo data, any of them by its place: the same place gives the same document on every
/// machine, and no document stands at two places.
/// </summary>
/// <remarks>Immutable, thread-safe.</remarks>
internal sealed class Corpus
{
    private readonly Series[] series;
    private readonly int[] bySlot;
    private readonly int turn;

    private Corpus(IReadOnlyList<DemoNumberFormat> formats)
    {
        series = new Series[formats.Count];
        turn = formats.Sum(f => f.Weight);
        bySlot = new int[turn];
        var slot = 0;
        Capacity = long.MaxValue;
        for (var i = 0; i < series.Length; i++)
        {
            series[i] = new(formats[i], slot, (ulong)i + 1);
            Capacity = Math.Min(Capacity, series[i].Numbers.Size / formats[i].Weight * turn);
            for (var end = slot + formats[i].Weight; slot < end; slot++) bySlot[slot] = i;
        }
    }

    /// <summary>How many places there are: the smallest series is used up there.</summary>
    public long Capacity { get; }

    /// <summary>Every issuer and kind of the demo data.</summary>
    public static Corpus OfEverybody() => new(Distinct(DemoFormats.Load().All));

    /// <summary>Only numbers of so many characters.</summary>
    public static Corpus OfLength(int characters) =>
        new([.. Distinct(DemoFormats.Load().All).Where(f => f.Pattern.Length == characters)]);

    /// <summary>What one member alone would send. Formats too small for so many documents are left out.</summary>
    public static Corpus OfIssuer(string issuer, long documents)
    {
        var own = Distinct(DemoFormats.Load().All.Where(f => f.Issuer == issuer));
        while (own.Count > 1)
        {
            var turn = own.Sum(f => f.Weight);
            var roomy = own.Where(f => Series.Count(f) / f.Weight * turn >= documents).ToList();
            if (roomy.Count == own.Count) break;
            own = roomy.Count > 0 ? roomy : [own.MaxBy(Series.Count)!];
        }

        return new(own);
    }

    public Sample At(long place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(place, Capacity);
        var slot = (int)(place % turn);
        var from = series[bySlot[slot]];
        return from.At(place / turn * from.Format.Weight + (slot - from.FirstSlot));
    }

    /// <summary>One series for each issuer, kind and look, so that no number is dealt out twice.</summary>
    private static List<DemoNumberFormat> Distinct(IEnumerable<DemoNumberFormat> formats)
    {
        var taken = new List<DemoNumberFormat>();
        foreach (var format in formats)
        {
            var pattern = format.Pattern.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
            // Series of one kind that can meet (AA999999 and GA999999) count as one: the first stands for both.
            var met = taken.FindIndex(t => t.Issuer == format.Issuer && t.Kind == format.Kind && Series.CanMeet(t.Pattern, pattern));
            if (met < 0) taken.Add(format with { Pattern = pattern });
            else taken[met] = taken[met] with { Weight = taken[met].Weight + format.Weight };
        }

        return taken;
    }

    private sealed class Series(DemoNumberFormat format, int firstSlot, ulong seed)
    {
        private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Digits = "0123456789", Careful = "CFGHJKLMNPRTVWXYZ0123456789";
        private readonly byte kind = DocumentCodes.KindBit(format.Kind);

        public DemoNumberFormat Format => format;

        public int FirstSlot => firstSlot;

        public Permutation Numbers { get; } = new(Count(format), seed);

        public static long Count(DemoNumberFormat format) =>
            (long)format.Pattern.Aggregate((UInt128)1, (count, symbol) => UInt128.Min(count * (uint)Choices(symbol).Length, 1ul << 60));

        public static bool CanMeet(string one, string other) =>
            one.Length == other.Length && !one.Where((symbol, i) => !Choices(symbol).Intersect(Choices(other[i])).Any()).Any();

        public Sample At(long place) => new(format.Issuer, format.Kind, kind, string.Create(format.Pattern.Length, (this, place), static (text, from) =>
        {
            var left = from.Item1.Numbers.At(from.place);
            for (var i = text.Length - 1; i >= 0; i--)
            {
                var choices = Choices(from.Item1.Format.Pattern[i]);
                (left, var chosen) = Math.DivRem(left, choices.Length);
                text[i] = choices[(int)chosen];
            }
        }));

        private static string Choices(char symbol) => symbol switch
        {
            '9' => Digits,
            'A' => Letters,
            'x' => Careful,
            _ => Fixed[symbol],
        };

        private static readonly string[] Fixed = [.. Enumerable.Range(0, 128).Select(c => ((char)c).ToString())];
    }
}

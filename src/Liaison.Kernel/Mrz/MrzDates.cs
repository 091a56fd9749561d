using System.Globalization;
using Liaison.Kernel.Time;

namespace Liaison.Kernel.Mrz;

/// <summary>Reads the six characters YYMMDD. Unknown parts are fillers (ICAO 9303-3 §4.8); some issuers print 00 for them.</summary>
internal static class MrzDates
{
    /// <summary>Nobody who crosses a border is older, in years.</summary>
    internal const int OldestHolder = 130;

    /// <summary>A birth date is never in the future: the last matching century that is not.</summary>
    internal static MrzDate Birth(string printed, ReadOnlySpan<char> read, DateOnly today)
    {
        var (completeness, year) = Read(read);
        if (year < 0) return new(printed, completeness, null, null);
        var latest = today.Year - Modulo(today.Year - year, 100);
        var date = Make(latest, read);
        if (date is { } future && future.Earliest > today) date = null;
        var earlier = Make(latest - 100, read);
        if (earlier is { } old && today.Year - old.Year > OldestHolder) earlier = null;
        if (date is null) (date, earlier) = (earlier, null);
        return new(printed, date is null ? MrzDateCompleteness.Malformed : completeness, date, earlier);
    }

    /// <summary>No document is valid for 50 years: the year within 50 years before and 49 after today.</summary>
    internal static MrzDate Expiry(string printed, ReadOnlySpan<char> read, DateOnly today)
    {
        var (completeness, year) = Read(read);
        if (year < 0) return new(printed, completeness, null, null);
        var first = today.Year - 50;
        var date = Make(first + Modulo(year - first, 100), read);
        return new(printed, date is null ? MrzDateCompleteness.Malformed : completeness, date, null);
    }

    /// <summary>The completeness, and the two-digit year or −1 when no date can be made of the field.</summary>
    private static (MrzDateCompleteness Completeness, int Year) Read(ReadOnlySpan<char> read)
    {
        if (read.TrimEnd('<').IsEmpty) return (MrzDateCompleteness.Unknown, -1);
        Span<int> parts = stackalloc int[3];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = Part(read.Slice(2 * i, 2));
            if (parts[i] == Malformed) return (MrzDateCompleteness.Malformed, -1);
        }

        if (parts[0] == NotKnown) return (MrzDateCompleteness.PartiallyUnknown, -1);
        return (parts[1] > 0 && parts[2] > 0 ? MrzDateCompleteness.Complete : MrzDateCompleteness.PartiallyUnknown, parts[0]);
    }

    private const int NotKnown = -1, Malformed = -2;

    private static int Part(ReadOnlySpan<char> two) => two is "<<" ? NotKnown
        : char.IsAsciiDigit(two[0]) && char.IsAsciiDigit(two[1]) ? (two[0] - '0') * 10 + (two[1] - '0') : Malformed;

    /// <summary>Null when the day does not exist, or the year is out of every window.</summary>
    private static PartialDate? Make(int year, ReadOnlySpan<char> read)
    {
        if (year is < PartialDate.FirstYear or > PartialDate.LastYear) return null;
        var (month, day) = (Part(read.Slice(2, 2)), Part(read.Slice(4, 2)));
        var text = month <= 0 ? string.Create(CultureInfo.InvariantCulture, $"{year:D4}")
            : day <= 0 ? string.Create(CultureInfo.InvariantCulture, $"{year:D4}-{month:D2}")
            : string.Create(CultureInfo.InvariantCulture, $"{year:D4}-{month:D2}-{day:D2}");
        return PartialDate.TryParse(text, out var date) ? date : null;
    }

    private static int Modulo(int value, int divisor) => ((value % divisor) + divisor) % divisor;
}

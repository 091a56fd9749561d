using System.Globalization;

namespace Liaison.Kernel.Time;

/// <summary>
/// A date known to the day, to the month or only to the year, as police reports give it. Text form ISO 8601 reduced precision:
/// <c>2024-05-17</c>, <c>2024-05</c>, <c>2024</c>. Proleptic Gregorian calendar, years 1900 to 2199.
/// </summary>
/// <remarks>Immutable value; equality is by what is known. Thread-safe.</remarks>
public readonly record struct PartialDate
{
    /// <summary>Years outside this window are typing errors in this field of work.</summary>
    public const int FirstYear = 1900, LastYear = 2199;

    private PartialDate(int year, int month, int day) => (Year, Month, Day) = (year, month, day);

    public int Year { get; }

    /// <summary>1–12, or 0 when the month is not known.</summary>
    public int Month { get; }

    /// <summary>1–31, or 0 when the day is not known.</summary>
    public int Day { get; }

    /// <summary>The first day that the date can mean.</summary>
    public DateOnly Earliest => new(Year, Month == 0 ? 1 : Month, Day == 0 ? 1 : Day);

    /// <summary>The last day that the date can mean.</summary>
    public DateOnly Latest => Day != 0 ? Earliest
        : Month != 0 ? new(Year, Month, DateTime.DaysInMonth(Year, Month)) : new(Year, 12, 31);

    public static PartialDate Of(DateOnly day) => new(day.Year, day.Month, day.Day);

    /// <summary>Reads <c>YYYY</c>, <c>YYYY-MM</c> or <c>YYYY-MM-DD</c>; anything else, or a day that does not exist, is false.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PartialDate date)
    {
        date = default;
        if (text.Length is not (4 or 7 or 10) || !Digits(text[..4], out var year) || year is < FirstYear or > LastYear) return false;
        int month = 0, day = 0;
        if (text.Length >= 7 && (text[4] != '-' || !Digits(text[5..7], out month) || month is < 1 or > 12)) return false;
        if (text.Length == 10 && (text[7] != '-' || !Digits(text[8..10], out day) || day < 1 || day > DateTime.DaysInMonth(year, month)))
            return false;
        date = new(year, month, day);
        return true;
    }

    public override string ToString() => (Month, Day) switch
    {
        (0, _) => string.Create(CultureInfo.InvariantCulture, $"{Year:D4}"),
        (_, 0) => string.Create(CultureInfo.InvariantCulture, $"{Year:D4}-{Month:D2}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Year:D4}-{Month:D2}-{Day:D2}"),
    };

    private static bool Digits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            value = value * 10 + (c - '0');
        }

        return true;
    }
}

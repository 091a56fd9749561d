using System.Globalization;
using Liaison.Kernel.Parsing;

namespace Liaison.Kernel.Time;

/// <summary>
/// When a desk is staffed: always, or on days of the week from one time to another in an IANA time zone, and not on its holidays.
/// </summary>
/// <remarks>Immutable, thread-safe. Pure: every moment is an argument.</remarks>
public sealed class OpeningHours
{
    private const string RoundTheClock = "24/7";
    private const int MostParts = 14;
    private static readonly string[] DayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    private readonly List<(int From, int To)>[] week;
    private readonly HashSet<DateOnly> holidays;
    private readonly TimeZoneInfo? zone;

    private OpeningHours(List<(int From, int To)>[] week, TimeZoneInfo? zone, HashSet<DateOnly> holidays)
    {
        (this.week, this.zone, this.holidays) = (week, zone, holidays);
        int[] minutes = zone is null ? [.. Enumerable.Repeat(24 * 60, 7)] : [.. week.Select(Staffed)];
        (ShareOfWeek, LongestDay) = (minutes.Sum() / (7.0 * 24 * 60), TimeSpan.FromMinutes(minutes.Max()));
    }

    /// <summary>Day and night.</summary>
    public static OpeningHours Always { get; } = new([], null, []);

    public bool IsAlways => zone is null;

    /// <summary>How much of a week without holidays the desk is staffed, 0 to 1; stretches that overlap count once.</summary>
    public double ShareOfWeek { get; }

    /// <summary>How long the desk is staffed on the day of the week on which it is staffed longest.</summary>
    public TimeSpan LongestDay { get; }

    /// <summary><c>24/7</c>, or parts with commas between them: <c>Mon-Fri 08:00-18:00, Sat 09:00-13:00</c>.</summary>
    /// <param name="hours">As above; a part ends on the day it begins, at 24:00 at the latest.</param>
    /// <param name="timeZone">IANA, as <c>Europe/Paris</c>.</param>
    /// <param name="closed">Days on which nobody is there.</param>
    public static Parsed<OpeningHours> Parse(string hours, string timeZone, IEnumerable<DateOnly> closed)
    {
        if (hours.Trim() == RoundTheClock) return Always;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone) || !zone.HasIanaId)
            return new FieldProblem("timeZone", "timeZone", "Give an IANA time zone, as Europe/Paris.");
        var week = new List<(int From, int To)>[7];
        for (var day = 0; day < 7; day++) week[day] = [];
        var parts = hours.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length > MostParts || !parts.All(part => TryAdd(part, week)))
            return new FieldProblem("hours", "openingHours", "Give 24/7, or days and times, as Mon-Fri 08:00-18:00, Sat 09:00-13:00.");
        foreach (var day in week) day.Sort();
        return new OpeningHours(week, zone, [.. closed]);
    }

    /// <summary>True when the desk is staffed at the moment, the moment at which it closes included.</summary>
    public bool IsOpen(DateTimeOffset moment)
    {
        if (zone is null) return true;
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, zone).DateTime);
        // The day before may end at midnight, which is a moment of this one.
        return Stretches(day.AddDays(-1)).Concat(Stretches(day)).Any(open => open.From <= moment && moment <= open.To);
    }

    /// <summary>
    /// The moment at which the desk has been open for so long since the start, or has been closed for <paramref name="closed"/> meanwhile, which comes
    /// first: a clock must not stand still for ever, as when every day is a holiday. A longer time never ends earlier.
    /// </summary>
    public DateTimeOffset Add(DateTimeOffset start, TimeSpan open, TimeSpan closed)
    {
        var latest = start + open + closed;
        if (zone is null || open <= TimeSpan.Zero) return start + open;
        var first = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(start, zone).DateTime);
        var (left, reached) = (open, start);
        for (var ahead = -1; reached < latest && ahead <= (open + closed).TotalDays + 1; ahead++)
        {
            foreach (var (from, to) in Stretches(first.AddDays(ahead)))
            {
                var begin = from > reached ? from : reached;
                if (to <= begin) continue;
                if (to - begin >= left) return (begin + left < latest ? begin + left : latest).ToOffset(TimeSpan.Zero);
                left -= to - begin;
                reached = to;
            }
        }

        return latest;
    }

    private IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Stretches(DateOnly day)
    {
        if (holidays.Contains(day)) yield break;
        // .NET counts from Sunday, the list from Monday.
        foreach (var (from, to) in week[((int)day.DayOfWeek + 6) % 7])
            yield return (Moment(day, from, isEnd: false), Moment(day, to, isEnd: true));
    }

    /// <summary>
    /// A time that the clocks skip is the moment at which they are put forward; of one that comes twice the day takes the longer stretch: it opens at
    /// the first and closes at the second.
    /// </summary>
    private DateTimeOffset Moment(DateOnly day, int minutes, bool isEnd)
    {
        var local = day.ToDateTime(TimeOnly.MinValue).AddMinutes(minutes);
        while (zone!.IsInvalidTime(local)) local = local.AddMinutes(1);
        var offset = !zone.IsAmbiguousTime(local) ? zone.GetUtcOffset(local)
            : isEnd ? zone.GetAmbiguousTimeOffsets(local).Min() : zone.GetAmbiguousTimeOffsets(local).Max();
        return new DateTimeOffset(local, offset);
    }

    private static int Staffed(List<(int From, int To)> day) => Enumerable.Range(0, 24 * 60).Count(m => day.Any(s => s.From <= m && m < s.To));

    private static bool TryAdd(string part, List<(int From, int To)>[] week)
    {
        if (part.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var days, var times]) return false;
        if (days.Split('-') is not [var firstName, .. var more] || more.Length > 1 || times.Split('-') is not [var from, var to]) return false;
        var (first, last) = (Array.IndexOf(DayNames, firstName), Array.IndexOf(DayNames, more is [var lastName] ? lastName : firstName));
        if (first < 0 || last < first || !TryRead(from, out var opens) || !TryRead(to, out var closes) || closes <= opens) return false;
        for (var day = first; day <= last; day++) week[day].Add((opens, closes));
        return true;
    }

    private static bool TryRead(string time, out int minutes)
    {
        minutes = 24 * 60;
        if (time == "24:00") return true;
        if (!TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read)) return false;
        minutes = (int)read.ToTimeSpan().TotalMinutes;
        return true;
    }
}

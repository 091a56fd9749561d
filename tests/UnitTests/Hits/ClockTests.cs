using CsCheck;
using Liaison.Hits.Domain;
using Liaison.Kernel.Time;

namespace UnitTests.Hits;

/// <summary>When an answer is due, over the hours of desks, their holidays, and the days on which clocks change.</summary>
public sealed class ClockTests
{
    private static readonly string[] Zones = ["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "America/Santiago"];
    private static readonly string[] Weeks =
        ["Mon-Fri 08:00-18:00", "Mon-Sun 00:00-24:00", "Sat 02:30-03:30, Sun 01:00-03:00", "Mon-Thu 09:00-12:00, Mon-Thu 13:00-17:00, Fri 09:00-13:00", "Sun 00:00-24:00"];

    private static readonly TimeSpan Long = TimeSpan.FromDays(4_000);

    private static readonly Gen<DateTimeOffset> Moments = Gen.DateTime[new(2024, 1, 1), new(2028, 12, 31)].Select(d => new DateTimeOffset(DateTime.SpecifyKind(d, DateTimeKind.Utc)));

    private static readonly Gen<OpeningHours> Desks = Gen.Select(Of(Weeks), Of(Zones), Gen.Int[0, 1800].Array[0, 40])
        .Select((week, zone, days) => Hours(week, zone, [.. days.Select(d => new DateOnly(2024, 1, 1).AddDays(d))]));

    [Theory]
    [InlineData("2026-06-15T10:00:00Z", 8, "2026-06-16T08:00:00Z")]
    [InlineData("2026-06-15T05:00:00Z", 1, "2026-06-15T07:00:00Z")]
    [InlineData("2026-06-12T15:00:00Z", 8, "2026-06-15T13:00:00Z")]
    [InlineData("2026-06-13T12:00:00Z", 2, "2026-06-15T08:00:00Z")]
    [InlineData("2026-06-16T15:30:00Z", 1, "2026-06-18T06:30:00Z")]
    // The clocks go back on Sunday: on Monday the desk opens an hour later by UTC.
    [InlineData("2026-10-23T15:00:00Z", 2, "2026-10-26T08:00:00Z")]
    public void Of_a_desk_in_Paris_that_works_from_eight_to_six_but_on_the_17th(string start, int hours, string due) => Assert.Equal(DateTimeOffset.Parse(due, null),
        Hours("Mon-Fri 08:00-18:00", "Europe/Paris", [new(2026, 6, 17)]).Add(DateTimeOffset.Parse(start, null), TimeSpan.FromHours(hours), Long));

    /// <summary>Seven days are a week, whatever the desk's hours are.</summary>
    [Theory]
    [InlineData("Mon-Fri 08:00-18:00", "2026-06-16T10:00:00Z", "2026-06-23T10:00:00Z")]
    [InlineData("Tue 09:00-10:00", "2026-06-16T07:30:00Z", "2026-06-23T07:30:00Z")]
    [InlineData("24/7", "2026-06-13T12:00:00Z", "2026-06-20T12:00:00Z")]
    [InlineData("Mon-Fri 08:00-18:00", "2026-06-13T12:00:00Z", "2026-06-19T16:00:00Z")]
    public void In_days_the_desks_week_counts(string week, string at, string due) => Assert.Equal(DateTimeOffset.Parse(due, null),
        HitClock.Of(DateTimeOffset.Parse(at, null), "low", TimeSpan.FromDays(7), Hours(week, "Europe/Paris", [])).DueAt);

    /// <summary>Less than a day is at most one of the desk's: else it would be due after what has a day.</summary>
    [Theory]
    [InlineData(8, "2026-06-16T08:00:00Z")]
    [InlineData(10, "2026-06-16T10:00:00Z")]
    [InlineData(23, "2026-06-16T10:00:00Z")]
    [InlineData(24, "2026-06-16T10:00:00Z")]
    // 14 hours and 17 minutes of the 50 that are a week.
    [InlineData(48, "2026-06-16T14:17:08.5714286Z")]
    public void A_day_is_one_of_the_desks(int hours, string due) => Assert.Equal(DateTimeOffset.Parse(due, null),
        HitClock.Of(new(2026, 6, 15, 10, 0, 0, TimeSpan.Zero), "routine", TimeSpan.FromHours(hours), Hours("Mon-Fri 08:00-18:00", "Europe/Paris", [])).DueAt);

    [Fact]
    public void Whoever_is_given_longer_is_never_due_earlier() => Gen.Select(Desks, Moments, Gen.Int[1, 10_000], Gen.Int[1, 10_000]).Sample((desk, at, one, other) =>
    {
        var (shorter, longer) = (Of(Math.Min(one, other)), Of(Math.Max(one, other)));
        Assert.True(shorter.RemindAt <= longer.RemindAt && shorter.DueAt <= longer.DueAt && shorter.LapseAt <= longer.LapseAt);

        HitDeadlines Of(int minutes) => HitClock.Of(at, "routine", TimeSpan.FromMinutes(minutes), desk);
    });

    /// <summary>Ten minutes in a week are no desk to wait eight hours for.</summary>
    [Fact]
    public void A_desk_that_is_hardly_ever_there_keeps_nobody_waiting_for_more_than_a_week()
    {
        var at = new DateTimeOffset(2026, 6, 15, 12, 0, 0, TimeSpan.Zero);
        var rare = HitClock.Of(at, "routine", TimeSpan.FromHours(8), Hours("Mon 08:00-08:10", "UTC", []));
        var opens = new DateTimeOffset(2026, 6, 22, 8, 0, 0, TimeSpan.Zero);
        Assert.Equal((opens.AddMinutes(5), opens.AddMinutes(10), at.AddDays(7).AddMinutes(20)), (rare.RemindAt, rare.DueAt, rare.LapseAt));
    }

    [Theory]
    [InlineData("Mon-Fri", "Europe/Paris")]
    [InlineData("Mon-Fri 8-18", "Europe/Paris")]
    [InlineData("Fri-Mon 08:00-18:00", "Europe/Paris")]
    [InlineData("Mon 18:00-08:00", "Europe/Paris")]
    [InlineData("Mon 08:00-25:00", "Europe/Paris")]
    [InlineData("", "Europe/Paris")]
    [InlineData("Mon 08:00-18:00", "Paris")]
    public void What_cannot_be_read_is_a_problem(string hours, string zone) => Assert.False(OpeningHours.Parse(hours, zone, []).Is(out _));

    [Fact]
    public void A_due_time_is_never_before_the_start_and_always_while_the_desk_is_open() =>
        Gen.Select(Desks, Moments, Gen.Int[1, 60 * 24 * 8]).Sample((desk, start, minutes) =>
        {
            var due = desk.Add(start, TimeSpan.FromMinutes(minutes), Long);
            Assert.True(due >= start.AddMinutes(minutes), $"{start:O} + {minutes} = {due:O}");
            Assert.True(desk.IsOpen(due), $"{due:O}");
            Assert.True(due <= desk.Add(start, TimeSpan.FromMinutes(minutes + 1), Long));
        });

    /// <summary>Counted minute by minute: the desk was open for exactly so long.</summary>
    [Fact]
    public void So_much_open_time_lies_between() => Gen.Select(Desks, Moments, Gen.Int[1, 300]).Sample((desk, start, minutes) =>
    {
        start = new DateTimeOffset(start.Ticks - (start.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        var due = desk.Add(start, TimeSpan.FromMinutes(minutes), Long);
        var open = 0;
        for (var at = start; at < due; at = at.AddMinutes(1))
        {
            if (desk.IsOpen(at.AddSeconds(30))) open++;
        }

        Assert.Equal(minutes, open);
    }, iter: 100);

    [Fact]
    public void Immediate_and_urgent_ignore_the_hours_and_the_ladder_is_in_order() =>
        Gen.Select(Desks, Moments, Of("immediate", "urgent", "routine", "low"), Gen.Int[2, 10_000]).Sample((desk, at, priority, minutes) =>
        {
            var allowed = TimeSpan.FromMinutes(minutes);
            var clock = HitClock.Of(at, priority, allowed, desk);
            Assert.True(at < clock.RemindAt && clock.RemindAt < clock.DueAt && clock.DueAt < clock.LapseAt);
            if (priority is "immediate" or "urgent") Assert.Equal((at + (allowed / 2), at + allowed, at + (allowed * 2)), (clock.RemindAt, clock.DueAt, clock.LapseAt));
        });

    [Fact]
    public void A_desk_that_never_opens_does_not_stop_the_clock()
    {
        var never = Hours("Mon-Fri 08:00-18:00", "UTC", [.. Enumerable.Range(0, 2000).Select(new DateOnly(2026, 1, 1).AddDays)]);
        Assert.Equal(new(2026, 6, 17, 20, 0, 0, TimeSpan.Zero), never.Add(new(2026, 6, 15, 12, 0, 0, TimeSpan.Zero), TimeSpan.FromHours(8), TimeSpan.FromDays(2)));
    }

    private static Gen<string> Of(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static OpeningHours Hours(string week, string zone, DateOnly[] holidays) => OpeningHours.Parse(week, zone, holidays).Is(out var hours, out var faults)
        ? hours : throw new InvalidOperationException(faults[0].Message);
}

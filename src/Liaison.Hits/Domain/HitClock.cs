using Liaison.Kernel.Time;
using Liaison.Platform.Codes;

namespace Liaison.Hits.Domain;

/// <summary>When what becomes due.</summary>
/// <param name="RemindAt">The desk is reminded: half of the time has passed.</param>
/// <param name="DueAt">The answer is due: then the duty room is told.</param>
/// <param name="LapseAt">Twice the time has passed: the secretariat is told, and the case is unanswered.</param>
internal sealed record HitDeadlines(DateTimeOffset RemindAt, DateTimeOffset DueAt, DateTimeOffset LapseAt)
{
    /// <summary>Of each step the earlier moment: a case that is old has done the first steps, and the next of who is in a hurry may still come before its own.</summary>
    public HitDeadlines Or(HitDeadlines other) => new(Earlier(RemindAt, other.RemindAt), Earlier(DueAt, other.DueAt), Earlier(LapseAt, other.LapseAt));

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}

/// <summary>The clock of a case. Pure: the moment, the time allowed and the desk's hours are arguments.</summary>
internal static class HitClock
{
    /// <summary>A desk that is closed for longer keeps nobody waiting for that.</summary>
    private static readonly TimeSpan MostClosed = TimeSpan.FromDays(7);

    public static string MoreUrgent(string one, string other) => Priorities.All.First(priority => priority == one || priority == other);

    /// <param name="at">When the hit was made.</param>
    /// <param name="priority">Immediate and urgent ignore the desk's hours: somebody waits.</param>
    /// <param name="allowed">The time that the priority gives. Hours are those that the desk is staffed, up to one of its days; what is longer is so much of its week, so that seven days are one.</param>
    /// <param name="desk">When the owner's desk is staffed.</param>
    public static HitDeadlines Of(DateTimeOffset at, string priority, TimeSpan allowed, OpeningHours desk)
    {
        var hours = priority is Priorities.Immediate or Priorities.Urgent ? OpeningHours.Always : desk;
        var staffed = Least(allowed, Most(hours.LongestDay, allowed * hours.ShareOfWeek));
        return new(hours.Add(at, staffed / 2, MostClosed), hours.Add(at, staffed, MostClosed), hours.Add(at, staffed * 2, MostClosed));
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Most(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

using System.Globalization;
using Liaison.Api.Hits;

namespace Liaison.Cli.Rendering;

/// <summary>Hits, and how they turned out.</summary>
internal static class HitView
{
    public static Page Of(Hit hit, DateTimeOffset now)
    {
        var page = new Page().Headline(Headline(hit, now), hit.State switch
        {
            "confirmed" => Tone.Alarm,
            "notConfirmed" or "withdrawnByOwner" or "closed" => Tone.Good,
            _ => Tone.Careful,
        });
        if (hit.Text is { } text) page.Paragraph(text);
        page.Facts(("Hit", hit.Id.ToString()), ("You are the", hit.Role), ("State", hit.State), ("Answer", hit.Answer), ("Owner", hit.Owner), ("Kind", hit.Kind),
            ("Record", hit.Record?.ToString()), ("Reference", hit.Reference), ("Priority", hit.Priority), ("Since", Moment(hit.At)), ("Asked", Moment(hit.AskedAt)), ("Answer due", Moment(hit.DueAt)),
            ("Lies with", hit.Level), ("Reached at", SearchPage.Reached(hit.Desk)), ("Outcome", hit.Outcome), ("Record ended", Moment(hit.RecordEndedAt)));
        if (hit.Askers is { Count: > 0 } askers)
        {
            page.Table(["Hit", "Who asked", "Account", "Where", "When", "Why it matched", "Outcome"], askers.Select(a => (string[])
                [a.Hit.ToString(), a.Unit ?? a.Member, a.Account, a.Place ?? "", DocumentPage.Moment(a.At), string.Join(' ', a.Reasons), a.Outcome ?? ""]));
        }

        return hit.Events is { Count: > 0 } events
            ? page.Table(["When", "What", "By", "Note"], events.Select(e => (string[])[DocumentPage.Moment(e.At), e.Act, e.Member, e.Note ?? ""]))
            : page;
    }

    public static Page Of(HitPage hits)
    {
        if (hits.Items.Count == 0) return new Page().Paragraph("No hits.");
        var page = new Page().Table(["Id", "You are", "State", "Kind", "Owner", "Priority", "Answer due"], hits.Items.Select(h => (string[])
            [h.Id.ToString(), h.Role, h.State, h.Kind ?? "", h.Owner ?? "", h.Priority ?? "", Moment(h.DueAt) ?? ""]));
        return hits.Next is { } next ? page.Paragraph($"There are more: liaison hits list --before {next}") : page;
    }

    public static Page Of(HitFigures figures) => figures.Items.Count == 0 ? new Page().Paragraph("No hits yet.") : new Page().Table(
        ["Member", "As", "Reason", "Hits", "Confirmed", "Not", "Unanswered", "Precision", "Median", "9 of 10 within", "Outcomes"],
        figures.Items.Select(f => (string[])
        [
            f.Member, f.Side, f.Reason ?? "", Count(f.Hits), Count(f.Confirmed), Count(f.NotConfirmed), Count(f.Unanswered),
            f.Precision?.ToString("P0", CultureInfo.InvariantCulture) ?? "", Time(f.MedianSeconds), Time(f.NinetiethSeconds),
            string.Join(", ", f.Outcomes.Select(o => $"{o.Key} {Count(o.Value)}")),
        ]));

    /// <summary>The line for somebody who waits.</summary>
    public static string Waits(Hit hit, DateTimeOffset now)
    {
        if (hit.State == "opening") return "the owner is being told";
        var seen = hit.State == "acknowledged" ? ", somebody looks into it" : "";
        return hit.DueAt is not { } due ? $"no answer yet{seen}"
            : due <= now ? $"no answer yet, {Span(now - due)} over time{seen}"
            : $"no answer yet, {Span(due - now)} left{seen}";
    }

    private static string Headline(Hit hit, DateTimeOffset now) => hit.State switch
    {
        "confirmed" => "CONFIRMED: the owner stands by its record.",
        "notConfirmed" => "NOT CONFIRMED: the owner does not stand by it.",
        "withdrawnByOwner" => "WITHDRAWN by the owner: do not act on it.",
        "unanswered" => "UNANSWERED: the owner let the time pass; the secretariat was told.",
        "outcome" => "What came of it was said.",
        "closed" => "Closed.",
        "possible" => "Only possible: liaison hits ask has the owner look at it.",
        _ => Waits(hit, now),
    };

    private static string Span(TimeSpan span) => span.TotalMinutes < 1 ? "less than a minute"
        : span.TotalHours < 1 ? Whole(span.TotalMinutes, "minute")
        : span.TotalDays < 2 ? Whole(span.TotalHours, "hour")
        : Whole(span.TotalDays, "day");

    private static string Whole(double count, string unit) => Math.Floor(count) is 1 ? $"1 {unit}" : $"{Math.Floor(count).ToString(CultureInfo.InvariantCulture)} {unit}s";

    private static string Time(double? seconds) => seconds is { } s ? TimeSpan.FromSeconds(Math.Round(s)).ToString("c", CultureInfo.InvariantCulture) : "";

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string? Moment(DateTimeOffset? at) => at is { } moment ? DocumentPage.Moment(moment) : null;
}

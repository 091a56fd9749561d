using System.Globalization;
using Liaison.Api.TravelDocuments;

namespace Liaison.Cli.Rendering;

/// <summary>What became of an import.</summary>
internal static class ImportPage
{
    /// <summary>A screen's worth: the reject file holds them all.</summary>
    private const int RejectsShown = 10;

    public static Page Of(ImportJob job, string? rejectFile)
    {
        var page = new Page()
            .Headline(Headline(job), job.State is "failed" or "waiting" ? Tone.Careful : job.Rejected == 0 ? Tone.Good : Tone.Careful)
            .Facts(
                ("Import", job.Id.ToString()), ("State", job.State), ("Feed", $"{job.Feed} ({job.Mode})"), ("Problem", job.Problem?.Text),
                ("Changed", Some(job.Changed)), ("Unchanged", Some(job.Unchanged)), ("Withdrawn", Some(job.Withdrawn)),
                ("Held", job.WithdrawalsHeld ? "Records that the file does not name were not ended, because rows were rejected." : null),
                ("Rejects written to", rejectFile));
        if (job is { State: "waiting", Approval: { } approval })
        {
            page.Paragraph(string.Create(CultureInfo.InvariantCulture,
                $"Waits for approval {approval.Id} until {DocumentPage.Moment(approval.Until)}: it would end or hide {approval.Withdrawals:N0} of {approval.Records:N0} records."))
                .Paragraph($"An administrator of your member, not whoever sent it, approves it with: liaison approval approve {approval.Id}");
        }

        if (job.Rejects.Count == 0) return page;
        page.Table(["Line", "Column", "Code", "What to do"], job.Rejects.Take(RejectsShown).Select(r => (string[])
            [r.Line.ToString(CultureInfo.InvariantCulture), r.Column, r.Code, r.Message]));
        return job.Rejected <= RejectsShown ? page
            : page.Paragraph(string.Create(CultureInfo.InvariantCulture, $"and more: {job.Rejected:N0} rows were rejected"));
    }

    public static Page Of(ImportJobList list) => new Page()
        .Headline(list.Items.Count == 0 ? "No imports yet." : "Imports, newest first", Tone.Good)
        .Table(["Import", "State", "Feed", "Rows", "Recorded", "Rejected"], list.Items.Select(job => (string[])
        [
            job.Id.ToString(), job.State, $"{job.Feed} ({job.Mode})", Figure(job.Rows), Figure(job.Recorded), Figure(job.Rejected),
        ]));

    private static string Headline(ImportJob job) => job.State switch
    {
        "done" => string.Create(CultureInfo.InvariantCulture, $"Imported {job.Recorded:N0} of {job.Rows:N0} rows, {job.Rejected:N0} rejected."),
        "failed" => "The import failed; nothing was changed.",
        "waiting" => "The import waits for a second person; nothing was changed yet.",
        _ => string.Create(CultureInfo.InvariantCulture, $"The import is {job.State}: {job.Rows:N0} rows read."),
    };

    private static string? Some(long count) => count == 0 ? null : Figure(count);

    private static string Figure(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}

using Liaison.Api.TravelDocuments;

namespace Liaison.Cli.Rendering;

/// <summary>A page of the caller's own records.</summary>
internal static class ListPage
{
    /// <param name="hint">Say how to get the next page.</param>
    public static Page Of(TravelDocumentPage documents, bool hint)
    {
        if (documents.Items.Count == 0) return new Page().Paragraph("No records.");
        var page = new Page().Table(["Id", "Number", "Issuer", "Kind", "Status", "Happened", "Recorded"],
            documents.Items.Select(d => (string[])
            [
                d.Id.ToString(), d.RangeTo is null ? d.Number : $"{d.Number} to {d.RangeTo}", d.Issuer, d.Kind,
                d.Withdrawal is null ? d.Status : "withdrawn", d.EventDate ?? "", DocumentPage.Moment(d.RecordedAt)[..10],
            ]));
        return hint && documents.Next is { } next ? page.Paragraph($"There are more: liaison list --after {next}") : page;
    }
}

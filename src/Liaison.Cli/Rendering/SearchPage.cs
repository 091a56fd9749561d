using Liaison.Api.Members;
using Liaison.Api.TravelDocuments;

namespace Liaison.Cli.Rendering;

/// <summary>The answer to a search.</summary>
internal static class SearchPage
{
    public static string? Reached(Desk? desk) => desk is null ? null
        : $"{desk.Name}, {desk.Contact} ({desk.Hours} {desk.TimeZone}; {string.Join(", ", desk.Languages ?? [])})"
          + (desk.OnCall is { } onCall ? $", outside these hours {onCall}" : "");

    public static Page Of(SearchAnswer answer)
    {
        var page = answer.Answer switch
        {
            "hit" => new Page().Headline("HIT: this document is reported.", Tone.Alarm),
            "refer" => new Page().Headline("ASK FIRST: a desk knows more of this document.", Tone.Alarm),
            "possible" => new Page().Headline("POSSIBLE: records that may be meant.", Tone.Careful),
            _ => new Page().Headline("NOT KNOWN: no record answers to this.", Tone.Good),
        };
        if (answer.Mrz is { } mrz)
        {
            page.Facts(("Read", $"{mrz.Format}, number {mrz.Number}, issuer {mrz.Issuer}"), ("Kinds", string.Join(", ", mrz.Kinds)),
                ("Check digits", string.Join(", ", mrz.Checks.Where(c => c.Value != "absent").Select(c => $"{c.Key} {c.Value}"))));
        }

        foreach (var note in answer.Notes) page.Paragraph($"Note: {note.Text}");
        foreach (var match in answer.Matches) Show(match, answer.SearchId, page);
        foreach (var match in answer.Sealed ?? []) Show(match, page);
        if (answer.Refer is { } refer) page.Facts(("Desk", refer.Desk), ("Reached at", Reached(refer.Contact)), ("Reference", refer.Reference), ("What to do", refer.Text), ("To follow it", Follow(refer.HitId)));
        if (answer.More) page.Paragraph("More records match than are shown: give issuer and kind.");
        var asOf = $"data as of {DocumentPage.Moment(answer.AsOf.At)} (position {answer.AsOf.Position})";
        return page.Paragraph($"Search {answer.SearchId}, {asOf}");
    }

    private static string? Follow(Guid? hit) => hit is null ? null : $"liaison hits follow {hit}";

    private static string? Ask(Guid? hit, Guid search) => hit is null ? null : $"liaison hits ask {hit} --search {search}";

    private static void Show(SealedMatch match, Page page)
    {
        page.Headline($"{match.Confidence}: a record of {match.Owner}", match.Confidence == "hit" ? Tone.Alarm : Tone.Careful);
        page.Facts([.. match.Reasons.Select(reason => ("Why no more", (string?)reason.Text)), ("To confirm", match.Confirm), ("Hit", match.HitId?.ToString()), ("To follow it", Follow(match.HitId))]);
    }

    private static void Show(DocumentMatch match, Guid searchId, Page page)
    {
        var document = match.Document;
        page.Headline($"{match.Confidence}: {document.Kind} of {document.Issuer}, {document.Status}",
            match.Confidence == "hit" ? Tone.Alarm : Tone.Careful);
        page.Facts([
            .. match.Reasons.Select((reason, i) => (i == 0 ? "Why it matches" : "and", (string?)reason.Text)),
            .. match.Notes.Select(note => ("Note", (string?)note.Text)),
            ("To confirm", match.Confirm),
            ("Hit", match.HitId?.ToString()),
            (match.Confidence == "hit" ? "To follow it" : "To have it looked at", match.Confidence == "hit" ? Follow(match.HitId) : Ask(match.HitId, searchId)),
            .. DocumentPage.Facts(document),
            ("Record", $"{document.Id}, version {document.Version}"),
        ]);
    }
}

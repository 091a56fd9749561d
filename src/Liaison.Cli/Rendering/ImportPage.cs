using System.Globalization;
using Liaison.Api.TravelDocuments;

namespace Liaison.Cli.Rendering;

/// <summary>What became of an import.</summary>
internal static class ImportPage
{
    /// <summary>A screen's worth: the reject file holds them all.</summary>
    private const int RejectsShown = 10;

    public static Page Of(ImportAnswer answer, string? rejectFile)
    {
        var page = new Page()
            .Headline(string.Create(CultureInfo.InvariantCulture,
                    $"Imported {answer.Recorded:N0} of {answer.Rows:N0} rows, {answer.Rejected:N0} rejected."),
                answer.Rejected == 0 ? Tone.Good : Tone.Careful)
            .Facts(("Import", answer.ImportId.ToString()), ("Rejects written to", rejectFile));
        if (answer.Rejects.Count == 0) return page;
        page.Table(["Line", "Column", "Code", "What to do"], answer.Rejects.Take(RejectsShown).Select(r => (string[])
            [r.Line.ToString(CultureInfo.InvariantCulture), r.Column, r.Code, r.Message]));
        return answer.Rejects.Count <= RejectsShown ? page
            : page.Paragraph(string.Create(CultureInfo.InvariantCulture, $"and {answer.Rejects.Count - RejectsShown:N0} more in the file"));
    }
}

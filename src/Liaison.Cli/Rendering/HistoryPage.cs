using Liaison.Api.TravelDocuments;

namespace Liaison.Cli.Rendering;

/// <summary>The versions of a record: what each one changed.</summary>
internal static class HistoryPage
{
    public static Page Of(TravelDocumentVersions versions)
    {
        var page = new Page();
        TravelDocument? before = null;
        foreach (var version in versions.Items)
        {
            page.Headline($"Version {version.Version}, {DocumentPage.Moment(version.At)}, by {version.By}");
            page.Facts([("Why", version.Why), .. Changes(before, version.Document)]);
            before = version.Document;
        }

        return page;
    }

    /// <summary>All facts of the first version; of a later one those that differ, and what was there before.</summary>
    private static IEnumerable<(string, string?)> Changes(TravelDocument? before, TravelDocument after)
    {
        var now = DocumentPage.Facts(after);
        if (before is null) return now;
        return now.Zip(DocumentPage.Facts(before))
            .Where(pair => pair.First.Value != pair.Second.Value && pair.First.Name != "Changed")
            .Select(pair => (pair.First.Name, (string?)$"{pair.First.Value ?? "(nothing)"}   was: {pair.Second.Value ?? "(nothing)"}"));
    }
}

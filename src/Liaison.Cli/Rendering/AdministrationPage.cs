using System.Globalization;
using System.Text.Json;
using Liaison.Api.Members;

namespace Liaison.Cli.Rendering;

/// <summary>What the administration answered, as the hub words it: a list as a table, one thing as facts.</summary>
internal static class AdministrationPage
{
    /// <param name="done">Headline of what was done at once.</param>
    /// <param name="answer">Of the hub.</param>
    /// <param name="hub">A link that the hub gives leads there.</param>
    public static Page Of(string done, AdministrationAnswer answer, Uri hub)
    {
        if (answer.AwaitsApproval)
        {
            var id = answer.Body.GetProperty("id").GetString();
            var page = new Page().Headline("Waits for a second administrator.", Tone.Careful)
                .Paragraph($"Another administrator approves it with: liaison approval approve {id}");
            // Of a system's account there is no link, and the hub says so.
            if (answer.Body.GetProperty("act").GetString() is "account.open" or "account.invite")
                page.Paragraph($"The link for a person you get then, once, with: liaison approval link {id}");
            return page.Facts([.. Facts(answer.Body)]);
        }

        var stands = new Page().Headline(done, Tone.Good).Facts([.. Facts(answer.Body)]);
        var holder = answer.Body.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object ? result : answer.Body;
        return holder.TryGetProperty("invitation", out var link) && link.GetString() is { } path
            ? stands.Paragraph($"The person opens this link once, within three days: {new Uri(hub, path)}")
            : stands;
    }

    public static Page List(AdministrationAnswer answer, params IReadOnlyList<string> columns)
    {
        var items = answer.Body.GetProperty("items").EnumerateArray().ToArray();
        return items.Length == 0 ? new Page().Headline("There is none.")
            : new Page().Table(columns, items.Select(item => (IReadOnlyList<string>)[.. columns.Select(c => item.TryGetProperty(c, out var value) ? Text(value) : "")]));
    }

    private static IEnumerable<(string, string?)> Facts(JsonElement one) =>
        one.EnumerateObject().Where(p => p.Name != "invitation").Select(p => (p.Name, (string?)Text(p.Value)));

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when value.TryGetDateTimeOffset(out var moment) => DocumentPage.Moment(moment),
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
        JsonValueKind.Object => string.Join("; ", value.EnumerateObject().Select(p => $"{p.Name} {Text(p.Value)}")),
        JsonValueKind.Number => value.GetInt64().ToString(CultureInfo.InvariantCulture),
        _ => value.GetRawText(),
    };
}

using System.Text.Json;
using Liaison.Matching;
using Liaison.Platform.Searches;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Late;

/// <summary>Reads a question back from what the audit says (docs/spec/audit-entry.md).</summary>
internal static class AskedAgain
{
    /// <returns>Null when the entry holds no such question: it was written by another version.</returns>
    public static SearchQuestion? Read(AskedBefore asked, int place)
    {
        using var json = JsonDocument.Parse(asked.Asked);
        var root = json.RootElement;
        if (!root.TryGetProperty("questions", out var questions)) return Text(root, "number") is { } alone ? Of(alone, root, asked) : null;
        if (questions.GetArrayLength() <= 2 * place + 1 || !root.TryGetProperty("facets", out var facets)) return null;
        var facet = questions[2 * place + 1].GetInt32();
        return facet < facets.GetArrayLength() ? Of(questions[2 * place].GetString()!, facets[facet], asked) : null;
    }

    private static SearchQuestion? Of(string number, JsonElement besides, AskedBefore asked)
    {
        if (Number(number) is not { } key) return null;
        var (issuer, lookAlikes) = (Text(besides, "issuer"), Texts(besides, "lookAlikeIssuers"));
        return new()
        {
            Number = key,
            Repaired = Text(besides, "repaired") is { } repaired ? Number(repaired) : null,
            Issuer = issuer,
            LookAlikeIssuers = lookAlikes,
            // An MRZ always names one.
            IssuerUnreadable = Text(besides, "format") is not null && issuer is null && lookAlikes.Length == 0,
            Kinds = Texts(besides, "kinds"),
            Purpose = Text(besides, "purpose") ?? asked.Purpose ?? "",
            Place = Text(besides, "place") ?? asked.Place,
            Priority = Text(besides, "priority"),
        };
    }

    private static DocumentNumber? Number(string text) => NumberKey.TryParse(text, out var key) ? new(text, key) : null;

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string[] Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? [.. value.EnumerateArray().Select(v => v.GetString()!)] : [];
}

using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>The words of the pages in one language, from <c>texts.tsv</c>.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
internal sealed class Texts
{
    private static readonly Texts[] All = Load();

    private readonly FrozenDictionary<string, string> byKey;

    private Texts(string language, IEnumerable<KeyValuePair<string, string>> texts)
    {
        Language = language;
        byKey = texts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>BCP 47.</summary>
    public string Language { get; }

    public static IReadOnlyList<string> Languages => [.. All.Select(t => t.Language)];

    public IEnumerable<string> Keys => byKey.Keys;

    /// <exception cref="KeyNotFoundException">There is no such text: a fault of the code.</exception>
    public string Of(string key) => byKey[key];

    public static Texts In(string language) => All.First(t => t.Language == language);

    /// <summary>The language that the browser likes best of those there are; English when it likes none.</summary>
    public static Texts For(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1)
            .Select(l => Array.Find(All, t => t.Language.Equals(l.Value.Value!.Split('-')[0], StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(t => t is not null) ?? All[0];

    private static Texts[] Load()
    {
        using var stream = typeof(Texts).Assembly.GetManifestResourceStream("sign-in/texts.tsv")!;
        using var reader = new StreamReader(stream);
        string[][] rows = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t'))];
        return [.. Enumerable.Range(1, rows[0].Length - 1).Select(column =>
            new Texts(rows[0][column], rows.Skip(1).Select(r => KeyValuePair.Create(r[0], r[column]))))];
    }
}

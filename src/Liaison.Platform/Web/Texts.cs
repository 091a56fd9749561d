using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Liaison.Platform.Web;

/// <summary>The words for people in one language.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed class Texts
{
    private readonly FrozenDictionary<string, string> byKey;

    internal Texts(string language, IEnumerable<KeyValuePair<string, string>> texts)
    {
        Language = language;
        byKey = texts.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>BCP 47.</summary>
    public string Language { get; }

    public IEnumerable<string> Keys => byKey.Keys;

    /// <exception cref="KeyNotFoundException">There is no such text: a fault of the code.</exception>
    public string Of(string key) => byKey[key];
}

/// <summary>A table of texts that a module embeds: a key, then a column for each language, the first of them the usual one.</summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed class TextTable
{
    private readonly Texts[] all;

    private TextTable(Texts[] all) => this.all = all;

    public IReadOnlyList<string> Languages => [.. all.Select(t => t.Language)];

    /// <summary>Reads an embedded file of tab-separated values, a header with the languages first.</summary>
    public static TextTable Embedded(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{assembly.GetName().Name} embeds no {name}.");
        using var reader = new StreamReader(stream);
        string[][] rows = [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t'))];
        return new([.. Enumerable.Range(1, rows[0].Length - 1).Select(column =>
            new Texts(rows[0][column], rows.Skip(1).Select(r => KeyValuePair.Create(r[0], r[column]))))]);
    }

    public Texts In(string language) => all.First(t => t.Language == language);

    /// <summary>The language that whoever asks likes best of those there are; the usual one when it likes none.</summary>
    public Texts For(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1)
            .Select(l => Array.Find(all, t => t.Language.Equals(l.Value.Value!.Split('-')[0], StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(t => t is not null) ?? all[0];
}

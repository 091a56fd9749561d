using System.Reflection;
using System.Text;

namespace Liaison.Platform.Codes;

/// <summary>
/// A code list from <c>data/</c>: one row per code, columns by name. Simple comma-separated files of our own without quotes or commas in
/// values; foreign CSV goes through Imports/CsvReader.
/// </summary>
/// <remarks>Immutable, thread-safe.</remarks>
public sealed class CodeList
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> rows = new(StringComparer.Ordinal);

    private CodeList(string name) => Name = name;

    public string Name { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyCollection<string> Codes => rows.Keys;

    public bool Has(string code) => rows.ContainsKey(code);

    /// <summary>The value of a column for a code; "" where the file leaves it empty.</summary>
    public string Value(string code, string column) => rows[code][column];

    /// <summary>The codes as a sentence lists them: <c>a, b or c</c>.</summary>
    public string AsSentence => string.Join(", ", Codes.SkipLast(1)) + (Codes.Count > 1 ? " or " : "") + Codes.LastOrDefault();

    /// <summary>Reads the list that <paramref name="assembly"/> embeds as <c>data/{name}.csv</c>; its first column is the code.</summary>
    public static CodeList Embedded(Assembly assembly, string name)
    {
        var stream = assembly.GetManifestResourceStream($"data/{name}.csv")
            ?? throw new InvalidOperationException($"{assembly.GetName().Name} embeds no data/{name}.csv.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var list = new CodeList(name);
        var header = reader.ReadLine()!.Split(',');
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            if (cells.Length != header.Length)
                throw new InvalidDataException($"data/{name}.csv: a row with {cells.Length} cells under {header.Length} columns.");
            list.rows.Add(cells[0], header.Zip(cells).ToDictionary(c => c.First, c => c.Second, StringComparer.Ordinal));
        }

        return list;
    }
}

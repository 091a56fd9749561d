using System.Text;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace Liaison.Cli.Checks;

/// <summary>One question of a file, as the hub takes it, with the line it stands on.</summary>
internal readonly record struct AskedLine(long Line, byte[] Json);

/// <summary>Reads the questions of a file, NDJSON or CSV, one after the other.</summary>
internal static class QuestionReader
{
    /// <summary>NDJSON goes to the hub as it stands: what is wrong with a line is the hub's to say.</summary>
    public static IEnumerable<AskedLine> Lines(TextReader file)
    {
        for (var line = 1L; file.ReadLine() is { } text; line++)
        {
            if (!string.IsNullOrWhiteSpace(text)) yield return new(line, Encoding.UTF8.GetBytes(text));
        }
    }

    /// <summary>CSV with a header that names fields of a question.</summary>
    /// <exception cref="InvalidDataException">The header names no field, or another one; the message is for a person.</exception>
    public static IEnumerable<AskedLine> Csv(TextReader file)
    {
        var rows = new CsvRows(file);
        if (rows.Next() is not { } header) throw new InvalidDataException("The file is empty: it needs a header line, as number,issuer,kind.");
        var columns = header.Cells.Select(c => c.Trim()).ToArray();
        if (columns.FirstOrDefault(c => !Fields.ContainsKey(c)) is { } unknown)
            throw new InvalidDataException($"There is no field '{unknown}'. Columns are {string.Join(", ", Fields.Keys)}; without a header name it NDJSON.");
        if (columns.Distinct().Count() < columns.Length) throw new InvalidDataException("A column stands twice in the header.");
        while (rows.Next() is { } row)
        {
            if (row.Cells.Count != columns.Length)
                throw new InvalidDataException($"Line {row.Line} has {row.Cells.Count} cells under {columns.Length} columns.");
            var question = new SearchLine();
            for (var i = 0; i < columns.Length; i++)
            {
                if (columns[i] == "near" && Near(row.Cells[i]) is null) throw new InvalidDataException($"Line {row.Line}: near is true or false, not '{row.Cells[i]}'.");
                if (row.Cells[i].Length > 0) question = Fields[columns[i]](question, row.Cells[i]);
            }

            yield return new(row.Line, JsonSerializer.SerializeToUtf8Bytes(question, LiaisonJson.Default.SearchLine));
        }
    }

    private static Dictionary<string, Func<SearchLine, string, SearchLine>> Fields { get; } = new(StringComparer.Ordinal)
    {
        ["number"] = (q, cell) => q with { Number = cell },
        ["issuer"] = (q, cell) => q with { Issuer = cell },
        ["kind"] = (q, cell) => q with { Kind = cell },
        ["mrz"] = (q, cell) => q with { Mrz = cell },
        ["near"] = (q, cell) => q with { Near = Near(cell) },
        ["ref"] = (q, cell) => q with { Ref = cell },
        ["purpose"] = (q, cell) => q with { Purpose = cell },
        ["reference"] = (q, cell) => q with { Reference = cell },
        ["onBehalfOf"] = (q, cell) => q with { OnBehalfOf = cell },
        ["place"] = (q, cell) => q with { Place = cell },
        ["occurredAt"] = (q, cell) => q with { OccurredAt = cell },
    };

    /// <summary>As spreadsheets and people write it; null when it is unclear.</summary>
    private static bool? Near(string cell) => cell.Trim().ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "1" => true,
        "FALSE" or "NO" or "0" or "" => false,
        _ => null,
    };
}

using System.Text;

namespace Liaison.Kernel.Issuers;

/// <summary>Reads the code lists of <c>data/countries</c> that are part of this assembly.</summary>
internal static class IssuingCodeTable
{
    private const string German = "DEU";

    /// <summary>Every code once, whatever its use. A code in use hides a withdrawn one of the same letters (ATF).</summary>
    internal static IReadOnlyList<IssuingCode> Read()
    {
        var withdrawn = Rows("iso-3166-3-withdrawn.csv").ToDictionary(row => row["from_alpha3"], row => row["to_alpha3"].Split(' '));
        var names = Rows("iso-3166-3-withdrawn.csv").ToDictionary(row => row["from_alpha3"], row => row["from_name"]);

        // Romania changed its code in 2002 without an entry in ISO 3166-3; passports that print ROM are still in the records.
        withdrawn.Add("ROM", ["ROU"]);
        names.Add("ROM", "Romania (until 2002)");

        var codes = new Dictionary<string, IssuingCode>(StringComparer.Ordinal);
        foreach (var row in Rows("issuing-codes.csv"))
        {
            if (Use(row["kind"]) is not { } use) continue;
            var code = row["alpha3"];
            codes.Add(code, new IssuingCode(code, code == German ? "D" : row["mrz_code"], row["name_en"], use)
            {
                NameFr = Or(row["name_fr"], row["name_en"]),
                NameEs = Or(row["name_es"], row["name_en"]),
                NameAr = Or(row["name_ar"], row["name_en"]),
                Successors = use == IssuerUse.Withdrawn ? withdrawn[code] : [],
            });
        }

        foreach (var (code, successors) in withdrawn)
        {
            var name = names[code];
            codes.TryAdd(code, new IssuingCode(code, code, name, IssuerUse.Withdrawn)
            {
                NameFr = name, NameEs = name, NameAr = name, Successors = successors,
            });
        }

        return [.. codes.Values];
    }

    /// <summary>Null for a row that is only another spelling of a code: XKK and XXK for RKS.</summary>
    private static IssuerUse? Use(string kind) => kind switch
    {
        "ISO3166-1" or "ICAO Part A" or "ICAO Part B" or "ICAO Part C" or "ICAO Part D" => IssuerUse.Issuer,
        "ICAO Part E" => IssuerUse.NationalityOnly,
        "ICAO Part F (deprecated)" => IssuerUse.Withdrawn,
        "ICAO Part G (specimen)" => IssuerUse.Specimen,
        "ICAO Part H" => IssuerUse.NeverPrinted,
        "USER-ASSIGNED" or "de facto (EU)" => null,
        _ => throw new InvalidDataException($"issuing-codes.csv holds the unknown kind '{kind}'."),
    };

    private static string Or(string name, string otherwise) => name.Length > 0 ? name : otherwise;

    private static IEnumerable<IReadOnlyDictionary<string, string>> Rows(string file)
    {
        using var stream = typeof(IssuingCodeTable).Assembly.GetManifestResourceStream($"countries/{file}")
            ?? throw new InvalidDataException($"The assembly lacks countries/{file}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var header = Cells(reader.ReadLine() ?? "");
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            var cells = Cells(line);
            if (cells.Count != header.Count) throw new InvalidDataException($"{file}: a row has {cells.Count} cells, not {header.Count}.");
            yield return header.Zip(cells).ToDictionary(pair => pair.First, pair => pair.Second);
        }
    }

    /// <summary>The cells of one line of our own code lists (RFC 4180 without line breaks inside quotes); not for foreign files.</summary>
    private static List<string> Cells(string line)
    {
        List<string> cells = [];
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"') cell.Append(line[++i]);
            else if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else cell.Append(c);
        }

        cells.Add(cell.ToString());
        return cells;
    }
}

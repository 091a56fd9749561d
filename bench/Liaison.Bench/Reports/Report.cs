using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Liaison.Bench.Reports;

/// <summary>The rows as people and programs read them.</summary>
internal static class Report
{
    public static string Table(IReadOnlyList<FigureRow> rows)
    {
        string[][] cells =
        [
            ["figure", "ours", "peer", "ratio", "spread", "bar", "met"],
            .. rows.Select(row => new[]
            {
                row.Figure, Value(row.Ours, row.Unit), row.Peer is null ? "–" : Value(row.Peer, row.Unit),
                row.Ratio is { } ratio ? Number(ratio) + " ×" : "–",
                row.Spread is { } spread ? $"{Number(spread.Low)}–{Number(spread.High)}" : "–",
                row.Bar is { } bar ? $"{(bar.IsMost ? "≤" : "≥")} {Number(bar.Value)} {bar.Unit}" : "reported",
                row.Met switch { true => "yes", false when row.Ours is null => "NO (not measured)", false => "NO", null => "–" },
            }),
        ];
        var widths = Enumerable.Range(0, cells[0].Length).Select(i => cells.Max(line => line[i].Length)).ToArray();
        var table = new StringBuilder();
        for (var line = 0; line < cells.Length; line++)
        {
            table.Append("| ").AppendJoin(" | ", cells[line].Select((cell, i) => cell.PadRight(widths[i]))).Append(" |\n");
            if (line == 0) table.Append('|').AppendJoin('|', widths.Select(w => new string('-', w + 2))).Append("|\n");
        }

        return table.ToString();
    }

    /// <summary>One line: an array of figure, ours, peer, ratio, bar, met.</summary>
    public static string Json(IReadOnlyList<FigureRow> rows) => new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject
    {
        ["figure"] = row.Figure,
        ["ours"] = Rounded(row.Ours),
        ["peer"] = Rounded(row.Peer),
        ["ratio"] = Rounded(row.Ratio),
        ["bar"] = Rounded(row.Bar?.Value),
        ["met"] = row.Met,
    })]).ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    /// <summary>Table, what was missed, and what to know of single rows.</summary>
    public static string Whole(IReadOnlyList<FigureRow> rows)
    {
        var notes = rows.Where(r => r.Note.Length > 0).Select(row => $"- {row.Figure}: {row.Note}.\n").ToList();
        return Table(rows) + "\n" + Verdict(rows) + "\n" + (notes.Count > 0 ? "\n" + string.Concat(notes) : "");
    }

    private static string Verdict(IReadOnlyList<FigureRow> rows)
    {
        var missed = rows.Where(r => r.Met is false).Select(r => r.Figure).ToList();
        return missed.Count == 0 ? "Every bar is met." : $"**Not met:** {string.Join("; ", missed)}.";
    }

    public static string Number(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };

    private static string Value(double? value, string unit) => value is { } known ? $"{Number(known)} {unit}" : "not yet";

    private static JsonValue? Rounded(double? value) => value is { } known ? JsonValue.Create(double.Parse(known.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)) : null;
}

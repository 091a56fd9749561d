namespace Liaison.Kernel.Text;

/// <summary>
/// How every CSV that leaves Liaison is written (RFC 4180, CRLF). What a spreadsheet would run as a formula gets a leading apostrophe (OWASP,
/// CSV Injection): cells may come from a stranger's file.
/// </summary>
/// <remarks>Thread-safe: pure functions.</remarks>
public static class CsvCells
{
    /// <summary>One line, with its end.</summary>
    public static string Line(params ReadOnlySpan<string?> cells)
    {
        var line = new System.Text.StringBuilder();
        for (var i = 0; i < cells.Length; i++) line.Append(i == 0 ? "" : ",").Append(Cell(cells[i] ?? ""));
        // A line of one empty cell would be an empty line, which readers skip.
        return (cells.Length == 1 && line.Length == 0 ? "\"\"" : line.ToString()) + "\r\n";
    }

    public static string Cell(string text)
    {
        var safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;
        if (safe.AsSpan().IndexOfAny(",\"\r\n") < 0) return safe;
        return '"' + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
    }
}

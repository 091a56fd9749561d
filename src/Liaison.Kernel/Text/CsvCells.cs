namespace Liaison.Kernel.Text;

/// <summary>
/// How every CSV that leaves Liaison is written (RFC 4180, CRLF). What a spreadsheet would run as a formula gets a leading apostrophe (OWASP,
/// CSV Injection), also behind a character that spreadsheets of some languages take for the end of a cell: cells may come from a stranger's file.
/// </summary>
/// <remarks>Thread-safe: pure functions.</remarks>
public static class CsvCells
{
    private static readonly System.Buffers.SearchValues<char> Beginnings = System.Buffers.SearchValues.Create("=+-@\t\r");

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
        var safe = Harmless(text);
        if (safe.AsSpan().IndexOfAny(",\"\r\n") < 0) return safe;
        return '"' + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
    }

    private static string Harmless(string text)
    {
        if (text.AsSpan().IndexOfAny(Beginnings) < 0) return text;
        var harmless = new System.Text.StringBuilder(text.Length + 1);
        for (var i = 0; i < text.Length; i++)
        {
            var begins = i == 0 || text[i - 1] is ';' or ',' or '|' or '\t' or '\r' or '\n';
            if (begins && (text[i] is '=' or '+' or '-' or '@' || (i == 0 && (text[i] is '\t' or '\r')))) harmless.Append('\'');
            harmless.Append(text[i]);
        }

        return harmless.ToString();
    }
}

using System.Text;

namespace Liaison.Cli.Checks;

/// <summary>Rows of CSV (RFC 4180) with comma, semicolon or tab, whichever the header has; empty lines are passed over.</summary>
internal sealed class CsvRows(TextReader file)
{
    private const int LongestRow = 64 * 1024;

    private char separator;
    private long line;

    /// <summary>The next row with the line that it begins on; null at the end.</summary>
    /// <exception cref="InvalidDataException">A quote that is never closed, or a row beyond all measure.</exception>
    public (long Line, IReadOnlyList<string> Cells)? Next()
    {
        while (ReadLine() is { } text)
        {
            if (text.Length == 0) continue;
            if (separator == default) separator = text.Contains('\t') ? '\t' : text.Contains(';') ? ';' : ',';
            return (line, Cells(text));
        }

        return null;
    }

    private string? ReadLine()
    {
        var text = file.ReadLine();
        if (text is not null) line++;
        return text;
    }

    private List<string> Cells(string text)
    {
        var (cells, cell, quoted, first) = (new List<string>(), new StringBuilder(), false, line);
        while (true)
        {
            for (var i = 0; i < text.Length; i++)
            {
                var c = text[i];
                if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[++i]);
                else if (c == '"' && (quoted || cell.Length == 0)) quoted = !quoted;
                else if (c == separator && !quoted)
                {
                    cells.Add(cell.ToString());
                    cell.Clear();
                }
                else cell.Append(c);
            }

            if (!quoted) break;
            // A line break inside quotes belongs to the cell, as in a zone of two lines.
            if (cell.Length > LongestRow || ReadLine() is not { } more) throw new InvalidDataException($"The quote opened on line {first} is not closed.");
            text = more;
            cell.Append('\n');
        }

        cells.Add(cell.ToString());
        return cells;
    }
}

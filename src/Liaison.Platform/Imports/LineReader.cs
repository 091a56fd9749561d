using System.Runtime.CompilerServices;
using System.Text;

namespace Liaison.Platform.Imports;

/// <summary>A line of a file in UTF-8, or why there is none.</summary>
/// <param name="Line">From 1.</param>
public readonly record struct TextLine(long Line, byte[] Text, CsvProblem? Problem);

/// <summary>
/// The lines of a file from anybody, as NDJSON: LF or CRLF, empty lines skipped, the encodings that <see cref="CsvReader"/> reads. Memory
/// does not depend on the file: a line over the limit is passed over and reported.
/// </summary>
public static class LineReader
{
    public static async IAsyncEnumerable<TextLine> ReadAsync(
        Stream stream, int mostBytes, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var text = new ForeignText(stream);
        var held = new StringBuilder();
        var (line, isTooLong) = (1L, false);
        do
        {
            await text.ReadAsync(cancellationToken).ConfigureAwait(false);
            for (var at = 0; at < text.Chars.Length;)
            {
                var rest = text.Chars[at..];
                var end = rest.Span.IndexOf('\n');
                var part = end < 0 ? rest : rest[..end];
                isTooLong |= held.Length + part.Length > mostBytes;
                if (!isTooLong) held.Append(part.Span);
                at += part.Length;
                if (end < 0) continue;
                at++;
                if (Take(held, line, mostBytes, isTooLong) is { } whole) yield return whole;
                (line, isTooLong) = (line + 1, false);
            }
        }
        while (!text.Ended);

        if (text.Fault is { } fault) yield return new(line, [], CsvProblems.Stop(line, fault.Code, fault.Message));
        else if (Take(held, line, mostBytes, isTooLong) is { } last) yield return last;
    }

    private static TextLine? Take(StringBuilder held, long line, int mostBytes, bool isTooLong)
    {
        var text = held.ToString().TrimEnd('\r');
        held.Clear();
        var bytes = isTooLong || string.IsNullOrWhiteSpace(text) ? [] : Encoding.UTF8.GetBytes(text);
        if (isTooLong || bytes.Length > mostBytes)
            return new(line, [], new(line, 0, CsvProblems.RowTooLong, $"A row has at most {mostBytes} bytes."));
        return bytes.Length == 0 ? null : new(line, bytes, null);
    }
}

using System.Buffers;
using System.Runtime.CompilerServices;

namespace Liaison.Platform.Imports;

/// <summary>
/// Reads CSV as RFC 4180 describes it, from anybody: comma, semicolon or tab (found in the first line), quotes, line breaks inside
/// quotes, CRLF, LF or CR, empty lines skipped; UTF-8 with or without a byte-order mark, UTF-16 with one. Whatever the bytes are, the
/// result is rows and problems, never an exception, and the memory in use does not depend on the file.
/// </summary>
/// <remarks>
/// A row beyond a limit, or with misplaced quotes, is skipped to its end and reported. A wrong encoding and a quote that is not closed
/// end the reading, because from there on rows could be read as what they are not.
/// </remarks>
public static class CsvReader
{
    /// <summary>
    /// The rows of the stream in order, the header line among them. The last row may be a problem that
    /// <see cref="CsvProblem.Stops"/>. The stream is read once, forwards, and stays open; its own failures pass through.
    /// </summary>
    public static async IAsyncEnumerable<CsvRow> ReadAsync(
        Stream stream, CsvLimits limits, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var text = new ForeignText(stream);
        var head = new ArrayBufferWriter<char>();
        var delimiter = new CsvDelimiter();
        do
        {
            await text.ReadAsync(cancellationToken).ConfigureAwait(false);
            head.Write(text.Chars.Span);
            delimiter.Look(text.Chars.Span);
        }
        while (!text.Ended && head.WrittenCount < limits.MaxRowBytes && !delimiter.IsSettled);

        var parser = new CsvParser(delimiter.Found, limits);
        for (var block = head.WrittenMemory; ; block = text.Chars)
        {
            var at = 0;
            while (parser.Next(block.Span, ref at) is { } row)
            {
                yield return row;
                if (row.Problem is { Stops: true }) yield break;
            }

            if (text.Ended) break;
            await text.ReadAsync(cancellationToken).ConfigureAwait(false);
        }

        if (text.Fault is { } fault) yield return CsvRow.Rejected(CsvProblems.Stop(parser.Line, fault.Code, fault.Message));
        else if (parser.End() is { } last) yield return last;
    }
}

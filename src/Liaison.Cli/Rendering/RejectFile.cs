using System.Globalization;
using Liaison.Api.TravelDocuments;

namespace Liaison.Cli.Rendering;

/// <summary>The rejected rows of an import as CSV (RFC 4180, UTF-8, CRLF): line, column, code, message.</summary>
internal static class RejectFile
{
    public static void Write(IEnumerable<RowReject> rejects, TextWriter to)
    {
        to.Write("line,column,code,message\r\n");
        foreach (var reject in rejects)
        {
            to.Write(reject.Line.ToString(CultureInfo.InvariantCulture));
            foreach (var cell in (ReadOnlySpan<string>)[reject.Column, reject.Code, reject.Message])
            {
                to.Write(',');
                to.Write(Cell(cell));
            }

            to.Write("\r\n");
        }
    }

    /// <summary>
    /// One cell. Column names come from the imported file, so from a stranger: what a spreadsheet would run as a formula gets a leading
    /// apostrophe (OWASP, CSV Injection).
    /// </summary>
    internal static string Cell(string text)
    {
        var safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;
        if (safe.AsSpan().IndexOfAny(",\"\r\n") < 0) return safe;
        return '"' + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
    }
}

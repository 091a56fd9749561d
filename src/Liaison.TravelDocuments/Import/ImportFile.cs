using Liaison.Api;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Import;

/// <summary>The rows of a file, or the problem that keeps it from being read at all.</summary>
internal sealed record ImportFile(IReadOnlyList<ImportRow> Rows, Problem? Problem)
{
    /// <summary>One JSON object per line, as the body of a single record; empty lines are skipped.</summary>
    public static ImportFile ReadNdjson(byte[] bytes, int mostRows)
    {
        var rows = new List<ImportRow>();
        var line = 0;
        ReadOnlyMemory<byte> rest = bytes;
        while (rest.Length > 0)
        {
            line++;
            var end = rest.Span.IndexOf((byte)'\n');
            var text = (end < 0 ? rest : rest[..end]).TrimEnd("\r"u8.ToArray());
            rest = end < 0 ? default : rest[(end + 1)..];
            if (text.Span.Trim(" \t"u8).Length == 0) continue;
            if (rows.Count == mostRows) return TooManyRows(mostRows);
            rows.Add(ReadLine(line, text));
        }

        return rows.Count > 0 ? new(rows, null) : Unreadable("The file holds no rows.");
    }

    private static ImportRow ReadLine(int line, ReadOnlyMemory<byte> text)
    {
        if (text.Length > RequestBody.JsonLimit)
            return new(line, null, [new("", "rowTooLong", $"A row has at most {RequestBody.JsonLimit} bytes.")]);
        var body = RequestBody.Parse(text.ToArray(), LiaisonJson.Default.TravelDocumentRequest, NominalFields.Refuse);
        if (body.Problem is not { } problem) return new(line, body.Value, []);
        return problem.Errors.Count > 0
            ? new(line, null, [.. problem.Errors.Select(e => new FieldProblem(e.Field, e.Code, e.Message))])
            : new(line, null, [new("", problem.Code, problem.Detail ?? problem.Title)]);
    }

    private static ImportFile TooManyRows(int most) =>
        new([], Problems.ImportTooLarge.With($"At most {most} rows in one file. Split it."));

    private static ImportFile Unreadable(string detail) => new([], Problems.ImportUnreadable.With(detail));
}

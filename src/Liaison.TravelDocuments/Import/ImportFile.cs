using Liaison.Api;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Imports;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Import;

/// <summary>The rows of a file, or the problem that keeps it from being read at all.</summary>
internal sealed record ImportFile(IReadOnlyList<ImportRow> Rows, Problem? Problem)
{
    /// <summary>The columns of a CSV file: the members of a single record, with <c>found</c> as two.</summary>
    private static readonly CsvColumn[] Columns =
    [
        new("number", Required: true), new("rangeTo"), new("issuer", Required: true), new("kind", Required: true),
        new("status", Required: true), new("eventDate"), new("eventPlace"), new("reportingCountry"), new("issueDate"), new("expiryDate"),
        new("reasonCode"), new("legalBasis"), new("nationalReference"), new("additionalInformation"), new("foundDate"), new("foundPlace"),
        new("reviewDate"), new("confirmLargeRange"),
    ];

    /// <summary>Columns in any order, by the names of the header line.</summary>
    public static async Task<ImportFile> ReadCsvAsync(byte[] bytes, int mostRows, CancellationToken cancellation)
    {
        var rows = new List<ImportRow>();
        using var stream = new MemoryStream(bytes, writable: false);
        await foreach (var row in CsvTable.ReadAsync(stream, Columns, CsvLimits.Default, NominalFields.Refuse, cancellation))
        {
            if (row.Problem is { Stops: true } stop)
                return Unreadable($"Line {stop.Line}: {stop.Message}", [.. rows.SelectMany(r => r.Problems), Explain(stop)]);
            if (rows.Count == mostRows) return TooManyRows(mostRows);
            rows.Add(row.Problem is { } problem ? new((int)row.Line, null, [Explain(problem)]) : Row(row));
        }

        return rows.Count > 0 ? new(rows, null) : Unreadable("The file holds no rows.", []);
    }

    private static FieldProblem Explain(CsvProblem problem) =>
        new(problem.Column > 0 ? $"column {problem.Column}" : "", problem.Code, problem.Message);

    private static ImportRow Row(CsvRow row)
    {
        var (foundDate, foundPlace) = (Cell("foundDate"), Cell("foundPlace"));
        return new((int)row.Line, new()
        {
            Number = Cell("number"),
            RangeTo = Cell("rangeTo"),
            Issuer = Cell("issuer"),
            Kind = Cell("kind"),
            Status = Cell("status"),
            EventDate = Cell("eventDate"),
            EventPlace = Cell("eventPlace"),
            ReportingCountry = Cell("reportingCountry"),
            IssueDate = Cell("issueDate"),
            ExpiryDate = Cell("expiryDate"),
            ReasonCode = Cell("reasonCode"),
            LegalBasis = Cell("legalBasis"),
            NationalReference = Cell("nationalReference"),
            AdditionalInformation = Cell("additionalInformation"),
            Found = foundDate is null && foundPlace is null ? null : new(foundDate, foundPlace),
            ReviewDate = Cell("reviewDate"),
            ConfirmLargeRange = Cell("confirmLargeRange") is "true",
        }, []);

        string? Cell(string column)
        {
            var text = row.Cells[Array.FindIndex(Columns, c => c.Name == column)];
            return text.Length == 0 ? null : text;
        }
    }

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

        return rows.Count > 0 ? new(rows, null) : Unreadable("The file holds no rows.", []);
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

    private static ImportFile Unreadable(string detail, IReadOnlyList<FieldProblem> problems) =>
        new([], Problems.ImportUnreadable.With(detail, [.. problems.Select(FieldFault.Of)]));
}

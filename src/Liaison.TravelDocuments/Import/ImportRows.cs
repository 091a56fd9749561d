using System.Runtime.CompilerServices;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Imports;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Import;

/// <summary>A row of an import: what it asks to record, or what is wrong with it.</summary>
/// <param name="Withdraw">Not null: the reason for which the feed's record ends.</param>
/// <param name="Problems">Not empty: why there is no request.</param>
/// <param name="Stops">Nothing after it can be read.</param>
internal readonly record struct ImportRow(
    long Line, TravelDocumentRequest? Request, string? Withdraw, IReadOnlyList<FieldProblem> Problems, bool Stops = false);

/// <summary>The rows of a file, one by one; memory does not depend on the file.</summary>
internal static class ImportRows
{
    /// <summary>The columns of a CSV file: the members of a single record, with <c>found</c> as two, and <c>withdraw</c>.</summary>
    private static readonly CsvColumn[] Columns =
    [
        new("number", Required: true), new("issuer", Required: true), new("kind", Required: true), new("status", Required: true),
        new("rangeTo"), new("eventDate"), new("eventPlace"), new("reportingCountry"), new("issueDate"), new("expiryDate"),
        new("reasonCode"), new("legalBasis"), new("nationalReference"), new("additionalInformation"), new("foundDate"), new("foundPlace"),
        new("reviewDate"), new("confirmLargeRange"), new("withdraw"), new("notFor"), new("onlyFor"),
        new("sealed"), new("handlingCodes"), new("handlingText"), new("onwardTransfer"), new("reentry"), new("why"),
    ];

    private const int Sealed = 21, Reentry = 25;

    /// <summary>Columns in any order, by the names of the header line.</summary>
    public static async IAsyncEnumerable<ImportRow> ReadCsvAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in CsvTable.ReadAsync(stream, Columns, CsvLimits.Default, NominalFields.Refuse, cancellationToken))
            yield return row.Problem is { } problem ? Rejected(problem) : Row(row);
    }

    /// <summary>One JSON object per line, as the body of a single record, with <c>withdraw</c> besides; empty lines are skipped.</summary>
    public static async IAsyncEnumerable<ImportRow> ReadNdjsonAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in LineReader.ReadAsync(stream, RequestBody.JsonLimit, cancellationToken))
            yield return line.Problem is { } problem ? Rejected(problem) : Row(line);
    }

    private static ImportRow Rejected(CsvProblem problem) => new(
        problem.Line, null, null, [new(problem.Column > 0 ? $"column {problem.Column}" : "", problem.Code, problem.Message)], problem.Stops);

    private static ImportRow Row(CsvRow row)
    {
        var cells = row.Cells;
        // A record that its owner meant to seal must not come in open because of a word.
        if (((int[])[Sealed, Reentry]).FirstOrDefault(column => Cell(column) is { } said && !bool.TryParse(said, out _), -1) is >= 0 and var unclear)
            return new(row.Line, null, null, [new(Columns[unclear].Name, "truth", "Write true or false, or leave it empty.")]);
        var (foundDate, foundPlace) = (Cell(14), Cell(15));
        return new(row.Line, new()
        {
            Number = Cell(0),
            Issuer = Cell(1),
            Kind = Cell(2),
            Status = Cell(3),
            RangeTo = Cell(4),
            EventDate = Cell(5),
            EventPlace = Cell(6),
            ReportingCountry = Cell(7),
            IssueDate = Cell(8),
            ExpiryDate = Cell(9),
            ReasonCode = Cell(10),
            LegalBasis = Cell(11),
            NationalReference = Cell(12),
            AdditionalInformation = Cell(13),
            Found = foundDate is null && foundPlace is null ? null : new(foundDate, foundPlace),
            ReviewDate = Cell(16),
            ConfirmLargeRange = "true".Equals(Cell(17), StringComparison.OrdinalIgnoreCase),
            Restrictions = Cell(19) is null && Cell(20) is null ? null : new(Words(19), Words(20)),
            Sealed = Truth(Sealed),
            Handling = Cell(22) is null && Cell(23) is null ? null : new(Words(22), Cell(23)),
            OnwardTransfer = Cell(24),
            Reentry = Truth(Reentry),
            Why = Cell(26),
        }, Cell(18), []);

        bool? Truth(int column) => Cell(column) is { } said ? bool.Parse(said) : null;

        string[]? Words(int column) => Cell(column)?.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        string? Cell(int column) => cells[column].Length == 0 ? null : cells[column];
    }

    private static ImportRow Row(in TextLine line)
    {
        var body = RequestBody.Parse(line.Text, LiaisonJson.Default.ImportedDocument, NominalFields.Refuse);
        if (body.Problem is not { } problem) return new(line.Line, body.Value, body.Value!.Withdraw, []);
        return problem.Errors.Count > 0
            ? new(line.Line, null, null, [.. problem.Errors.Select(e => new FieldProblem(e.Field, e.Code, e.Message))])
            : new(line.Line, null, null, [new("", problem.Code, problem.Detail ?? problem.Title)]);
    }
}

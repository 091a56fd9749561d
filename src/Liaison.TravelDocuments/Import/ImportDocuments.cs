using System.Text.Json;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Parsing;
using Liaison.Matching;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Record;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Liaison.TravelDocuments.Import;

/// <summary>
/// A small file of documents, CSV or NDJSON, in one transaction. Each bad row is rejected with its line and what to do; the good rows are
/// recorded; a repeated file meets its own records as duplicates and changes nothing.
/// </summary>
internal sealed class ImportDocuments(DocumentIndex index, Writes writes, RecordingRules rules)
{
    public const int MostBytes = 10 << 20;
    public const int MostRows = 10_000;

    public async Task<IResult> HandleAsync(HttpContext http)
    {
        var type = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var parsed) ? parsed.MediaType.Value : null;
        if (type is not ("text/csv" or "application/x-ndjson"))
            return Answers.Problem(PlatformProblems.UnsupportedMediaType, "Send text/csv or application/x-ndjson.");
        if (!RequestContext.Parse(http, TravelDocumentEvents.Imported).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var (bytes, tooLarge) = await RequestBody.ReadBytesAsync(http, MostBytes);
        if (tooLarge) return Answers.Problem(Problems.ImportTooLarge, $"At most {MostBytes >> 20} MiB in one file. Split it.");

        var file = type == "text/csv" ? await ImportFile.ReadCsvAsync(bytes, MostRows, http.RequestAborted) : ImportFile.ReadNdjson(bytes, MostRows);
        if (file.Problem is { } unreadable) return Answers.Problem(unreadable);
        return await writes.RunAsync(http, bytes, index, act, (transaction, cancellation) =>
            ImportAsync(transaction, act, file.Rows, cancellation));
    }

    private async Task<WriteResult> ImportAsync(WriteTransaction transaction, Act act, IReadOnlyList<ImportRow> rows, CancellationToken cancellation)
    {
        var (good, rejects) = Judge(act.Caller, rows);
        NewDocument[] incoming = [.. good.Select(g => WireDocument.New(g.Document, act.Caller.Member, g.Why, transaction.At))];
        var inserted = await DocumentStore.InsertAsync(transaction, incoming, act.Caller.Account, cancellation);
        if (inserted.Count < incoming.Length) rejects.AddRange(await DuplicatesAsync(transaction, good, incoming, inserted, cancellation));

        var answer = new ImportAnswer
        {
            ImportId = transaction.ChangeSet,
            Rows = rows.Count,
            Recorded = inserted.Count,
            Rejected = rows.Count - inserted.Count,
            Rejects = [.. rejects.OrderBy(r => r.Line)],
        };
        transaction.Records = inserted.Count;
        AddAudit(transaction, act, answer, [.. inserted.Keys]);
        return new WriteResult.Done(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(answer, LiaisonJson.Default.ImportAnswer), null, null);
    }

    /// <summary>One entry for what was taken, and one for what the caller had no right to write.</summary>
    private static void AddAudit(WriteTransaction transaction, Act act, ImportAnswer answer, IReadOnlyList<Guid> recorded)
    {
        var told = act with
        {
            Asked = AuditJson.Of(("import", answer.ImportId), ("rows", answer.Rows), ("rejected", answer.Rejected)),
            Records = recorded,
        };
        transaction.Add(told.Entry("done", transaction.At));
        var denied = answer.Rejects.Count(r => r.Code == Problems.NotIssuingAuthority.Code);
        if (denied == 0) return;
        var attempt = act with { Asked = AuditJson.Of(("import", answer.ImportId), ("deniedRows", denied)) };
        transaction.Add(attempt.Denied(Problems.NotIssuingAuthority.Code, transaction.At));
    }

    /// <summary>The same rules as for one record, row by row.</summary>
    private (List<(int Line, ReportedDocument Document, string? Why)> Good, List<RowReject> Rejects) Judge(Caller caller, IReadOnlyList<ImportRow> rows)
    {
        var now = rules.Now();
        var good = new List<(int, ReportedDocument, string?)>(rows.Count);
        var rejects = new List<RowReject>();
        var seen = new HashSet<(string, string, NumberKey, NumberKey?)>();
        foreach (var row in rows)
        {
            if (row.Request is null)
            {
                rejects.AddRange(row.Problems.Select(p => new RowReject(row.Line, p.Field, p.Code, p.Message)));
            }
            else if (!DocumentRules.Parse(row.Request, now).Is(out var document, out var problems))
            {
                rejects.AddRange(problems.Select(p => new RowReject(row.Line, p.Field, p.Code, p.Message)));
            }
            else if (AccessDecision.RefuseWrite(caller, document.Issuer, IssuingAuthorities.MemberFor(document.Issuer)) is { } reason)
            {
                rejects.Add(new(row.Line, "issuer", Problems.NotIssuingAuthority.Code, reason));
            }
            else if (!seen.Add((document.Issuer, document.Kind, document.Number.Key, document.RangeTo?.Key)))
            {
                rejects.Add(new(row.Line, "number", "repeatedInFile", "An earlier row of this file names the same document."));
            }
            else
            {
                good.Add((row.Line, document, row.Request.Why));
            }
        }

        return (good, rejects);
    }

    private static async Task<IEnumerable<RowReject>> DuplicatesAsync(WriteTransaction transaction,
        List<(int Line, ReportedDocument Document, string? Why)> good, NewDocument[] incoming, Dictionary<Guid, long> inserted,
        CancellationToken cancellation)
    {
        var refused = Enumerable.Range(0, incoming.Length).Where(i => !inserted.ContainsKey(incoming[i].Id)).ToArray();
        var active = await DocumentStore.FindActiveAsync(transaction, [.. refused.Select(i => incoming[i].Document)], cancellation);
        return refused.Select((place, i) =>
        {
            var problem = Problems.Duplicate(active.TryGetValue(i, out var existing) ? existing : null);
            return new RowReject(good[place].Line, "number", problem.Code, problem.Detail ?? problem.Title);
        });
    }
}

/// <summary>A row of an import: what it asks to record, or what is wrong with it.</summary>
internal sealed record ImportRow(int Line, TravelDocumentRequest? Request, IReadOnlyList<FieldProblem> Problems);

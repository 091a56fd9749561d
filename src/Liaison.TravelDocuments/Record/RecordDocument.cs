using Liaison.Api;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Search;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Record;

/// <summary>An issuing authority reports one document, or one range of blanks.</summary>
internal sealed class RecordDocument(DocumentIndex index, Writes writes, RecordingRules rules)
{
    private readonly WriteGroup<Report> group = writes.Group<Report>(index, RecordAsync);

    public async Task<IResult> HandleAsync(HttpContext http)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.TravelDocumentRequest, NominalFields.Refuse);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (!RequestContext.Parse(http, TravelDocumentEvents.Recorded).Is(out var act, out var faults)) return Answers.Invalid(faults);
        if (!DocumentRules.Parse(body.Value!, rules.Now()).Is(out var document, out var problems)) return Answers.Invalid(problems);

        var report = new Report(act, document, body.Value!.Reentry ?? false, body.Value.Why);
        report = report with { Act = act with { Subject = document.Number.Key.Text, Asked = AskedJson.Of(document, report.IsReentry) } };
        return await writes.RunAsync(http, body.Bytes, index, report.Act, group, report);
    }

    private static async Task<IReadOnlyList<WriteResult>> RecordAsync(
        WriteTransaction transaction, IReadOnlyList<Report> reports, CancellationToken cancellation)
    {
        var results = new WriteResult?[reports.Count];
        for (var i = 0; i < reports.Count; i++)
        {
            var issuer = reports[i].Document.Issuer;
            if (AccessDecision.RefuseWrite(reports[i].Act.Caller, issuer, IssuingAuthorities.MemberFor(issuer)) is { } reason)
                results[i] = new WriteResult.Refused(Problems.NotIssuingAuthority.With(reason));
        }

        // In one order of documents: two groups that record the same ones never wait for each other in a ring.
        var recordings = Enumerable.Range(0, reports.Count).Where(i => results[i] is null).Select(i => new Recording(i, reports[i], transaction.At))
            .OrderBy(r => r.New.Document.Issuer, StringComparer.Ordinal).ThenBy(r => r.New.Document.Kind, StringComparer.Ordinal)
            .ThenBy(r => r.New.Document.Number.Key.Text, StringComparer.Ordinal).ToList();
        foreach (var (recording, result) in await RecordAsync(transaction, recordings, cancellation)) results[recording.Place] = result;
        return results!;
    }

    private static async Task<List<(Recording Recording, WriteResult Result)>> RecordAsync(
        WriteTransaction transaction, List<Recording> recordings, CancellationToken cancellation)
    {
        var results = new List<(Recording, WriteResult)>(recordings.Count);
        var asNew = recordings.FindAll(r => !r.Report.IsReentry);
        foreach (var (place, ended) in await Tombstones.FindAsync(transaction, [.. asNew.Select(r => r.New)], cancellation))
        {
            results.Add((asNew[place], new WriteResult.Refused(Problems.Barred(ended.Id, ended.Reason, ended.EndedAt))));
            recordings.Remove(asNew[place]);
        }

        var inserted = await DocumentStore.InsertAsync(transaction, [.. recordings.Select(r => r.New)], cancellation);
        var repeated = recordings.FindAll(r => !inserted.ContainsKey(r.New.Id));
        var active = await DocumentStore.FindActiveAsync(transaction, [.. repeated.Select(r => r.New.Document)], cancellation);
        for (var i = 0; i < repeated.Count; i++)
            results.Add((repeated[i], new WriteResult.Refused(Problems.Duplicate(active.TryGetValue(i, out var existing) ? existing : null))));

        foreach (var recording in recordings.Where(r => inserted.ContainsKey(r.New.Id)))
            results.Add((recording, await DoneAsync(transaction, recording, inserted[recording.New.Id], cancellation)));
        transaction.Records = Math.Max(1, inserted.Count);
        return results;
    }

    private static async Task<WriteResult> DoneAsync(
        WriteTransaction transaction, Recording recording, long record, CancellationToken cancellation)
    {
        var (report, recorded) = (recording.Report, recording.New);
        if (report.IsReentry) await Tombstones.LiftAsync(transaction, recorded.Owner, recorded.Document, cancellation);
        transaction.Add((report.Act with { Records = [recorded.Id] }).Entry("done", transaction.At));
        var stored = new StoredDocument(record, recorded.Id, 1, recorded.Owner, recorded.Document, transaction.At, transaction.At)
        {
            ChangedBy = recorded.Account,
            Why = recorded.Why,
        };
        return new WriteResult.Done(
            StatusCodes.Status201Created, WireDocument.Bytes(stored), WireDocument.ETag(1), Routes.TravelDocument(recorded.Id));
    }

    /// <summary>One document that a caller reports.</summary>
    private sealed record Report(Act Act, ReportedDocument Document, bool IsReentry, string? Why);

    /// <summary>A report that may be recorded, and its place among those of its group.</summary>
    private sealed class Recording(int place, Report report, DateTimeOffset at)
    {
        public int Place => place;

        public Report Report => report;

        public NewDocument New { get; } = WireDocument.New(report.Document, report.Act.Caller.Member, report.Act.Caller.Account, report.Why, at);
    }
}

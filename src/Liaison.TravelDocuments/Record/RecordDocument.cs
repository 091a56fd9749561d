using Liaison.Api;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Record;

/// <summary>An issuing authority reports one document, or one range of blanks.</summary>
internal sealed class RecordDocument(DocumentIndex index, Writes writes, AuditWriter audit, RecordingRules rules, TimeProvider clock)
{
    public async Task<IResult> HandleAsync(HttpContext http)
    {
        var caller = Caller.Of(http);
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.TravelDocumentRequest, NominalFields.Refuse);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (!RequestContext.Parse(http, caller).Is(out var context, out var faults)) return Answers.Invalid(faults);
        if (!DocumentRules.Parse(body.Value!, rules.Now()).Is(out var document, out var problems)) return Answers.Invalid(problems);
        if (AccessDecision.RefuseWrite(caller, document.Issuer, IssuingAuthorities.MemberFor(document.Issuer)) is { } reason)
        {
            await audit.DenyAsync(caller, TravelDocumentEvents.Recorded, Problems.NotIssuingAuthority.Code, clock, http.RequestAborted);
            return Answers.Problem(Problems.NotIssuingAuthority, reason);
        }

        return await writes.RunAsync(http, body.Bytes, index, (transaction, cancellation) =>
            RecordAsync(transaction, caller, context, document, body.Value!.Why, cancellation));
    }

    private static async Task<WriteResult> RecordAsync(WriteTransaction transaction, Caller caller, RequestContext context,
        ReportedDocument document, string? why, CancellationToken cancellation)
    {
        var recorded = WireDocument.New(document, caller.Member, transaction.At);
        var inserted = await DocumentStore.InsertAsync(transaction, [recorded], caller.Account, why, cancellation);
        if (!inserted.TryGetValue(recorded.Id, out var record))
        {
            var active = await DocumentStore.FindActiveAsync(transaction, [document], cancellation);
            return new WriteResult.Refused(Problems.Duplicate(active.TryGetValue(0, out var existing) ? existing : null));
        }

        transaction.Add(context.Entry(caller, TravelDocumentEvents.Recorded, transaction.At) with
        {
            Subject = document.Number.Key.Text,
            Records = [recorded.Id],
        });
        var stored = new StoredDocument(record, recorded.Id, 1, caller.Member, document, transaction.At, transaction.At);
        return new WriteResult.Done(StatusCodes.Status201Created, WireDocument.Bytes(stored), WireDocument.ETag(1),
            Routes.TravelDocument(recorded.Id));
    }
}

using Liaison.Api;
using Liaison.Api.TravelDocuments;
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
    public async Task<IResult> HandleAsync(HttpContext http)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.TravelDocumentRequest, NominalFields.Refuse);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (!RequestContext.Parse(http, TravelDocumentEvents.Recorded).Is(out var act, out var faults)) return Answers.Invalid(faults);
        if (!DocumentRules.Parse(body.Value!, rules.Now()).Is(out var document, out var problems)) return Answers.Invalid(problems);

        act = act with { Subject = document.Number.Key.Text, Asked = AskedJson.Of(document, body.Value!.Reentry ?? false) };
        return await writes.RunAsync(http, body.Bytes, index, act, (transaction, cancellation) =>
            RecordAsync(transaction, act, document, body.Value, cancellation));
    }

    private static async Task<WriteResult> RecordAsync(
        WriteTransaction transaction, Act act, ReportedDocument document, TravelDocumentRequest said, CancellationToken cancellation)
    {
        var member = act.Caller.Member;
        if (AccessDecision.RefuseWrite(act.Caller, document.Issuer, IssuingAuthorities.MemberFor(document.Issuer)) is { } reason)
            return new WriteResult.Refused(Problems.NotIssuingAuthority.With(reason));
        var isReentry = said.Reentry ?? false;
        if (!isReentry && await Tombstones.FindAsync(transaction, member, document, cancellation) is { } ended)
            return new WriteResult.Refused(Problems.Barred(ended.Id, ended.Reason, ended.EndedAt));
        var recorded = WireDocument.New(document, member, said.Why, transaction.At);
        var inserted = await DocumentStore.InsertAsync(transaction, [recorded], act.Caller.Account, cancellation);
        if (!inserted.TryGetValue(recorded.Id, out var record))
        {
            var active = await DocumentStore.FindActiveAsync(transaction, [document], cancellation);
            return new WriteResult.Refused(Problems.Duplicate(active.TryGetValue(0, out var existing) ? existing : null));
        }

        if (isReentry) await Tombstones.LiftAsync(transaction, member, document, cancellation);
        transaction.Add((act with { Records = [recorded.Id] }).Entry("done", transaction.At));
        var stored = new StoredDocument(record, recorded.Id, 1, member, document, transaction.At, transaction.At)
        {
            ChangedBy = act.Caller.Account,
            Why = recorded.Why,
        };
        return new WriteResult.Done(
            StatusCodes.Status201Created, WireDocument.Bytes(stored), WireDocument.ETag(1), Routes.TravelDocument(recorded.Id));
    }
}

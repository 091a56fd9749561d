using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Record;
using Liaison.TravelDocuments.Search;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Change;

/// <summary>
/// The owner replaces what is known of a document: status, dates, found, review date … Issuer, kind and number stay. Every change is a
/// new version with who, when and why.
/// </summary>
internal sealed class ChangeDocument(DocumentIndex index, Writes writes, RecordingRules rules)
{
    public async Task<IResult> HandleAsync(HttpContext http, Guid id)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.TravelDocumentRequest, NominalFields.Refuse);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (OwnRecord.RequireVersion(http) is { } versionless) return Answers.Problem(versionless);
        if (!RequestContext.Parse(http, TravelDocumentEvents.Changed).Is(out var act, out var faults)) return Answers.Invalid(faults);
        if (DocumentRules.CheckWhy(body.Value!.Why, required: true) is { } silent) return Answers.Invalid([silent]);
        if (!DocumentRules.Parse(body.Value, rules.Now()).Is(out var document, out var problems)) return Answers.Invalid(problems);

        act = act with { Subject = document.Number.Key.Text, Records = [id], Asked = AskedJson.Of(document) };
        var version = http.Request.Headers.IfMatch.ToString();
        return await writes.RunAsync(http, body.Bytes, index, act, async (transaction, cancellation) =>
        {
            var (stored, problem) = await OwnRecord.LockAsync(transaction, act, id, version, cancellation);
            if (stored is null) return new WriteResult.Refused(problem!);
            if (!document.IsSameDocument(stored.Document))
                return new WriteResult.Refused(Problems.IdentityFixed.With(
                    "Withdraw this record as entered in error, and record the document anew."));
            var changed = stored with
            {
                Version = stored.Version + 1,
                ChangedAt = transaction.At,
                ChangedBy = act.Caller.Account,
                Why = body.Value.Why!.Trim(),
                Document = Keep(document, stored.Document, body.Value),
            };
            if (WithdrawalCounts.Silences(stored.Document, changed.Document, rules.Now().Today)
                && await WithdrawalCounts.TakeOneAsync(transaction, act.Caller.Account, cancellation) is { } tooMany)
            {
                return new WriteResult.Refused(tooMany);
            }

            await DocumentStore.UpdateAsync(transaction, changed, WireDocument.Snapshot(stored), cancellation);
            var isNews = changed.Document.Audience != stored.Document.Audience || changed.Document.IsSealed != stored.Document.IsSealed;
            transaction.Add(act.Entry("done", transaction.At), !isNews ? []
                : [RecordEvents.Restricted(changed.Owner, [id], changed.Document.Audience?.ToString(), changed.Document.IsSealed, transaction.At)]);
            return new WriteResult.Done(StatusCodes.Status200OK, WireDocument.Bytes(changed), WireDocument.ETag(changed.Version), null);
        });
    }

    /// <summary>
    /// How the owner first wrote the number stays: the history knows it by that. And a record is renewed only by saying so: without a
    /// review date the one that stands is kept, or every correction would put retention off. Nor does a correction open a record by leaving
    /// out what restricts it.
    /// </summary>
    private static ReportedDocument Keep(ReportedDocument changed, ReportedDocument stored, TravelDocumentRequest said) => changed with
    {
        Number = stored.Number,
        RangeTo = stored.RangeTo,
        Audience = said.Restrictions is null ? stored.Audience : changed.Audience,
        IsSealed = said.Sealed ?? stored.IsSealed,
        Handling = said.Handling is null ? stored.Handling : changed.Handling,
        OnwardTransfer = changed.OnwardTransfer ?? stored.OnwardTransfer,
        ReviewDate = string.IsNullOrWhiteSpace(said.ReviewDate) ? stored.ReviewDate : changed.ReviewDate,
    };
}

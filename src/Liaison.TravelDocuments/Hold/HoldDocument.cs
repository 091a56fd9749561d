using Liaison.Api;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Change;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Hold;

/// <summary>
/// The owner puts its record on hold, also one that has ended: as long as proceedings need it, it neither expires nor is purged. What it
/// answers does not change: a held record whose review date has passed answers no search.
/// </summary>
internal sealed class HoldDocument(DocumentIndex index, Writes writes)
{
    public Task<IResult> HoldAsync(HttpContext http, Guid id) => HandleAsync(http, id, isHold: true);

    public Task<IResult> ReleaseAsync(HttpContext http, Guid id) => HandleAsync(http, id, isHold: false);

    private async Task<IResult> HandleAsync(HttpContext http, Guid id, bool isHold)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.HoldRequest, NominalFields.Refuse);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        var kind = isHold ? TravelDocumentEvents.Held : TravelDocumentEvents.Released;
        if (!RequestContext.Parse(http, kind).Is(out var act, out var faults)) return Answers.Invalid(faults);
        if (DocumentRules.CheckWhy(body.Value!.Why, required: true) is { } silent) return Answers.Invalid([silent]);

        act = act with { Records = [id] };
        return await writes.RunAsync(http, body.Bytes, index, act, async (transaction, cancellation) =>
        {
            var (stored, problem) = await OwnRecord.LockAsync(transaction, act, id, cancellation);
            if (stored is null) return new WriteResult.Refused(problem!);
            if (stored.HeldAt is not null == isHold)
                return new WriteResult.Refused(Problems.HoldUnchanged.With(isHold ? $"It is on hold since {stored.HeldAt:O}." : "It is not on hold."));
            var changed = stored with
            {
                Version = stored.Version + 1,
                ChangedAt = transaction.At,
                ChangedBy = act.Caller.Account,
                Why = body.Value.Why!.Trim(),
                HeldAt = isHold ? transaction.At : null,
            };
            await DocumentStore.UpdateAsync(transaction, changed, WireDocument.Snapshot(stored), cancellation);
            transaction.Add((act with { Subject = changed.Document.Number.Key.Text }).Entry("done", transaction.At));
            return new WriteResult.Done(StatusCodes.Status200OK, WireDocument.Bytes(changed), WireDocument.ETag(changed.Version), null);
        });
    }
}

using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Change;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Withdraw;

/// <summary>The owner ends a record: from that moment the document is not known, and its history is kept.</summary>
internal sealed class WithdrawDocument(DocumentIndex index, Writes writes)
{
    public async Task<IResult> HandleAsync(HttpContext http, Guid id)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.WithdrawalRequest, NominalFields.Refuse);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (OwnRecord.RequireVersion(http) is { } versionless) return Answers.Problem(versionless);
        if (!RequestContext.Parse(http, TravelDocumentEvents.Withdrawn).Is(out var act, out var faults)) return Answers.Invalid(faults);
        if (Check(body.Value!) is { Count: > 0 } problems) return Answers.Invalid(problems);

        act = act with { Records = [id], Asked = AuditJson.Of(("reason", body.Value!.Reason)) };
        var version = http.Request.Headers.IfMatch.ToString();
        return await writes.RunAsync(http, body.Bytes, index, act, async (transaction, cancellation) =>
        {
            var (stored, problem) = await OwnRecord.LockAsync(transaction, act, id, version, cancellation);
            if (stored is null) return new WriteResult.Refused(problem!);
            if (await WithdrawalCounts.TakeOneAsync(transaction, act.Caller.Account, cancellation) is { } tooMany) return new WriteResult.Refused(tooMany);
            var ended = stored with
            {
                Version = stored.Version + 1,
                ChangedAt = transaction.At,
                ChangedBy = act.Caller.Account,
                Why = body.Value.Why?.Trim(),
                WithdrawnAt = transaction.At,
                WithdrawalReason = body.Value.Reason,
            };
            await DocumentStore.UpdateAsync(transaction, ended, WireDocument.Snapshot(stored), cancellation);
            await Tombstones.AddAsync(transaction, ended, cancellation);
            transaction.Add((act with { Subject = ended.Document.Number.Key.Text }).Entry("done", transaction.At),
                RecordEvents.Withdrawn(ended.Owner, [id], transaction.At));
            return new WriteResult.Done(StatusCodes.Status200OK, WireDocument.Bytes(ended), WireDocument.ETag(ended.Version), null);
        });
    }

    private static List<FieldProblem> Check(WithdrawalRequest request)
    {
        var problems = new List<FieldProblem>();
        if (request.Reason is null || !DocumentCodes.MayEnd(request.Reason))
            problems.Add(new("reason", "withdrawalReason", $"Give {DocumentCodes.OwnersWithdrawals}."));
        if (DocumentRules.CheckWhy(request.Why, required: false) is { } why) problems.Add(why);
        return problems;
    }
}

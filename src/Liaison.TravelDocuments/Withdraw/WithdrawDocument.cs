using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Change;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Withdraw;

/// <summary>The owner ends a record: from that moment the document is not known, and its history is kept.</summary>
internal sealed class WithdrawDocument(DocumentIndex index, Writes writes, AuditWriter audit, TimeProvider clock)
{
    private const int LongestWhy = 500;

    public async Task<IResult> HandleAsync(HttpContext http, Guid id)
    {
        var caller = Caller.Of(http);
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.WithdrawalRequest, NominalFields.Refuse);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (OwnRecord.RequireVersion(http) is { } versionless) return Answers.Problem(versionless);
        if (!RequestContext.Parse(http, caller).Is(out var context, out var faults)) return Answers.Invalid(faults);
        if (Check(body.Value!) is { Count: > 0 } problems) return Answers.Invalid(problems);

        return await writes.RunAsync(http, body.Bytes, index, async (transaction, cancellation) =>
        {
            var denial = new OwnRecord.Denial(caller, TravelDocumentEvents.Withdrawn, audit, clock);
            var (stored, problem) = await OwnRecord.LockAsync(transaction, http, id, denial, cancellation);
            return stored is null
                ? new WriteResult.Refused(problem!)
                : await WithdrawAsync(transaction, caller, context, (stored, body.Value!), cancellation);
        });
    }

    private static List<FieldProblem> Check(WithdrawalRequest request)
    {
        var problems = new List<FieldProblem>();
        if (request.Reason is null || !DocumentCodes.Withdrawals.Has(request.Reason))
            problems.Add(new("reason", "withdrawalReason", $"Give one of {DocumentCodes.Withdrawals.AsSentence}."));
        if (request.Why?.Length > LongestWhy) problems.Add(new("why", "textTooLong", $"At most {LongestWhy} characters."));
        return problems;
    }

    private static async Task<WriteResult> WithdrawAsync(WriteTransaction transaction, Caller caller, RequestContext context,
        (StoredDocument Stored, WithdrawalRequest Request) end, CancellationToken cancellation)
    {
        var ended = end.Stored with
        {
            Version = end.Stored.Version + 1,
            ChangedAt = transaction.At,
            WithdrawnAt = transaction.At,
            WithdrawalReason = end.Request.Reason,
        };
        await DocumentStore.UpdateAsync(transaction, ended, WireDocument.Snapshot(ended), caller.Account, end.Request.Why, cancellation);
        transaction.Add(context.Entry(caller, TravelDocumentEvents.Withdrawn, transaction.At) with
        {
            Subject = ended.Document.Number.Key.Text,
            Records = [ended.Id],
        });
        return new WriteResult.Done(StatusCodes.Status200OK, WireDocument.Bytes(ended), WireDocument.ETag(ended.Version), null);
    }
}

using Liaison.Api;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Record;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Change;

/// <summary>
/// The owner replaces what is known of a document: status, dates, found, review date … Issuer, kind and number stay. Every change is a
/// new version with who, when and why.
/// </summary>
internal sealed class ChangeDocument(DocumentIndex index, Writes writes, AuditWriter audit, RecordingRules rules, TimeProvider clock)
{
    private const int LongestWhy = 500;

    public async Task<IResult> HandleAsync(HttpContext http, Guid id)
    {
        var caller = Caller.Of(http);
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.TravelDocumentRequest, NominalFields.Refuse);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (OwnRecord.RequireVersion(http) is { } versionless) return Answers.Problem(versionless);
        if (!RequestContext.Parse(http, caller).Is(out var context, out var faults)) return Answers.Invalid(faults);
        var why = body.Value!.Why?.Trim();
        if (why is not { Length: > 0 and <= LongestWhy })
            return Answers.Invalid([new FieldProblem("why", "whyRequired", $"Say in 1 to {LongestWhy} characters why the record is changed.")]);
        if (!DocumentRules.Parse(body.Value, rules.Now()).Is(out var document, out var problems)) return Answers.Invalid(problems);

        return await writes.RunAsync(http, body.Bytes, index, async (transaction, cancellation) =>
        {
            var denial = new OwnRecord.Denial(caller, TravelDocumentEvents.Changed, audit, clock);
            var (stored, problem) = await OwnRecord.LockAsync(transaction, http, id, denial, cancellation);
            if (stored is null) return new WriteResult.Refused(problem!);
            if (!document.IsSameDocument(stored.Document))
                return new WriteResult.Refused(Problems.IdentityFixed.With(
                    "Withdraw this record as entered in error, and record the document anew."));
            return await ChangeAsync(transaction, caller, context, (stored, document, why), cancellation);
        });
    }

    private static async Task<WriteResult> ChangeAsync(WriteTransaction transaction, Caller caller, RequestContext context,
        (StoredDocument Stored, ReportedDocument Document, string Why) change, CancellationToken cancellation)
    {
        var changed = change.Stored with
        {
            Version = change.Stored.Version + 1,
            ChangedAt = transaction.At,
            // How the owner first wrote the number stays: the index and the history know it by that.
            Document = change.Document with { Number = change.Stored.Document.Number, RangeTo = change.Stored.Document.RangeTo },
        };
        await DocumentStore.UpdateAsync(transaction, changed, WireDocument.Snapshot(changed), caller.Account, change.Why, cancellation);
        transaction.Add(context.Entry(caller, TravelDocumentEvents.Changed, transaction.At) with
        {
            Subject = changed.Document.Number.Key.Text,
            Records = [changed.Id],
        });
        return new WriteResult.Done(StatusCodes.Status200OK, WireDocument.Bytes(changed), WireDocument.ETag(changed.Version), null);
    }
}

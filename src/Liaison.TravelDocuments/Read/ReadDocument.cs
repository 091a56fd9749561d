using Liaison.Api;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Read;

/// <summary>Reads one record, also one that has ended.</summary>
internal sealed class ReadDocument(DocumentStore store, AuditWriter audit, TimeProvider clock)
{
    public async Task<IResult> HandleAsync(HttpContext http, Guid id)
    {
        var caller = Caller.Of(http);
        if (!RequestContext.Parse(http, caller).Is(out var context, out var faults)) return Answers.Invalid(faults);
        var stored = await store.FindAsync(id, http.RequestAborted);
        var entry = context.Entry(caller, TravelDocumentEvents.Read, clock.GetUtcNow()) with
        {
            Outcome = stored is null ? "notKnown" : "done",
            Asked = $$"""{"id":"{{id}}"}""",
            Records = stored is null ? [] : [stored.Id],
        };
        await audit.AppendAsync(entry, [], http.RequestAborted);
        if (stored is null) return Answers.Problem(Problems.UnknownRecord, "No record has this id.");
        http.Response.Headers.ETag = WireDocument.ETag(stored.Version);
        return Answers.Json(WireDocument.Of(stored), LiaisonJson.Default.TravelDocument);
    }
}

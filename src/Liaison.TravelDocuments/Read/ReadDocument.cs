using Liaison.Api;
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
        if (!RequestContext.Parse(http, TravelDocumentEvents.Read).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var stored = await store.FindAsync(id, http.RequestAborted);
        if (stored?.IsFor(act.Caller) is false) stored = null;
        act = act with { Asked = AuditJson.Of(("id", id)), Records = stored is null ? [] : [id] };
        await audit.AppendAsync(act.Entry(stored is null ? "notKnown" : "done", clock.GetUtcNow()), [], http.RequestAborted);
        if (stored is null) return Answers.Problem(Problems.UnknownRecord, "No record has this id.");
        http.Response.Headers.ETag = WireDocument.ETag(stored.Version);
        return Answers.Json(WireDocument.For(act.Caller.Member, stored), LiaisonJson.Default.TravelDocument);
    }
}

using System.Text.Json;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Read;

/// <summary>The history of a record: who changed what, when and why. For its owner, because it names the owner's accounts.</summary>
internal sealed class ReadVersions(DocumentStore store, AuditWriter audit, TimeProvider clock)
{
    public async Task<IResult> HandleAsync(HttpContext http, Guid id)
    {
        if (!RequestContext.Parse(http, TravelDocumentEvents.VersionsRead).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var stored = await store.FindAsync(id, http.RequestAborted);
        if (stored?.IsFor(act.Caller) is false) stored = null;
        act = act with { Asked = AuditJson.Of(("id", id)), Records = stored is null ? [] : [id] };
        if (stored is not null && stored.Owner != act.Caller.Member)
        {
            await audit.AppendAsync(act.Denied(Problems.NotOwner.Code, clock.GetUtcNow()), [], http.RequestAborted);
            return Answers.Problem(Problems.NotOwner, $"The history of this record is for its owner, {stored.Owner}. Ask its bureau.");
        }

        List<TravelDocumentVersion> versions = [];
        if (stored is not null) versions = [.. (await store.SupersededAsync(stored, http.RequestAborted)).Select(Wire), Wire(stored)];
        await audit.AppendAsync(act.Entry(stored is null ? "notKnown" : "done", clock.GetUtcNow()), [], http.RequestAborted);
        return stored is null
            ? Answers.Problem(Problems.UnknownRecord, "No record has this id.")
            : Answers.Json(new TravelDocumentVersions(versions), LiaisonJson.Default.TravelDocumentVersions);
    }

    private static TravelDocumentVersion Wire((int Version, DateTimeOffset At, string Account, string? Why, string Snapshot) version) => new()
    {
        Version = version.Version,
        At = version.At,
        By = version.Account,
        Why = version.Why,
        Document = JsonSerializer.Deserialize(version.Snapshot, LiaisonJson.Default.TravelDocument)
            ?? throw new InvalidDataException("A version without its document."),
    };

    private static TravelDocumentVersion Wire(StoredDocument current) => new()
    {
        Version = current.Version,
        At = current.ChangedAt,
        By = current.ChangedBy,
        Why = current.Why,
        Document = WireDocument.Of(current),
    };
}

using System.Text.Json;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Read;

/// <summary>The history of a record: who changed what, when and why. For its owner, because it names the owner's accounts.</summary>
internal sealed class ReadVersions(DocumentStore store, AuditWriter audit, TimeProvider clock)
{
    public async Task<IResult> HandleAsync(HttpContext http, Guid id)
    {
        var caller = Caller.Of(http);
        if (!RequestContext.Parse(http, caller).Is(out var context, out var faults)) return Answers.Invalid(faults);
        var stored = await store.FindAsync(id, http.RequestAborted);
        if (stored is not null && stored.Owner != caller.Member)
        {
            await audit.DenyAsync(caller, TravelDocumentEvents.VersionsRead, Problems.NotOwner.Code, clock, http.RequestAborted);
            return Answers.Problem(Problems.NotOwner, $"The history of this record is for its owner, {stored.Owner}. Ask its bureau.");
        }

        var versions = stored is null ? [] : await store.VersionsAsync(stored.Record, http.RequestAborted);
        var entry = context.Entry(caller, TravelDocumentEvents.VersionsRead, clock.GetUtcNow()) with
        {
            Outcome = stored is null ? "notKnown" : "done",
            Asked = $$"""{"id":"{{id}}"}""",
            Records = stored is null ? [] : [stored.Id],
        };
        await audit.AppendAsync(entry, [], http.RequestAborted);
        return stored is null
            ? Answers.Problem(Problems.UnknownRecord, "No record has this id.")
            : Answers.Json(new TravelDocumentVersions([.. versions.Select(Wire)]), LiaisonJson.Default.TravelDocumentVersions);
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
}

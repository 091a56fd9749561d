using Liaison.Api;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Change;

/// <summary>What a change and a withdrawal share: the caller's own, active record, locked, in the version that the caller saw.</summary>
internal static class OwnRecord
{
    /// <summary>Null when the request names a version, else the problem.</summary>
    public static Problem? RequireVersion(HttpContext http) => http.Request.Headers.IfMatch.Count == 1
        ? null
        : PlatformProblems.VersionRequired.With("Read the record and send its ETag as If-Match, so that nobody's change is overwritten unseen.");

    /// <summary>Also one that has ended, in whatever version.</summary>
    /// <returns>The locked record, or the problem.</returns>
    public static async Task<(StoredDocument? Stored, Problem? Problem)> LockAsync(
        WriteTransaction transaction, Act act, Guid id, CancellationToken cancellation)
    {
        if (await DocumentStore.LockAsync(transaction, id, cancellation) is not { } stored || !stored.IsFor(act.Caller))
            return (null, Problems.UnknownRecord.With("No record has this id."));
        return AccessDecision.RefuseWrite(act.Caller, stored.Document.Issuer, stored.Owner) is { } reason
            ? (null, Problems.NotIssuingAuthority.With(reason))
            : (stored, null);
    }

    /// <returns>The locked record, or the problem.</returns>
    public static async Task<(StoredDocument? Stored, Problem? Problem)> LockAsync(
        WriteTransaction transaction, Act act, Guid id, string version, CancellationToken cancellation)
    {
        var (stored, refusal) = await LockAsync(transaction, act, id, cancellation);
        if (stored is null) return (null, refusal);
        if (stored.WithdrawnAt is { } at)
            return (null, Problems.AlreadyWithdrawn.With($"It was withdrawn at {at:O}. Record the document anew if it is reported again."));
        return version == WireDocument.ETag(stored.Version)
            ? (stored, null)
            : (null, PlatformProblems.VersionConflict.With($"The record is at version {stored.Version}. Read it, look, and send that ETag."));
    }
}

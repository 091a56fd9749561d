using Liaison.Platform.Access;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments;

internal static class RecordAccess
{
    public static Sight SightOf(this StoredDocument stored, Caller caller) =>
        AccessDecision.Look(caller, stored.Owner, stored.Document.Audience, stored.Document.IsSealed);

    /// <summary>False when the record is not there for the caller to read or to write: by its id, nothing may tell that it exists.</summary>
    public static bool IsFor(this StoredDocument stored, Caller caller) => stored.SightOf(caller) is Sight.Full;
}

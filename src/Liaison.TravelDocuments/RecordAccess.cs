using Liaison.Platform.Access;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments;

internal static class RecordAccess
{
    /// <summary>False when the record is not there for the caller: nothing may tell that it exists.</summary>
    public static bool IsFor(this StoredDocument stored, Caller caller) => AccessDecision.MaySee(caller, stored.Owner, stored.Document.Audience);
}

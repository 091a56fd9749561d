using Liaison.Platform.Audit;
using Liaison.Platform.Outbox;

namespace Liaison.TravelDocuments;

/// <summary>What others must learn of records that changed: ids, and whom they are for.</summary>
internal static class RecordEvents
{
    public static OutboxEvent Withdrawn(string owner, IEnumerable<Guid> records, DateTimeOffset at) => new(
        Guid.CreateVersion7(at), TravelDocumentEvents.RecordsWithdrawn, AuditJson.Of(("owner", owner), ("records", Texts(records))).Text);

    public static OutboxEvent Restricted(string owner, IEnumerable<Guid> records, string? audience, bool isSealed, DateTimeOffset at) => new(
        Guid.CreateVersion7(at), TravelDocumentEvents.Restricted,
        AuditJson.Of(("owner", owner), ("records", Texts(records)), ("audience", audience), ("sealed", isSealed)).Text);

    private static IEnumerable<string> Texts(IEnumerable<Guid> ids) => ids.Select(id => id.ToString());
}

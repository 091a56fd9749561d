using Liaison.Platform.Audit;
using Liaison.Platform.Events;
using Liaison.Platform.Outbox;

namespace Liaison.TravelDocuments;

/// <summary>What others must learn of records that changed: ids, and whom they are for.</summary>
internal static class RecordEvents
{
    /// <summary>
    /// What owners are told of their records. A hit they are told by its case; of what is only possible there is none, and of a sealed record they learn of it
    /// all the same.
    /// </summary>
    public static OutboxSubscription Feed { get; } = MemberFeed.Of("travelDocuments.feed",
        new(TravelDocumentEvents.SilentHit, "owner", "record", "record", "search", "asker", "confidence"),
        new(TravelDocumentEvents.SealedMatch, "owner", "record", "record", "search", "asker", "confidence") { OnlyWith = "confidence" },
        new(TravelDocumentEvents.ReviewDue, "owner", null, "reviewDate", "records"), new(TravelDocumentEvents.Ended, "owner", null, "records"),
        new(TravelDocumentEvents.Merged, "owner", "import", "import", "changeSet"));

    public static OutboxEvent Withdrawn(string owner, IEnumerable<Guid> records, DateTimeOffset at) => new(
        Guid.CreateVersion7(at), TravelDocumentEvents.RecordsWithdrawn, AuditJson.Of(("owner", owner), ("records", Texts(records))).Text);

    public static OutboxEvent Restricted(string owner, IEnumerable<Guid> records, string? audience, bool isSealed, DateTimeOffset at) => new(
        Guid.CreateVersion7(at), TravelDocumentEvents.Restricted,
        AuditJson.Of(("owner", owner), ("records", Texts(records)), ("audience", audience), ("sealed", isSealed)).Text);

    private static IEnumerable<string> Texts(IEnumerable<Guid> ids) => ids.Select(id => id.ToString());
}

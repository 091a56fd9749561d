using Liaison.Platform.Audit;

namespace Liaison.TravelDocuments;

/// <summary>Audit events of this module. Published in docs/audit-events.md.</summary>
internal static class TravelDocumentEvents
{
    public static readonly AuditEventKind Searched = new("travelDocuments.searched", "A number or an MRZ was searched; outcome hit, possible or notKnown.");
    public static readonly AuditEventKind SearchedMany = new("travelDocuments.searchedMany",
        "Numbers or MRZs were searched in a batch; the entry lists them; outcome hit, possible or notKnown, the strongest of them.");
    public static readonly AuditEventKind Recorded = new("travelDocuments.recorded", "A document or a range of blanks was recorded.");
    public static readonly AuditEventKind Read = new("travelDocuments.read", "One record was read.");
    public static readonly AuditEventKind VersionsRead = new("travelDocuments.versionsRead", "The history of a record was read by its owner.");
    public static readonly AuditEventKind SightExplained =
        new("travelDocuments.sightExplained", "The owner of a record asked whether somebody can see it, and what keeps it from them.");
    public static readonly AuditEventKind Listed = new("travelDocuments.listed", "A member listed its own records.");
    public static readonly AuditEventKind Changed = new("travelDocuments.changed", "A record got a new version.");
    public static readonly AuditEventKind Withdrawn = new("travelDocuments.withdrawn", "A record was ended.");
    public static readonly AuditEventKind Imported = new("travelDocuments.imported", "A file of documents was received, or what became of it: its records carry the change set.");
    public static readonly AuditEventKind ImportRead = new("travelDocuments.importRead", "The state, the list or the rejects of own imports were read.");
    public static readonly AuditEventKind DemoLoaded =
        new("travelDocuments.demoLoaded", "The synthetic documents of a development hub were loaded.");

    public static readonly AuditEventKind Held = new("travelDocuments.held", "A record was put on hold: it neither expires nor is purged.");
    public static readonly AuditEventKind Released = new("travelDocuments.released", "The hold on a record ended.");
    public static readonly AuditEventKind Reminded = new("travelDocuments.reminded", "The hub reminded an owner of records whose review date comes.");
    public static readonly AuditEventKind Expired = new("travelDocuments.expired", "The hub ended a record whose review date passed without renewal.");
    public static readonly AuditEventKind Purged = new("travelDocuments.purged",
        "The hub removed records that had ended long enough ago, with their history; tombstones are left.");

    public static IReadOnlyList<AuditEventKind> All { get; } =
    [
        Searched, SearchedMany, Recorded, Read, VersionsRead, SightExplained, Listed, Changed, Withdrawn, Imported, ImportRead, DemoLoaded, Held, Released,
        Reminded, Expired, Purged,
    ];

    /// <summary>Outbox event: an import was merged. Payload: ids of import and change set, owner.</summary>
    public const string Merged = "travelDocuments.imported";

    /// <summary>
    /// Outbox event: a search found a record. Its id is the hit id of the answer. Payload: ids of search and record, owner, asking member, account
    /// and unit, reasons, place, priority, <c>vague</c> where the question left issuer or kind open.
    /// </summary>
    public const string Hit = "travelDocuments.hit";

    /// <summary>Outbox event: a search found a record that may be meant. Payload as of a hit, with <c>confidence</c>.</summary>
    public const string Possible = "travelDocuments.possible";

    /// <summary>Outbox event, for the owner alone: a search met a sealed record. Payload as of a hit; <c>confidence</c> when it is <c>possible</c>;
    /// <c>under</c> of all but the first of an owner, which are one to the asker.</summary>
    public const string SealedMatch = "travelDocuments.sealedMatch";

    /// <summary>
    /// Outbox event, for the owner: records stop answering on their review date unless renewed; once per record and review date. Payload:
    /// <c>owner</c>, <c>reviewDate</c>, ids of the <c>records</c>.
    /// </summary>
    public const string ReviewDue = "travelDocuments.reviewDue";

    /// <summary>Outbox event, for the owner: records were ended because nobody renewed them. Payload: <c>owner</c>, ids of the <c>records</c>.</summary>
    public const string Ended = "travelDocuments.expired";

    /// <summary>
    /// Outbox event: the owner ended records. At most 1,000 in one. Payload: <c>owner</c>, ids of the <c>records</c>; as of <see cref="Ended"/>.
    /// </summary>
    public const string RecordsWithdrawn = "travelDocuments.withdrawn";

    /// <summary>
    /// Outbox event: the owner said anew whom records are for. Payload: <c>owner</c>, ids of the <c>records</c>, <c>audience</c> where it is not everybody,
    /// <c>sealed</c>.
    /// </summary>
    public const string Restricted = "travelDocuments.restricted";

    /// <summary>Outbox event, for the owner alone: a carrier was told to ask its desk. Payload as of a hit; <c>under</c> of all but the
    /// first.</summary>
    public const string Referred = "travelDocuments.referred";

    /// <summary>Outbox event, for the owner alone: a search would have hit a record that the asker may not see. Payload: ids of search and record, owner, asking
    /// member.</summary>
    public const string SilentHit = "travelDocuments.silentHit";
}

namespace Liaison.TravelDocuments;

/// <summary>Audit events of this module. Published in docs/audit-events.md.</summary>
internal static class TravelDocumentEvents
{
    public const string Searched = "travelDocuments.searched";
    public const string Recorded = "travelDocuments.recorded";
    public const string Read = "travelDocuments.read";
    public const string VersionsRead = "travelDocuments.versionsRead";
    public const string Listed = "travelDocuments.listed";
    public const string Changed = "travelDocuments.changed";
    public const string Withdrawn = "travelDocuments.withdrawn";
    public const string Imported = "travelDocuments.imported";

    /// <summary>The synthetic documents of a development hub were loaded.</summary>
    public const string DemoLoaded = "travelDocuments.demoLoaded";

    /// <summary>Outbox: a search found a record. Payload: ids of search and record, asking member, owner.</summary>
    public const string Hit = "travelDocuments.hit";
}

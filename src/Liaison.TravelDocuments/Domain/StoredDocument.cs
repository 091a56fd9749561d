namespace Liaison.TravelDocuments.Domain;

/// <summary>A record as the database holds it now.</summary>
/// <param name="Record">Internal key: what the matching index knows a record by.</param>
internal sealed record StoredDocument(
    long Record,
    Guid Id,
    int Version,
    string Owner,
    ReportedDocument Document,
    DateTimeOffset RecordedAt,
    DateTimeOffset ChangedAt)
{
    /// <summary>The account that wrote this version.</summary>
    public required string ChangedBy { get; init; }

    /// <summary>Why this version was written, in the owner's words.</summary>
    public string? Why { get; init; }

    public string? WithdrawalReason { get; init; }

    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>Since when it is on hold: it neither expires nor is purged.</summary>
    public DateTimeOffset? HeldAt { get; init; }

    /// <summary>False when the record may answer no search: withdrawn, or its review date passed without renewal.</summary>
    public bool Answers(DateOnly today) => WithdrawnAt is null && Document.ReviewDate > today;
}

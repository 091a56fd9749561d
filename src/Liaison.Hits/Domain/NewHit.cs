using Liaison.Platform.Codes;

namespace Liaison.Hits.Domain;

/// <summary>A hit as the search told it.</summary>
/// <param name="Id">The hit id of the answer.</param>
/// <param name="Record">Id of the record.</param>
/// <param name="Owner">Member that owns the record.</param>
/// <param name="Asker">Member that asked.</param>
/// <param name="Kind">What it was told.</param>
/// <param name="At">When.</param>
internal sealed record NewHit(Guid Id, Guid Record, string Owner, string Asker, HitKind Kind, DateTimeOffset At)
{
    public required string Account { get; init; }
    public string? Unit { get; init; }

    /// <summary>Names the search in the audit.</summary>
    public required Guid Search { get; init; }

    /// <summary>When it asked, where the record came later; null where the answer itself told of it.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>Of a batch.</summary>
    public long? Line { get; init; }

    /// <summary>Codes, strongest first.</summary>
    public required string[] Reasons { get; init; }

    /// <summary>The question left the issuer or the kind of document open: numbers repeat between them.</summary>
    public bool IsVague { get; init; }
    public string? Place { get; init; }

    /// <summary>As the asker wished; null where it said nothing.</summary>
    public string? Priority { get; init; }

    /// <summary>Whom the record was for when the search was answered.</summary>
    public Audience? Audience { get; init; }
    public bool IsSealed { get; init; }

    /// <summary>Only possible: it becomes a case when its asker asks for it.</summary>
    public bool IsPossible { get; init; }

    /// <summary>Of several that are one to the asker, not the one that it was told of.</summary>
    public bool IsUnderAnother { get; init; }
}

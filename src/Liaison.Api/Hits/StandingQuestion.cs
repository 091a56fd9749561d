namespace Liaison.Api.Hits;

/// <summary>"Tell me when this number appears." It tells of what is entered or changed from now on: search first.</summary>
public sealed record StandingQuestionRequest
{
    /// <summary><c>travelDocuments</c>, which it is when left out.</summary>
    public string? Dataset { get; init; }

    public string? Number { get; init; }
    public string? Issuer { get; init; }
    public string? Kind { get; init; }

    /// <summary>Why, in words, for the own member. No names.</summary>
    public string? Reason { get; init; }

    /// <summary>The last day, as <c>2026-12-31</c>; a year ahead at most.</summary>
    public string? Until { get; init; }

    /// <summary>Whether the member that writes for the issuer sees the question before anything matches; when left out it does not.</summary>
    public bool? OwnerVisible { get; init; }
}

/// <summary>A question that stands, or stood.</summary>
public sealed record StandingQuestion
{
    public required Guid Id { get; init; }

    /// <summary>What the caller is: <c>asker</c>, or <c>owner</c> where the question is on documents that it writes.</summary>
    public required string Role { get; init; }

    /// <summary>Who asks.</summary>
    public required string Member { get; init; }
    public required string Dataset { get; init; }

    /// <summary>Absent when the hub no longer has the key that it was sealed with.</summary>
    public string? Number { get; init; }
    public string? Issuer { get; init; }
    public string? Kind { get; init; }
    public required string Purpose { get; init; }

    /// <summary>To the asker only.</summary>
    public string? Reason { get; init; }
    public required bool OwnerVisible { get; init; }
    public required DateTimeOffset AskedAt { get; init; }
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary><c>stands</c> or <c>ended</c>.</summary>
    public required string State { get; init; }
}

/// <summary>Questions that stand, newest first.</summary>
/// <param name="Items">The member's own, and those of others that it may see.</param>
/// <param name="Next">Ask for the next page with <c>before</c>; absent on the last one.</param>
public sealed record StandingQuestionPage(IReadOnlyList<StandingQuestion> Items, Guid? Next);

namespace Liaison.Api.Hits;

/// <summary>How hits turned out.</summary>
/// <param name="Items">By member and, for a member's own, by reason.</param>
public sealed record HitFigures(IReadOnlyList<HitFigure> Items);

/// <summary>Of one member, for one reason.</summary>
public sealed record HitFigure
{
    /// <summary><c>owner</c>: hits on the member's records; <c>asker</c>: hits that the member met.</summary>
    public required string Side { get; init; }

    public required string Member { get; init; }

    /// <summary>Code of the strongest reason of the match; absent where none is known.</summary>
    public string? Reason { get; init; }

    public required long Hits { get; init; }
    public required long Confirmed { get; init; }
    public required long NotConfirmed { get; init; }

    /// <summary>Not answered within twice the time.</summary>
    public required long Unanswered { get; init; }

    /// <summary>Confirmed of those that were answered, 0 to 1; absent when none was.</summary>
    public double? Precision { get; init; }

    /// <summary>Seconds from the hit to the answer; absent when none was answered.</summary>
    public double? MedianSeconds { get; init; }

    /// <summary>Nine of ten were answered within so many seconds.</summary>
    public double? NinetiethSeconds { get; init; }

    /// <summary>How often which outcome was given.</summary>
    public required IReadOnlyDictionary<string, long> Outcomes { get; init; }
}

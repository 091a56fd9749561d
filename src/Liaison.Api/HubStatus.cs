namespace Liaison.Api;

/// <summary>The state of the data that an answer was given from.</summary>
/// <param name="Position">Change position of the hub's data: grows by one with every committed change set.</param>
/// <param name="At">When the hub knew itself to be complete up to that position, UTC.</param>
public sealed record AsOf(long Position, DateTimeOffset At);

/// <summary>Answer of <see cref="Routes.Status"/>: what runs here and how much it knows.</summary>
public sealed record HubStatus
{
    public required string Version { get; init; }
    public required string Environment { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The caller as the hub knows it.</summary>
    public required CallerStatus Caller { get; init; }

    public required AsOf AsOf { get; init; }

    /// <summary>
    /// Records that can answer a search now, by dataset (<c>travelDocuments</c>): down to the full thousand, so that nobody sees a record come that is kept from
    /// it. The secretariat sees the number.
    /// </summary>
    public required IReadOnlyDictionary<string, long> Records { get; init; }
}

public sealed record CallerStatus(string Account, string Member, IReadOnlyList<string> Permissions);

/// <summary>Answer of the health routes.</summary>
public sealed record Health(string Status, IReadOnlyList<string> Reasons);

namespace Liaison.Api.Members;

/// <summary>An agency, a border post or a system under a member: direct access under the responsibility of its bureau.</summary>
public sealed record Unit
{
    /// <summary>Says its place: <c>FRA/BORDER/CDG</c> is under <c>FRA/BORDER</c>.</summary>
    public required string Name { get; init; }

    public required string Member { get; init; }
    public required string Title { get; init; }

    /// <summary><c>subBureau</c>, <c>agency</c>, <c>borderPost</c> or <c>system</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What the bureau lets it do; a unit below may do no more than those above.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    /// <summary>For which purposes; absent for all that the member's agreements name.</summary>
    public IReadOnlyList<string>? Purposes { get; init; }

    public required DateTimeOffset GrantedAt { get; init; }
    public required string GrantedBy { get; init; }
    public DateTimeOffset? WithdrawnAt { get; init; }
}

public sealed record UnitList(IReadOnlyList<Unit> Items);

/// <summary>Makes a unit, or changes what its bureau grants it.</summary>
public sealed record UnitRequest
{
    public string? Name { get; init; }
    public string? Title { get; init; }
    public string? Kind { get; init; }
    public IReadOnlyList<string>? Permissions { get; init; }

    /// <summary>Absent: of a new unit all that the member's agreements name, and of one that there is those that it has.</summary>
    public IReadOnlyList<string>? Purposes { get; init; }
}

/// <summary>Takes the grant away from a unit and, by that, from those below.</summary>
public sealed record UnitWithdrawal
{
    public string? Name { get; init; }
    public string? Why { get; init; }
}

/// <summary>What the accounts of a unit did.</summary>
/// <param name="Unit">Its name; absent for the bureau's own accounts.</param>
/// <param name="Event">Audit event.</param>
/// <param name="Count">How often.</param>
/// <param name="Last">Last time.</param>
public sealed record UnitUse(string? Unit, string Account, string Event, long Count, DateTimeOffset Last);

public sealed record UnitUseList(DateTimeOffset Since, IReadOnlyList<UnitUse> Items);

using Liaison.Platform.Codes;

namespace Liaison.Hits.Domain;

/// <summary>A case, as the database holds it: the owner's side.</summary>
internal sealed record HitCase
{
    public required Guid Id { get; init; }
    public required int Version { get; init; }
    public required Guid Record { get; init; }
    public required string Owner { get; init; }
    public required HitState State { get; init; }
    public required string Priority { get; init; }
    public required HitLevel Level { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public required HitDeadlines Deadlines { get; init; }

    /// <summary>The desk was reminded.</summary>
    public bool Reminded { get; init; }

    /// <summary>The owner's answer that stands: confirmed or not.</summary>
    public HitState? Answer { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Since when nothing is waited for but outcomes.</summary>
    public DateTimeOffset? SettledAt { get; init; }
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>What the owner restricted the record to since.</summary>
    public Audience? Audience { get; init; }
    public bool IsSealed { get; init; }

    /// <summary>All who ask in it have the same document before them. Else it is of one who asked, and stays so.</summary>
    public bool IsShared { get; init; }

    /// <summary>When the clock does its next step; null when none is to come.</summary>
    public DateTimeOffset? NextAt => State is not (HitState.Open or HitState.Acknowledged) || Level is HitLevel.Secretariat ? null
        : !Reminded ? Deadlines.RemindAt : Level is HitLevel.Desk ? Deadlines.DueAt : Deadlines.LapseAt;
}

/// <summary>One who asked. What it sees of the case has a version of its own: who else asked is nothing of its business.</summary>
internal sealed record HitAsker
{
    public required NewHit Hit { get; init; }
    public required Guid Case { get; init; }
    public required int Version { get; init; }
    public required string Priority { get; init; }
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Code; null while it said nothing.</summary>
    public string? Outcome { get; init; }
    public string? Note { get; init; }
    public DateTimeOffset? OutcomeAt { get; init; }

    /// <summary>When it was told that the record ended.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>
    /// The version of what it still sees when the owner keeps the record from it: of its own outcome and of whether the case is over. What the others do
    /// does not move it. It lies above every version that counts changes, so that none tells of both.
    /// </summary>
    public int VersionOfRest(bool isOver)
    {
        var said = (OutcomeAt?.UtcTicks ?? 0) / TimeSpan.TicksPerMicrosecond % (1 << 29);
        return (1 << 30) + ((int)said << 1) + (isOver ? 1 : 0);
    }
}

/// <summary>Something that happened in a case.</summary>
/// <param name="Sequence">The version that it made of the case.</param>
/// <param name="State">Of the case, after it.</param>
/// <param name="Hit">Of the one asker whom it concerns; null for all.</param>
internal sealed record HitEntry(
    int Sequence, DateTimeOffset At, string Act, HitState State, string Member, string Account, Guid? Hit, string? Note);

/// <summary>A case with all who asked.</summary>
internal sealed record HitFile(HitCase Case, IReadOnlyList<HitAsker> Askers)
{
    /// <summary>What the owner sees. Carriers are not waited for: they never learn enough to say what came of it.</summary>
    public HitState OwnersState => HitRules.OfOwner(Case.State, Askers.All(a => a.Outcome is not null || a.Hit.Kind is HitKind.Referred));

    /// <summary>After a change that everybody is told of.</summary>
    /// <param name="change">The case in its next version.</param>
    public HitFile Told(HitCase change) => new(change, [.. Askers.Select(a => a with { Version = a.Version + 1 })]);
}

using Liaison.Api.Members;

namespace Liaison.Api.Hits;

/// <summary>
/// A hit that goes on: what has become of it, as far as the caller may know. Whoever asked sees itself and the owner's statements, and never who
/// else asked; the owner sees all who asked.
/// </summary>
public sealed record Hit
{
    /// <summary>To whoever asked the hit id of its answer; to the owner the id of the case.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the caller is here: <c>asker</c>, <c>owner</c> or <c>secretariat</c>.</summary>
    public required string Role { get; init; }

    /// <summary>
    /// <c>opening</c> (for a moment after the search), <c>possible</c> (no case unless you ask for one), <c>open</c>, <c>acknowledged</c>,
    /// <c>confirmed</c>, <c>notConfirmed</c>, <c>withdrawnByOwner</c>, <c>unanswered</c>, <c>outcome</c> or <c>closed</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Grows with every change that the caller is told of; 0 while there is no case.</summary>
    public required int Version { get; init; }

    /// <summary>What the owner says: <c>confirmed</c> or <c>notConfirmed</c>; absent while it said neither.</summary>
    public string? Answer { get; init; }

    /// <summary>Member that owns the record.</summary>
    public string? Owner { get; init; }

    /// <summary>
    /// What the asker was told: <c>hit</c>, <c>possible</c>, <c>sealed</c> or <c>referred</c>; <c>delayed</c> where the record came after the search.
    /// </summary>
    public string? Kind { get; init; }

    /// <summary>When the caller asked, where the record came later; absent where the answer itself told of it.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>Id of the record, for who may read it.</summary>
    public Guid? Record { get; init; }

    /// <summary>What to quote to the desk; for a carrier.</summary>
    public string? Reference { get; init; }

    /// <summary><c>immediate</c>, <c>urgent</c>, <c>routine</c> or <c>low</c>.</summary>
    public string? Priority { get; init; }

    /// <summary>When it was asked; to the owner, when the case was opened.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Until when the owner is to answer.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>With whom it lies: the owner's <c>desk</c>, its <c>dutyRoom</c>, or the <c>secretariat</c>.</summary>
    public string? Level { get; init; }

    /// <summary>Where that is reached.</summary>
    public Desk? Desk { get; init; }

    /// <summary>What the caller said came of it.</summary>
    public string? Outcome { get; init; }

    /// <summary>Since when the record no longer stands; absent while it does.</summary>
    public DateTimeOffset? RecordEndedAt { get; init; }

    /// <summary>To the owner: who asked.</summary>
    public IReadOnlyList<HitAsker>? Askers { get; init; }

    /// <summary>What happened, in order.</summary>
    public IReadOnlyList<HitEvent>? Events { get; init; }

    /// <summary>
    /// How it stands, in words: in English, French, Spanish or Arabic, as <c>Accept-Language</c> asks. Programs go by the codes.
    /// </summary>
    public string? Text { get; init; }
}

/// <summary>One who asked, to the owner.</summary>
public sealed record HitAsker
{
    public required Guid Hit { get; init; }
    public required string Member { get; init; }
    public required string Account { get; init; }
    public string? Unit { get; init; }
    public required string Kind { get; init; }

    /// <summary>Names the search in the audit.</summary>
    public required Guid Search { get; init; }

    /// <summary>Codes of the reasons for which it matched.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>Where the document was shown, as the asker said.</summary>
    public string? Place { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>When it asked, where the record came later.</summary>
    public DateTimeOffset? AskedAt { get; init; }
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>A code of the outcomes; absent while it said nothing.</summary>
    public string? Outcome { get; init; }
    public string? Note { get; init; }
    public DateTimeOffset? OutcomeAt { get; init; }
}

/// <summary>Something that happened.</summary>
/// <param name="At">When.</param>
/// <param name="Act"><c>open</c>, <c>join</c>, <c>acknowledge</c>, <c>confirm</c>, <c>deny</c>, <c>withdraw</c>, <c>remind</c>, <c>escalate</c>, <c>lapse</c>, <c>giveOutcome</c>, <c>message</c>, <c>attach</c>, <c>close</c>.</param>
/// <param name="Member">Whose act it was; the owner's where the hub did it.</param>
/// <param name="Note">In words.</param>
public sealed record HitEvent(DateTimeOffset At, string Act, string Member, string? Note)
{
    /// <summary>The state of the case after it.</summary>
    public required string State { get; init; }
}

/// <summary>A member's hits, newest first.</summary>
/// <param name="Items">Without their events.</param>
/// <param name="Next">Ask for the next page with <c>before</c>; absent on the last one.</param>
public sealed record HitPage(IReadOnlyList<Hit> Items, Guid? Next);

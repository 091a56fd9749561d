namespace Liaison.Api.Hits;

/// <summary>Whoever asked wants the owner to look at a match that is only possible.</summary>
public sealed record HitRequest
{
    /// <summary>The search id of the answer.</summary>
    public Guid? SearchId { get; init; }

    /// <summary>The hit id of the match.</summary>
    public Guid? HitId { get; init; }

    /// <summary>How fast: <c>immediate</c>, <c>urgent</c>, <c>routine</c> or <c>low</c>; without it as the search said, else routine.</summary>
    public string? Priority { get; init; }

    /// <summary>For the owner, at most 500 characters, on one line, no names.</summary>
    public string? Note { get; init; }
}

/// <summary>What the owner says.</summary>
public sealed record HitAnswerRequest
{
    /// <summary><c>acknowledge</c>, <c>confirm</c>, <c>deny</c> or <c>withdraw</c>.</summary>
    public string? Act { get; init; }

    /// <summary>For all who asked, at most 500 characters, on one line, no names.</summary>
    public string? Note { get; init; }
}

/// <summary>What came of a hit where it was met.</summary>
public sealed record HitOutcomeRequest
{
    /// <summary>
    /// <c>documentSeized</c>, <c>personQuestioned</c>, <c>personArrested</c>, <c>entryRefused</c>, <c>travellerContinued</c>, <c>falseMatch</c> or
    /// <c>unknown</c>.
    /// </summary>
    public string? Outcome { get; init; }

    /// <summary>For the owner, at most 500 characters, on one line, no names.</summary>
    public string? Note { get; init; }
}

/// <summary>The end of a case.</summary>
public sealed record HitClosureRequest
{
    public string? Note { get; init; }
}

/// <summary>What the secretariat does with a hit that its owner left unanswered.</summary>
public sealed record HitCareRequest
{
    /// <summary><c>acknowledge</c> or <c>remind</c>.</summary>
    public string? Act { get; init; }

    public string? Note { get; init; }
}

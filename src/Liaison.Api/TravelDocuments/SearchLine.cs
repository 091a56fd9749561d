using System.Text.Json.Serialization;

namespace Liaison.Api.TravelDocuments;

/// <summary>
/// One line of a batch: a question as in a single search. Purpose and reference of the whole batch may come once, by headers; a line's own
/// hold for that line.
/// </summary>
public sealed record SearchLine : SearchRequest
{
    /// <summary>The caller's own name for the line, at most 100 characters; comes back with its answer and is not kept.</summary>
    public string? Ref { get; init; }
}

/// <summary>
/// One line of the answer to a batch. Either the answer to one question (<see cref="Line"/> and <see cref="Answer"/>), or why one question
/// was refused (<see cref="Line"/> and <see cref="Problem"/>), or the end: <see cref="Summary"/> when every line was answered, a
/// <see cref="Problem"/> without a line when the batch broke off. An answer without a summary is not complete.
/// </summary>
public sealed record SearchLineAnswer
{
    /// <summary>Number of the line that is answered, the first is 1; empty lines count and are not answered.</summary>
    public long? Line { get; init; }

    /// <summary>The line's own <c>ref</c>.</summary>
    public string? Ref { get; init; }

    /// <summary><c>hit</c>, <c>possible</c> or <c>notKnown</c>; to a carrier <c>refer</c> or <c>notKnown</c>.</summary>
    public string? Answer { get; init; }

    /// <summary>Names the audit entry of the line. This and what follows is there as in a single search when there is more to say than <c>notKnown</c>.</summary>
    public Guid? SearchId { get; init; }

    public AsOf? AsOf { get; init; }

    /// <summary>True when the node that answered does not have all that its database has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Stale { get; init; }

    public IReadOnlyList<DocumentMatch>? Matches { get; init; }
    public IReadOnlyList<SealedMatch>? Sealed { get; init; }
    public Referral? Refer { get; init; }

    public bool? More { get; init; }

    public IReadOnlyList<Explanation>? Notes { get; init; }

    public MrzReading? Mrz { get; init; }

    public Problem? Problem { get; init; }

    public SearchManySummary? Summary { get; init; }
}

/// <summary>The last line of a batch that was answered to its end.</summary>
public sealed record SearchManySummary
{
    /// <summary>Names the batch in the audit, as <c>batch</c> of its entries.</summary>
    public required Guid SearchId { get; init; }

    /// <summary>Lines read, empty ones too.</summary>
    public required long Lines { get; init; }

    public required long Hit { get; init; }

    public required long Possible { get; init; }

    public required long NotKnown { get; init; }

    /// <summary>Lines of a carrier that are to be asked about; absent when there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Refer { get; init; }

    /// <summary>Lines that hold no question that can be asked.</summary>
    public required long Refused { get; init; }

    /// <summary>Every answer takes in at least what was known then.</summary>
    public required AsOf AsOf { get; init; }

    /// <summary>True when a part was answered while the node could not follow its database.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Stale { get; init; }
}

using Liaison.Api.Members;
using System.Text.Json.Serialization;

namespace Liaison.Api.TravelDocuments;

/// <summary>The answer to a <see cref="SearchRequest"/>.</summary>
public sealed record SearchAnswer
{
    /// <summary>
    /// <c>hit</c>, <c>possible</c> or <c>notKnown</c>: the strongest of the matches, sealed ones too. To a carrier <c>refer</c> or
    /// <c>notKnown</c>, and nothing of any record.
    /// </summary>
    public required string Answer { get; init; }

    /// <summary>Names this search in the audit.</summary>
    public required Guid SearchId { get; init; }

    public required AsOf AsOf { get; init; }

    /// <summary>
    /// True when the node that answered does not have all that its database has: what was recorded after <see cref="AsOf"/> may be missing. Otherwise
    /// absent. Ask another node, or again.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Stale { get; init; }

    /// <summary>Strongest first; at most 10 when no issuer was given, else at most 100.</summary>
    public required IReadOnlyList<DocumentMatch> Matches { get; init; }

    /// <summary>Owners whose records match and who want to be asked for more; absent when there are none.</summary>
    public IReadOnlyList<SealedMatch>? Sealed { get; init; }

    /// <summary>To a carrier, with the answer <c>refer</c>: whom to ask.</summary>
    public Referral? Refer { get; init; }

    /// <summary>True when more records matched than are listed.</summary>
    public required bool More { get; init; }

    /// <summary>What to know about the answer as a whole (<c>weakWithoutIssuer</c>, <c>checkDigitFailed</c> …).</summary>
    public required IReadOnlyList<Explanation> Notes { get; init; }

    /// <summary>What was read of the MRZ; absent when the question was a number.</summary>
    public MrzReading? Mrz { get; init; }
}

/// <summary>A stable code and what it means for a person.</summary>
public sealed record Explanation(string Code, string Text);

/// <summary>One record that matches, and why.</summary>
public sealed record DocumentMatch
{
    /// <summary><c>hit</c> or <c>possible</c>.</summary>
    public required string Confidence { get; init; }

    /// <summary>
    /// Under this id the hit goes on as a case with the owner: <c>GET /v1/hits/{id}</c>. What is only possible becomes one when you ask for it. Absent
    /// where the record is your own member's.
    /// </summary>
    public Guid? HitId { get; init; }

    /// <summary>Why it matches, strongest first: <c>numberExact</c>, <c>separatorsIgnored</c>, <c>insideBlankRange</c> …</summary>
    public required IReadOnlyList<Explanation> Reasons { get; init; }

    /// <summary>What to know before acting: <c>foundStillNotValid</c>, <c>documentExpired</c> …</summary>
    public required IReadOnlyList<Explanation> Notes { get; init; }

    public required TravelDocument Document { get; init; }

    /// <summary>How to have the owner confirm it: a hit alone is no ground for action.</summary>
    public required string Confirm { get; init; }
}

/// <summary>A match of which its owner tells no more than this, however many of its records match.</summary>
public sealed record SealedMatch
{
    /// <summary><c>hit</c> or <c>possible</c>.</summary>
    public required string Confidence { get; init; }

    /// <summary>As of <see cref="DocumentMatch.HitId"/>.</summary>
    public Guid? HitId { get; init; }

    /// <summary>The member to ask.</summary>
    public required string Owner { get; init; }

    /// <summary>Why there is nothing more: <c>sealed</c>.</summary>
    public required IReadOnlyList<Explanation> Reasons { get; init; }

    /// <summary>Whom to ask, and what to quote.</summary>
    public required string Confirm { get; init; }
}

/// <summary>Where a carrier turns to before it carries the holder of a document.</summary>
/// <param name="Desk">The member whose desk knows more.</param>
/// <param name="Reference">What to quote there; it names the search in the audit.</param>
/// <param name="Text">What to do, in words.</param>
public sealed record Referral(string Desk, string Reference, string Text)
{
    /// <summary>Where that desk is reached: the member's urgent desk, else its routine one; absent when it named none.</summary>
    public Desk? Contact { get; init; }

    /// <summary>Under this id the hit goes on: <c>GET /v1/hits/{id}</c> tells how far it is.</summary>
    public Guid? HitId { get; init; }
}

/// <summary>What the hub kept of an MRZ: nothing nominal.</summary>
public sealed record MrzReading
{
    /// <summary><c>TD1 TD2 TD3 MRVA MRVB FRENCH_ID FRENCH_DL SWISS_DL</c></summary>
    public required string Format { get; init; }
    public required string Number { get; init; }
    public required string Issuer { get; init; }

    /// <summary>The kinds that the document code stands for.</summary>
    public required IReadOnlyList<string> Kinds { get; init; }

    /// <summary>Check digits as printed, each <c>valid</c>, <c>invalid</c> or <c>absent</c>.</summary>
    public required IReadOnlyDictionary<string, string> Checks { get; init; }
}

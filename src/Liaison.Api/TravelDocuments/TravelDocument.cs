using System.Text.Json.Serialization;

namespace Liaison.Api.TravelDocuments;

/// <summary>
/// A record of the dataset. Non-nominal: it describes a document, never its holder; no name, birth date or other data of a person.
/// </summary>
public sealed record TravelDocument
{
    public required Guid Id { get; init; }

    /// <summary>1 for the first; also the ETag.</summary>
    public required int Version { get; init; }

    /// <summary>The member that owns the record and answers for it.</summary>
    public required string Owner { get; init; }

    /// <summary>Document number, or the first number of a blank range, as the owner wrote it.</summary>
    public required string Number { get; init; }

    /// <summary>Last number of a blank range; absent for one document.</summary>
    public string? RangeTo { get; init; }

    /// <summary>Canonical three-letter code: <c>DEU</c> also where <c>D</c> is printed.</summary>
    public required string Issuer { get; init; }
    public required string Kind { get; init; }

    /// <summary><c>stolen</c>, <c>lost</c>, <c>revoked</c>, <c>invalid</c> or <c>stolenBlank</c>.</summary>
    public required string Status { get; init; }

    /// <summary>When it happened: <c>YYYY</c>, <c>YYYY-MM</c> or <c>YYYY-MM-DD</c>.</summary>
    public string? EventDate { get; init; }
    public string? EventPlace { get; init; }

    /// <summary>Where the theft or loss was reported, if not to the issuer.</summary>
    public string? ReportingCountry { get; init; }
    public string? IssueDate { get; init; }
    public string? ExpiryDate { get; init; }

    /// <summary>Why a document was revoked or is invalid, a code of <c>data/travel-documents/reasons.csv</c>.</summary>
    public string? ReasonCode { get; init; }
    public string? LegalBasis { get; init; }
    public string? NationalReference { get; init; }
    public string? AdditionalInformation { get; init; }

    /// <summary>Set when the document was found and is still cancelled.</summary>
    public Found? Found { get; init; }

    /// <summary>Shown to the owner only.</summary>
    public Restrictions? Restrictions { get; init; }

    /// <summary>True when others are told no more than that there is a match and whom to ask. Only the owner ever reads such a record.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Sealed { get; init; }

    /// <summary>How it may be used; absent in versions of before there were handling codes.</summary>
    public Handling? Handling { get; init; }

    /// <summary>
    /// Whether a receiver may pass it on to a third party or state: <c>allowed</c>, <c>askOwner</c> or <c>forbidden</c>. Handling code H2 makes
    /// it at least <c>askOwner</c>.
    /// </summary>
    public string? OnwardTransfer { get; init; }

    /// <summary>From this day on the record no longer answers, unless renewed.</summary>
    public required DateOnly ReviewDate { get; init; }

    /// <summary>Since when the record is on hold: it neither expires nor is purged. Shown to the owner only.</summary>
    public DateTimeOffset? HeldSince { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>Set when the record was ended; it then answers no search.</summary>
    public Withdrawal? Withdrawal { get; init; }
}

/// <summary>
/// For whom the record is not there, or for whom alone besides its owner it is: one of the two. Members (<c>FRA</c>), groups of members
/// (<c>@EU</c>), units (<c>FRA/BORDER</c>, with those under it). Whoever may not see it is answered as if it had never been recorded.
/// </summary>
/// <param name="NotFor">Names, at most 100.</param>
/// <param name="OnlyFor">Names, at most 100.</param>
public sealed record Restrictions(IReadOnlyList<string>? NotFor, IReadOnlyList<string>? OnlyFor);

/// <summary>Handling codes as European police exchange has them.</summary>
/// <param name="Codes">
/// <c>H0</c> alone: no restriction beyond the purpose it was asked for. Or some of <c>H1</c>: not as evidence in court without permission of the owner; <c>H2</c>:
/// not passed on without permission of the owner; <c>H3</c>: other, see <paramref name="Text"/>.
/// </param>
/// <param name="Text">Required with H3; at most 500 characters.</param>
public sealed record Handling(IReadOnlyList<string>? Codes, string? Text)
{
    public bool Equals(Handling? other) => other is not null && Text == other.Text && (Codes ?? []).SequenceEqual(other.Codes ?? []);

    public override int GetHashCode() => HashCode.Combine(Text, Codes?.Count);
}

/// <summary>When, and if known where, a still cancelled document was found. The date is required; a year will do.</summary>
public sealed record Found(string? Date, string? Place);

public sealed record Withdrawal(string Reason, DateTimeOffset At);

namespace Liaison.Api.TravelDocuments;

/// <summary>
/// "Is this travel document reported stolen, lost, revoked, invalid or a stolen blank?" Either <see cref="Number"/> or
/// <see cref="Mrz"/>, never both. The hub keeps nothing nominal of an MRZ.
/// </summary>
public record SearchRequest
{
    /// <summary>Document number as printed, at most 32 letters and digits; spaces, <c>-</c>, <c>/</c>, <c>.</c> and fillers behind it are ignored.</summary>
    public string? Number { get; init; }

    /// <summary>Issuing authority, ICAO Doc 9303-3 §5 code (<c>D</c>, <c>UNO</c>, <c>XOM</c> …). Without it the question is weak.</summary>
    public string? Issuer { get; init; }

    /// <summary>Code of <c>data/travel-documents/kinds.csv</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Machine readable zone as the reader delivers it, with or without line breaks. At most 300 characters.</summary>
    public string? Mrz { get; init; }

    /// <summary>Also ask for numbers one character off, two neighbours swapped, or of another issuer.</summary>
    public bool? Near { get; init; }

    /// <summary>Why it is asked, a code of <c>data/purposes.csv</c>; required unless the caller has a default purpose.</summary>
    public string? Purpose { get; init; }

    /// <summary>The caller's own reference, at most 100 characters; kept in the audit only.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// How fast the owner is to answer a hit: <c>immediate</c>, <c>urgent</c>, <c>routine</c> or <c>low</c>; without it urgent for a hit, routine for
    /// what is only possible.
    /// </summary>
    public string? Priority { get; init; }

    /// <summary>Opaque user id of the calling system, at most 100 characters; kept in the audit only.</summary>
    public string? OnBehalfOf { get; init; }

    /// <summary>Where the document was shown, at most 100 characters; kept in the audit only.</summary>
    public string? Place { get; init; }

    /// <summary>When the document was shown, ISO 8601 with offset, for checks made earlier and sent later; not in the future.</summary>
    public string? OccurredAt { get; init; }
}

using Liaison.Kernel.Time;
using Liaison.Platform.Codes;

namespace Liaison.TravelDocuments.Domain;

/// <summary>
/// What an issuing authority reports of a document: every field valid on its own and with the others. Issuer, kind and number name the
/// document.
/// </summary>
internal sealed record ReportedDocument
{
    public required DocumentNumber Number { get; init; }

    /// <summary>Last number of a blank range, or null for one document.</summary>
    public DocumentNumber? RangeTo { get; init; }

    /// <summary>Canonical issuing code.</summary>
    public required string Issuer { get; init; }
    public required string Kind { get; init; }
    public required string Status { get; init; }
    public PartialDate? EventDate { get; init; }
    public string? EventPlace { get; init; }
    public string? ReportingCountry { get; init; }
    public PartialDate? IssueDate { get; init; }
    public PartialDate? ExpiryDate { get; init; }
    public string? ReasonCode { get; init; }
    public string? LegalBasis { get; init; }
    public string? NationalReference { get; init; }
    public string? AdditionalInformation { get; init; }

    /// <summary>Found, and still cancelled.</summary>
    public FoundDocument? Found { get; init; }

    /// <summary>Whom the record is for besides its owner; null for everybody.</summary>
    public Audience? Audience { get; init; }

    /// <summary>Others are told no more than that there is a match and whom to ask.</summary>
    public bool IsSealed { get; init; }

    /// <summary>How it may be used; null where the owner said nothing, which is H0.</summary>
    public HandlingCodes? Handling { get; init; }

    /// <summary>Whether it may be passed on, in the owner's words; null where it said nothing. See <see cref="OnwardTransfers.Effective"/>.</summary>
    public string? OnwardTransfer { get; init; }

    /// <summary>The record answers no search from this day on.</summary>
    public required DateOnly ReviewDate { get; init; }

    /// <summary>True when both name the same document.</summary>
    public bool IsSameDocument(ReportedDocument other) =>
        Issuer == other.Issuer && Kind == other.Kind && Number.Key == other.Number.Key && RangeTo?.Key == other.RangeTo?.Key;
}

/// <summary>When and where a document was found, as far as known.</summary>
internal sealed record FoundDocument(PartialDate? Date, string? Place);

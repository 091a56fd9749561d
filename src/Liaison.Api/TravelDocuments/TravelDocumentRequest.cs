namespace Liaison.Api.TravelDocuments;

/// <summary>
/// What an issuing authority writes: to record a document, or (<c>PUT</c>) to replace what is known of it. Issuer, kind and number
/// name the document and cannot be changed: withdraw the record as entered in error and record it anew.
/// </summary>
public record TravelDocumentRequest
{
    public string? Number { get; init; }
    public string? RangeTo { get; init; }
    public string? Issuer { get; init; }
    public string? Kind { get; init; }
    public string? Status { get; init; }
    public string? EventDate { get; init; }
    public string? EventPlace { get; init; }
    public string? ReportingCountry { get; init; }
    public string? IssueDate { get; init; }
    public string? ExpiryDate { get; init; }
    public string? ReasonCode { get; init; }
    public string? LegalBasis { get; init; }
    public string? NationalReference { get; init; }
    public string? AdditionalInformation { get; init; }
    public Found? Found { get; init; }

    /// <summary>
    /// Who may not see the record, or who alone may; everybody when absent. In a change, absent keeps what stands, and one that names nobody
    /// ends it.
    /// </summary>
    public Restrictions? Restrictions { get; init; }

    /// <summary>True: others are told no more than that there is a match and whom to ask. In a change, absent keeps what stands.</summary>
    public bool? Sealed { get; init; }

    /// <summary>How it may be used; H0 when absent. In a change, absent keeps what stands.</summary>
    public Handling? Handling { get; init; }

    /// <summary>
    /// Whether a receiver may pass it on: <c>allowed</c> (when absent), <c>askOwner</c> or <c>forbidden</c>. In a change, absent keeps what
    /// stands.
    /// </summary>
    public string? OnwardTransfer { get; init; }

    /// <summary>10 years from today when absent.</summary>
    public string? ReviewDate { get; init; }

    /// <summary>Required to be true for a blank range of more than 100,000 numbers.</summary>
    public bool? ConfirmLargeRange { get; init; }

    /// <summary>
    /// True, with <see cref="Why"/>, to record a document whose record was withdrawn as wrong: without it that is refused, because a feed
    /// that never learned of the withdrawal would go on stopping the holder.
    /// </summary>
    public bool? Reentry { get; init; }

    /// <summary>Why it is changed; required for a change and for a re-entry. Kept in the history.</summary>
    public string? Why { get; init; }
}

/// <summary>A line of an import: a record, or the end of one.</summary>
public sealed record ImportedDocument : TravelDocumentRequest
{
    /// <summary>Why the feed's record of this document ends, as in <see cref="WithdrawalRequest.Reason"/>; only in a delta.</summary>
    public string? Withdraw { get; init; }
}

/// <summary>Ends a record.</summary>
public sealed record WithdrawalRequest
{
    /// <summary><c>enteredInError</c>, <c>falseReport</c> or <c>returnedAndValid</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>In words, at most 500 characters; kept in the history.</summary>
    public string? Why { get; init; }
}

/// <summary>Puts a record on hold, or releases it.</summary>
public sealed record HoldRequest
{
    /// <summary>In words, as the proceedings that need it; at most 500 characters, required, kept in the history.</summary>
    public string? Why { get; init; }
}

/// <summary>One page of a member's own records, newest first.</summary>
/// <param name="Items">At most the page size asked for.</param>
/// <param name="Next">Pass as <c>after</c> to get the next page; absent on the last.</param>
public sealed record TravelDocumentPage(IReadOnlyList<TravelDocument> Items, string? Next);

/// <summary>The history of a record, oldest first.</summary>
public sealed record TravelDocumentVersions(IReadOnlyList<TravelDocumentVersion> Items);

/// <summary>Whether a record shows itself to a member, or to a unit of it, and by what it does not.</summary>
/// <param name="Of">The member or unit that was asked about.</param>
/// <param name="Visible">True when the record itself keeps nothing back. Whether an account may ask at all, its own bureau and the secretariat know.</param>
/// <param name="Reason"><c>ended</c>, <c>restricted</c>, <c>carrier</c> or <c>sealed</c>; absent when it is visible.</param>
/// <param name="Explanation">The same in words, with what it gets instead and what to do.</param>
public sealed record TravelDocumentSight(string Of, bool Visible, string? Reason, string Explanation);

public sealed record TravelDocumentVersion
{
    public required int Version { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The account that wrote it.</summary>
    public required string By { get; init; }
    public string? Why { get; init; }
    public required TravelDocument Document { get; init; }
}

/// <summary>A row that was not taken.</summary>
/// <param name="Line">1-based line of the file where the row starts.</param>
/// <param name="Column">Column name, or empty for the row as a whole.</param>
/// <param name="Code">Stable problem code.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record RowReject(long Line, string Column, string Code, string Message);

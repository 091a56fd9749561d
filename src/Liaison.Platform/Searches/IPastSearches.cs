using Liaison.Api;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Liaison.Platform.Outbox;

namespace Liaison.Platform.Searches;

/// <summary>Fingerprints of records, one by one, and how far a change set was read with them.</summary>
/// <param name="Prints">A range has one for each of its numbers.</param>
/// <param name="Through">Every record of the set up to this key is in this page or one before.</param>
public sealed record PrintPage(IReadOnlyList<RecordPrint> Prints, long Through);

/// <param name="Print">The fingerprint.</param>
/// <param name="Record">Internal key.</param>
/// <param name="Position">Of the change set that wrote it: a search that was answered from there on has seen it.</param>
public readonly record struct RecordPrint(ulong Print, long Record, long Position);

/// <summary>A question of the past, or one that stands, with records that it may now be about.</summary>
/// <param name="Asked">What the audit says.</param>
/// <param name="Place">Of the document among those of the entry.</param>
/// <param name="Line">Of a batch; 0 for a search of its own.</param>
/// <param name="Records">Internal keys.</param>
public sealed record PastQuestion(AskedBefore Asked, int Place, long Line, IReadOnlyList<long> Records);

/// <summary>A record that answers a question of the past.</summary>
/// <param name="Question">Place in the list of questions.</param>
/// <param name="Record">Internal key.</param>
/// <param name="Id">Of the record.</param>
/// <param name="Owner">Member that owns the record.</param>
/// <param name="Event">As a search writes it for a match, with when it was asked.</param>
/// <param name="IsSilent">Nothing for who asked: only the owner is told.</param>
public sealed record LateMatch(int Question, long Record, Guid Id, string Owner, OutboxEvent Event, bool IsSilent);

/// <summary>A question that is to stand, as it came.</summary>
public sealed record StandingText(string? Number, string? Issuer, string? Kind, string? Purpose);

/// <summary>A question that is to stand, understood.</summary>
/// <param name="Asked">As the audit has it of a search.</param>
/// <param name="Number">Its key.</param>
/// <param name="Issuer">Canonical code; null for any.</param>
/// <param name="Print">By which it is found.</param>
/// <param name="Refusal">Why the caller may not ask it; null when it may.</param>
public sealed record StandingAsk(AuditJson Asked, string Number, string? Issuer, ulong Print, Problem? Refusal);

/// <summary>How a record stands.</summary>
/// <param name="Id">Of the record.</param>
/// <param name="IsActive">Neither withdrawn nor expired.</param>
/// <param name="Audience">Whom it is for; null for everybody.</param>
/// <param name="IsSealed">Others learn only whom to ask.</param>
public sealed record RecordNow(Guid Id, bool IsActive, Audience? Audience, bool IsSealed);

/// <summary>
/// What the hub asks of a dataset whose searches are kept: which fingerprints a change brought, and whether an old question would find a record
/// today (docs/adr/0017-late-hits.md).
/// </summary>
/// <remarks>Thread-safe.</remarks>
public interface IPastSearches
{
    /// <summary>Its name in the change log.</summary>
    string Dataset { get; }

    /// <summary>Code of the audit event of a search of its own.</summary>
    string Event { get; }

    /// <summary>Of the change log: its answers know every change up to it. Null as long as it cannot answer.</summary>
    long? Position { get; }

    /// <summary>What is kept of a search of its own, made from the audit; null when nothing is.</summary>
    /// <param name="asked">What the audit says.</param>
    /// <param name="position">No later than the one it was answered from.</param>
    Inquiry? Remember(AskedBefore asked, long position);

    /// <summary>Of the active records that change sets wrote last, in the order of their keys, page by page.</summary>
    /// <param name="changeSets">Of this dataset.</param>
    /// <param name="after">Keys after this one.</param>
    /// <param name="cancellation">Ends it.</param>
    IAsyncEnumerable<PrintPage> PrintsAsync(IReadOnlyList<ChangeSet> changeSets, long after, CancellationToken cancellation);

    /// <summary>Reads a question that is to stand, by the rules of a search.</summary>
    Parsed<StandingAsk> Understand(Caller caller, StandingText text, DateTimeOffset now);

    /// <summary>Asks old questions again, each of its records only, as if they were asked now: the asker may as much as today, and no more.</summary>
    Task<IReadOnlyList<LateMatch>> AskAgainAsync(IReadOnlyList<PastQuestion> questions, DateTimeOffset at, CancellationToken cancellation);

    /// <summary>Those of the records that are its own, as they are committed now; one that was purged is left out.</summary>
    Task<IReadOnlyList<RecordNow>> NowAsync(Guid[] records, CancellationToken cancellation);
}

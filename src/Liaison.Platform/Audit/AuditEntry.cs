using Liaison.Kernel.Time;
using Liaison.Platform.Access;

namespace Liaison.Platform.Audit;

/// <summary>
/// One line of the audit: who asked or did what, why, and what came of it. Immutable once written; docs/spec/audit-entry.md gives its
/// canonical bytes.
/// </summary>
public sealed record AuditEntry
{
    /// <summary>UUID v7; for a search also the search id of the answer.</summary>
    public required Guid Id { get; init; }

    /// <summary>UTC, whole microseconds: the resolution that the database keeps.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>A code of the published vocabulary (<see cref="AuditEvents"/>).</summary>
    public required string Event { get; init; }

    /// <summary>What came of it: <c>hit</c>, <c>notKnown</c>, <c>done</c>, <c>denied</c> …</summary>
    public required string Outcome { get; init; }
    public required string Member { get; init; }
    public required string Account { get; init; }
    public string? Purpose { get; init; }
    public string? Reference { get; init; }
    public string? OnBehalfOf { get; init; }
    public string? Place { get; init; }
    public DateTimeOffset? OccurredAt { get; init; }

    /// <summary>The key by which entries on the same thing are found again, as a normalised document number.</summary>
    public string? Subject { get; init; }

    /// <summary>What was asked, JSON.</summary>
    public required string Asked { get; init; }

    /// <summary>Ids of the records answered or changed.</summary>
    public required IReadOnlyList<Guid> Records { get; init; }

    /// <summary>16 random bytes, so that a published seal does not let anyone guess the entry.</summary>
    public required ReadOnlyMemory<byte> Salt { get; init; }

    /// <summary>A new entry in the name of a caller, with a fresh id and salt.</summary>
    public static AuditEntry Of(Caller caller, AuditEventKind kind, string outcome, DateTimeOffset at) => new()
    {
        Id = RandomBlock.Version7(at),
        At = at.ToMicroseconds(),
        Event = kind.Code,
        Outcome = outcome,
        Member = caller.Member,
        Account = caller.Account,
        Purpose = caller.DefaultPurpose,
        Asked = "{}",
        Records = [],
        Salt = RandomBlock.Take(16),
    };
}

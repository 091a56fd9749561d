using System.Text.Json.Serialization;

namespace Liaison.Api.TravelDocuments;

/// <summary>A file on its way to become records.</summary>
public sealed record ImportJob
{
    public required Guid Id { get; init; }

    /// <summary>
    /// <c>received reading merging waiting publishing done failed</c>. Nothing is changed before <c>publishing</c>, and nothing by <c>failed</c>.
    /// <c>waiting</c>: it would end very much, and goes on when a second person approves.
    /// </summary>
    public required string State { get; init; }

    /// <summary>The feed that the file belongs to.</summary>
    public required string Feed { get; init; }

    /// <summary><c>delta</c>: what the file names; <c>full</c>: what it does not name ends.</summary>
    public required string Mode { get; init; }
    public required DateTimeOffset ReceivedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Rows read so far.</summary>
    public required long Rows { get; init; }

    /// <summary>New records.</summary>
    public required long Recorded { get; init; }

    /// <summary>Records of the feed that got a new version.</summary>
    public required long Changed { get; init; }

    /// <summary>Records of the feed that already were as the file has them.</summary>
    public required long Unchanged { get; init; }

    /// <summary>Records of the feed that ended.</summary>
    public required long Withdrawn { get; init; }
    public required long Rejected { get; init; }

    /// <summary>Size of the file as it was sent.</summary>
    public required long Bytes { get; init; }

    /// <summary>How much of it was read.</summary>
    public required long BytesRead { get; init; }

    /// <summary>While it reads, and while it records what it read.</summary>
    public double? RowsPerSecond { get; init; }

    /// <summary>Estimate for the part that goes on: reading, or recording.</summary>
    public double? SecondsLeft { get; init; }

    /// <summary>True when a full file had rejects, so that nothing ended that it does not name: it may have been meant by one of them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool WithdrawalsHeld { get; init; }

    /// <summary>Whose approval it waits for, or waited for.</summary>
    public ImportApproval? Approval { get; init; }

    /// <summary>Why it failed.</summary>
    public Explanation? Problem { get; init; }

    /// <summary>The first of the rejected rows; all that are kept come with <c>/rejects</c>.</summary>
    public required IReadOnlyList<RowReject> Rejects { get; init; }
}

/// <summary>An administrator of the member, who did not send the file, decides.</summary>
/// <param name="Id">Of what waits for approval.</param>
/// <param name="Until">Not approved by then, the import fails.</param>
/// <param name="Withdrawals">How many records would end; if it were more by then, the import fails.</param>
/// <param name="Records">How many of the feed answer searches now.</param>
public sealed record ImportApproval(Guid Id, DateTimeOffset Until, long Withdrawals, long Records);

/// <summary>A member's imports, newest first.</summary>
public sealed record ImportJobList(IReadOnlyList<ImportJob> Items);

using Liaison.Api;
using Liaison.Platform.Access;

namespace Liaison.Platform.Audit;

/// <summary>
/// What a caller sets out to do, as the audit tells it whatever comes of it: who, why, what was asked, and which records it concerns.
/// </summary>
/// <param name="Caller">Who.</param>
/// <param name="Kind">The event that it is when it succeeds.</param>
public sealed record Act(Caller Caller, AuditEventKind Kind)
{
    public string? Purpose { get; init; }

    public string? Reference { get; init; }

    /// <summary>The key by which entries on the same thing are found again.</summary>
    public string? Subject { get; init; }

    /// <summary>What was asked.</summary>
    public AuditJson Asked { get; init; } = AuditJson.Empty;

    /// <summary>The records it concerns.</summary>
    public IReadOnlyList<Guid> Records { get; init; } = [];

    /// <summary>The entry of the act with its outcome.</summary>
    public AuditEntry Entry(string outcome, DateTimeOffset at) => Entry(Kind, outcome, Asked, at);

    /// <summary>The entry of a denial for want of a right; <paramref name="rule"/> is the permission or the problem code.</summary>
    public AuditEntry Denied(string rule, DateTimeOffset at) =>
        Entry(AuditEvents.Denied, "denied", AuditJson.Of(("attempted", Kind.Code), ("rule", rule), ("asked", Asked)), at);

    /// <summary>The entry of an act that a rule refused: a denial, or the act itself with the problem's code as outcome.</summary>
    public AuditEntry Refused(Problem problem, DateTimeOffset at) =>
        problem.Status == 403 ? Denied(problem.Code, at)
        : problem.ExistingId is { } existing ? Entry(problem.Code, at) with { Records = [existing] }
        : Entry(problem.Code, at);

    private AuditEntry Entry(AuditEventKind kind, string outcome, AuditJson asked, DateTimeOffset at) =>
        AuditEntry.Of(Caller, kind, outcome, at) with
        {
            Purpose = Purpose,
            Reference = Reference,
            Subject = Subject,
            Asked = asked.Text,
            Records = Records,
        };
}

using System.Text.Json;
using Liaison.Platform.Data;

namespace Liaison.Platform.Access;

/// <summary>Something of a module that a second person of a member must approve.</summary>
/// <param name="Act">Stable code, as <c>travelDocuments.massWithdrawal</c>.</param>
/// <param name="Member">Whose: an administrator of this member's bureau decides, and nobody else.</param>
/// <param name="AskedBy">Account; it never decides itself.</param>
/// <param name="Needs">Permission without which the account may no longer have asked.</param>
/// <param name="Body">What it is, for whoever decides.</param>
public sealed record ApprovalRequest(string Act, string Member, string AskedBy, string Needs, JsonElement Body);

/// <summary>What has become of a request.</summary>
public enum ApprovalState
{
    /// <summary>Nobody decided yet.</summary>
    Waiting,
    Approved,
    Refused,

    /// <summary>Nobody decided in time, or there is no such request.</summary>
    Expired,
}

/// <summary>
/// Four eyes for every module: it asks within its own change set, goes its way, and looks later what was decided. Answered by the module that
/// keeps accounts (docs/adr/0015-four-eyes-for-modules.md).
/// </summary>
/// <remarks>Thread-safe.</remarks>
public interface IApprovals
{
    /// <summary>Asks, when the transaction commits.</summary>
    /// <returns>The id of the request, and until when it can be approved.</returns>
    Task<(Guid Id, DateTimeOffset Until)> AskAsync(WriteTransaction transaction, ApprovalRequest request, CancellationToken cancellation);

    Task<ApprovalState> StateAsync(Guid id, CancellationToken cancellation);
}

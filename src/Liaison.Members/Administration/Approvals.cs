using System.Text.Json;
using System.Text.Json.Nodes;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.Administration;

/// <summary>A request and what the hub alone knows of it.</summary>
/// <param name="Approval">As everybody sees it.</param>
/// <param name="OfMember">Of a module: the member whose administrators decide; null for an act of the administration.</param>
/// <param name="Stands">What was there when it was asked for; null when that does not matter.</param>
/// <param name="CollectedAt">When the asker got the link that came of it.</param>
internal sealed record Waiting(Approval Approval, string? OfMember, string? Stands, DateTimeOffset? CollectedAt);

/// <summary>Rows of <c>members.request</c>: what waits for a second administrator.</summary>
internal sealed class Approvals(NpgsqlDataSource database, TimeProvider clock) : IApprovals
{
    /// <summary>How long a request waits for the second person.</summary>
    private static readonly TimeSpan Waits = TimeSpan.FromDays(7);

    private const string Columns = "id, act, body, asked_by, asked_at, until, decided_by, decided_at, decision";

    public static async Task<Approval> AskAsync(
        WriteTransaction transaction, string act, JsonElement body, string askedBy, string needs, string? stands, CancellationToken cancellation)
    {
        var (id, until) = (Guid.CreateVersion7(transaction.At), transaction.At + Waits);
        await transaction.Connection.DoAsync("""
            INSERT INTO members.request (id, act, body, asked_by, asked_at, until, needs, stands) VALUES ($1, $2, $3::jsonb, $4, $5, $6, $7, $8)
            """, cancellation, id, act, body.GetRawText(), askedBy, transaction.At, until, needs, stands);
        return new() { Id = id, Act = act, Body = body, AskedBy = askedBy, AskedAt = transaction.At, Until = until };
    }

    public async Task<(Guid Id, DateTimeOffset Until)> AskAsync(
        WriteTransaction transaction, ApprovalRequest request, CancellationToken cancellation)
    {
        var asked = await AskAsync(transaction, request.Act, request.Body, request.AskedBy, request.Needs, null, cancellation);
        await transaction.Connection.DoAsync("UPDATE members.request SET of_member = $2 WHERE id = $1", cancellation, asked.Id, request.Member);
        return (asked.Id, asked.Until);
    }

    public async Task<ApprovalState> StateAsync(Guid id, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var found = await connection.ReadAsync($"SELECT decision, until, {AskerStillMay} FROM members.request WHERE id = $1",
            r => (Decision: r.Text(0), Until: r.GetFieldValue<DateTimeOffset>(1), StillMay: r.GetBoolean(2)), cancellation, id);
        return found switch
        {
            // Approved before its asker was found to be a thief, and not done yet: it is not done.
            [{ Decision: "approved", StillMay: false }] => ApprovalState.Refused,
            [{ Decision: "approved" }] => ApprovalState.Approved,
            [{ Decision: "refused" }] => ApprovalState.Refused,
            [{ Until: var until }] when until > clock.GetUtcNow() => ApprovalState.Waiting,
            _ => ApprovalState.Expired,
        };
    }

    private const string AskerStillMay = """
        EXISTS (SELECT FROM members.account a JOIN members.member m ON m.code = a.member WHERE a.name = request.asked_by AND a.state = 'active'
            AND m.suspended_at IS NULL AND request.needs = ANY (a.permissions))
        """;

    /// <summary>The request, locked; null when there is none.</summary>
    public static async Task<Waiting?> FindAsync(WriteTransaction transaction, Guid id, CancellationToken cancellation) =>
        (await transaction.Connection.ReadAsync(
            $"SELECT {Columns}, of_member, stands, collected_at FROM members.request WHERE id = $1 FOR UPDATE",
            r => new Waiting(MemberStore.Approval(r), r.Text(9), r.Text(10), r.MomentOrNone(11)), cancellation, id))
        .SingleOrDefault();

    /// <summary>What the caller may decide, locked; or the problem.</summary>
    public static async Task<(Waiting? Waiting, Problem? Problem)> LockAsync(
        WriteTransaction transaction, Guid id, Caller caller, string decision, CancellationToken cancellation)
    {
        if (await FindAsync(transaction, id, cancellation) is not { Approval: var asked } waiting)
            return (null, MemberProblems.UnknownApproval.With("List what waits for approval, and take an id from there."));
        if (asked.Decision is not null || asked.Until <= transaction.At)
            return (null, MemberProblems.AlreadyDecided.With("Ask for it again if it is still wanted."));
        var stillMay = await transaction.Connection.ReadAsync(
            $"SELECT {AskerStillMay} FROM members.request WHERE id = $1", r => r.GetBoolean(0), cancellation, id);
        // As one whose account was stolen and then suspended: what it asked for can only be refused.
        if (decision == "approved" && stillMay is not [true]) return (null, AskerMayNot(asked));
        return asked.AskedBy == caller.Account
            ? (null, MemberProblems.OwnRequest.With("Another administrator must decide this."))
            : (waiting, null);
    }

    public static Problem AskerMayNot(Approval asked) => MemberProblems.AlreadyDecided.With($"{asked.AskedBy}, who asked for it, may not do so any more.");

    public static async Task<Approval> DecideAsync(
        WriteTransaction transaction, Approval waiting, string by, string decision, CancellationToken cancellation)
    {
        await transaction.Connection.DoAsync("UPDATE members.request SET decided_by = $2, decided_at = $3, decision = $4 WHERE id = $1",
            cancellation, waiting.Id, by, transaction.At, decision);
        return waiting with { DecidedBy = by, DecidedAt = transaction.At, Decision = decision };
    }

    public static Task<int> CollectedAsync(WriteTransaction transaction, Guid id, CancellationToken cancellation) =>
        transaction.Connection.DoAsync("UPDATE members.request SET collected_at = $2 WHERE id = $1", cancellation, id, transaction.At);

    /// <summary>Newest first, those of the last weeks; what accounts of other members asked for only for the secretariat.</summary>
    public static Task<List<Approval>> ListAsync(NpgsqlConnection connection, string? member, CancellationToken cancellation) =>
        connection.ReadAsync($"""
            SELECT {Columns} FROM members.request r
            WHERE $1::text IS NULL OR EXISTS (SELECT FROM members.account a WHERE a.name = r.asked_by AND a.member = $1)
            ORDER BY id DESC LIMIT 200
            """, MemberStore.Approval, cancellation, member);

    /// <summary>The audit keeps what was asked for and not whole key sets.</summary>
    public static JsonElement WithoutKeys(JsonElement body)
    {
        var copy = JsonObject.Create(body)!;
        copy.Remove("keys");
        return JsonSerializer.SerializeToElement(copy);
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.Administration;

/// <summary>Rows of <c>members.request</c>: what waits for a second administrator.</summary>
internal static class Approvals
{
    private const string Columns = "id, act, body, asked_by, asked_at, until, decided_by, decided_at, decision";

    public static async Task<Approval> AskAsync(
        WriteTransaction transaction, string act, JsonElement body, string askedBy, TimeSpan waits, CancellationToken cancellation)
    {
        var id = Guid.CreateVersion7(transaction.At);
        await transaction.Connection.DoAsync("""
            INSERT INTO members.request (id, act, body, asked_by, asked_at, until) VALUES ($1, $2, $3::jsonb, $4, $5, $6)
            """, cancellation, id, act, body.GetRawText(), askedBy, transaction.At, transaction.At + waits);
        return new() { Id = id, Act = act, Body = body, AskedBy = askedBy, AskedAt = transaction.At, Until = transaction.At + waits };
    }

    /// <summary>What the caller may decide, locked; or the problem.</summary>
    public static async Task<(Approval? Waiting, Problem? Problem)> LockAsync(
        WriteTransaction transaction, Guid id, Caller caller, CancellationToken cancellation)
    {
        var found = await transaction.Connection.ReadAsync(
            $"SELECT {Columns} FROM members.request WHERE id = $1 FOR UPDATE", MemberStore.Approval, cancellation, id);
        if (found is not [var waiting]) return (null, MemberProblems.UnknownApproval.With("List what waits for approval, and take an id from there."));
        if (waiting.Decision is not null || waiting.Until <= transaction.At)
            return (null, MemberProblems.AlreadyDecided.With("Ask for it again if it is still wanted."));
        var asker = await transaction.Connection.ReadAsync("""
            SELECT 1 FROM members.account a JOIN members.member m ON m.code = a.member
            WHERE a.name = $1 AND a.state = 'active' AND m.suspended_at IS NULL AND $2 = ANY (a.permissions)
            """, r => r.GetInt32(0), cancellation, waiting.AskedBy, MemberRights.Manage.Code);
        // As one whose account was stolen and then suspended.
        if (asker.Count == 0) return (null, MemberProblems.AlreadyDecided.With($"{waiting.AskedBy}, who asked for it, is no administrator any more."));
        return waiting.AskedBy == caller.Account
            ? (null, MemberProblems.OwnRequest.With("Another administrator must decide this."))
            : (waiting, null);
    }

    public static async Task<Approval> DecideAsync(
        WriteTransaction transaction, Approval waiting, string by, string decision, CancellationToken cancellation)
    {
        await transaction.Connection.DoAsync("UPDATE members.request SET decided_by = $2, decided_at = $3, decision = $4 WHERE id = $1",
            cancellation, waiting.Id, by, transaction.At, decision);
        return waiting with { DecidedBy = by, DecidedAt = transaction.At, Decision = decision };
    }

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

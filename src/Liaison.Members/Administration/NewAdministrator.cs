using Liaison.Members.SignIn;
using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Members.Administration;

/// <summary>
/// Administrators of the hub that nobody could approve: the first one, and one in place of those that were lost. Both come from the server's
/// own console, as a link that works once within an hour.
/// </summary>
internal static class NewAdministrator
{
    private const string Secretariat = "SECRETARIAT", First = "first.administrator";

    private static readonly TimeSpan LinkLasts = TimeSpan.FromHours(1);

    private static readonly string[] Permissions = ["hub.status", MemberRights.Read.Code, MemberRights.Manage.Code, MemberRights.Administer.Code];

    private static readonly Caller Console = new("server-console", Secretariat, new HashSet<string>(), null);

    /// <summary>The link for the first administrator; null when there was one ever, or a link is waiting.</summary>
    public static async Task<string?> InviteFirstAsync(NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(database, clock, cancellation);
        await LockAsync(transaction, cancellation);
        return await IsAwaitedAsync(transaction.Connection, transaction.At, cancellation)
            ? await InviteAsync(transaction, First, MemberEvents.FirstAdministratorInvited, cancellation) : null;
    }

    /// <summary>True when there was never an administrator of the hub, and no link for one is waiting.</summary>
    public static async Task<bool> IsAwaitedAsync(NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await IsAwaitedAsync(connection, clock.GetUtcNow(), cancellation);
    }

    private static async Task<bool> IsAwaitedAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellation) =>
        (await connection.ReadAsync("""
            SELECT NOT EXISTS (
                SELECT FROM members.account a LEFT JOIN members.invitation i ON i.account = a.name AND i.used_at IS NULL
                WHERE $1 = ANY (a.permissions) AND (a.state <> 'invited' OR i.until > $2))
            """, r => r.GetBoolean(0), cancellation, MemberRights.Administer.Code, now))[0];

    /// <summary>Break-glass: a link for an administrator, whatever there is. Null when the name is taken by another kind of account.</summary>
    /// <param name="database">As either role.</param>
    /// <param name="name">Of the account; one that is there must be an administrator's, and is opened again.</param>
    /// <param name="clock">The hub's clock.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<string?> BreakGlassAsync(NpgsqlDataSource database, string name, TimeProvider clock, CancellationToken cancellation)
    {
        if (new Rules().AccountName(name).Problems.Count > 0) return null;
        await using var transaction = await WriteTransaction.BeginAsync(database, clock, cancellation);
        await LockAsync(transaction, cancellation);
        var there = await MemberStore.AccountAsync(transaction.Connection, name, cancellation);
        if (there is not null && (there.Kind != "person" || !there.Permissions.Contains(MemberRights.Administer.Code) || there.State is not ("invited" or "active")))
            return null;
        // From now on there were two, so that nobody opens another alone.
        await transaction.Connection.DoAsync("INSERT INTO members.second_administrator (made_at) VALUES ($1) ON CONFLICT DO NOTHING", cancellation,
            transaction.At);
        return await InviteAsync(transaction, name, MemberEvents.GlassBroken, cancellation);
    }

    private static async Task<string> InviteAsync(WriteTransaction transaction, string name, AuditEventKind kind, CancellationToken cancellation)
    {
        await transaction.Connection.DoAsync("""
            INSERT INTO members.member (code, kind, name, admitted_at)
            SELECT $1, 'secretariat', 'The secretariat that runs this hub', $2 WHERE NOT EXISTS (SELECT FROM members.member WHERE kind = 'secretariat')
            """, cancellation, Secretariat, transaction.At);
        await transaction.Connection.DoAsync("""
            INSERT INTO members.account (name, member, kind, title, permissions, state, created_at, created_by)
            SELECT $1, code, 'person', 'Administrator of the hub', $2, 'invited', $3, $4 FROM members.member
            WHERE kind = 'secretariat' ORDER BY admitted_at LIMIT 1
            ON CONFLICT DO NOTHING
            """, cancellation, name, Permissions, transaction.At, Console.Account);
        var link = await Invitations.MakeAsync(transaction, name, LinkLasts, cancellation);
        transaction.Add(AuditEntry.Of(Console, kind, "done", transaction.At) with { Asked = AuditJson.Of(("name", name)).Text });
        await AccessChanges.ForgetAsync(transaction, name, cancellation);
        await transaction.CommitAsync(AccessChanges.Module, cancellation);
        return link;
    }

    private static Task<int> LockAsync(WriteTransaction transaction, CancellationToken cancellation) =>
        transaction.Connection.DoAsync("SELECT pg_advisory_xact_lock(x'4C4941490006'::bigint)", cancellation);
}

using System.Collections.Concurrent;
using Liaison.Members.Domain;
using Liaison.Platform.Data;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Liaison.Members.SignIn;

/// <summary>A row of the list of sessions.</summary>
internal sealed record SessionRow(Guid Id, string How, string Browser, string Address, DateTimeOffset SignedInAt, DateTimeOffset SeenAt);

/// <summary>A person proved itself to its member's provider.</summary>
/// <param name="Provider">Id.</param>
/// <param name="At">When it did so there.</param>
/// <param name="Replaces">The session that the browser had, whose cookie does not come along.</param>
internal sealed record ProviderProof(Guid Provider, DateTimeOffset At, Guid? Replaces);

/// <summary>
/// Who is signed in. Each request of a page looks its session up, so that one that ends, and an account or member that is suspended, ends on
/// all nodes at once.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Sessions(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>NIST SP 800-63B-4 section 2.2.3 allows an hour of silence and a day; an office computer is left alone more often than that.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(30);

    public static readonly TimeSpan AtMost = TimeSpan.FromHours(12);

    /// <summary>A session is not written down for every page.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    /// <summary>More browsers than are signed in at once; a bound on memory.</summary>
    private const int Most = 10_000;

    /// <summary>SHA-256 of what browsers brought that were signed in when they were last looked up.</summary>
    private readonly ConcurrentDictionary<string, bool> met = new();

    /// <summary>Whether the browser was signed in on this node before.</summary>
    public bool HasMet(HttpContext http) => SessionCookie.Hash(http) is { } hash && met.ContainsKey(Convert.ToHexString(hash));

    /// <summary>The session of the request, or null.</summary>
    public async Task<Session?> FindAsync(HttpContext http)
    {
        if (SessionCookie.Hash(http) is not { } hash) return null;
        var now = clock.GetUtcNow();
        await using var command = Command("""
            SELECT s.id, s.account, a.member, a.title, s.signed_in_at, s.how, s.seen_at
            FROM members.session s JOIN members.account a ON a.name = s.account JOIN members.member m ON m.code = a.member
            LEFT JOIN members.provider p ON p.id = s.provider
            WHERE s.token_hash = $1 AND s.ended_at IS NULL AND s.until > $2 AND a.state = 'active' AND m.suspended_at IS NULL AND p.ended_at IS NULL
            """, hash, now);
        await using var reader = await command.ExecuteReaderAsync(http.RequestAborted);
        if (!await reader.ReadAsync(http.RequestAborted))
        {
            met.TryRemove(Convert.ToHexString(hash), out _);
            return null;
        }

        var session = new Session(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetFieldValue<DateTimeOffset>(4),
            reader.GetString(5));
        var seen = reader.GetFieldValue<DateTimeOffset>(6);
        await reader.DisposeAsync();
        if (met.TryAdd(Convert.ToHexString(hash), true) && met.Count > Most) met.Clear();
        if (now - seen >= Step) await ProlongAsync(session, now, http.RequestAborted);
        return session;
    }

    /// <summary>Begins a session of a person who has just proved who it is; the one that the browser had ends.</summary>
    /// <param name="http">The request.</param>
    /// <param name="account">Who came in.</param>
    /// <param name="how">See <see cref="Proof"/>.</param>
    /// <param name="proof">When it was proved to the member's provider.</param>
    /// <returns>Null when all sessions of the account were ended after the proof began: what it was proved by may have been taken away.</returns>
    public async Task<Session?> BeginAsync(HttpContext http, SignInAccount account, string how, ProviderProof? proof = null)
    {
        var now = clock.GetUtcNow();
        await using var end = Command("UPDATE members.session SET ended_at = $3 WHERE (token_hash = $1 OR id = $2) AND ended_at IS NULL",
            SessionCookie.Hash(http) ?? [], proof?.Replaces ?? Guid.Empty, now);
        await end.ExecuteNonQueryAsync(http.RequestAborted);

        var session = new Session(Guid.CreateVersion7(now), account.Name, account.Member, account.Title, proof?.At ?? now, how);
        // Whoever ends all sessions changes the row of the account first: one of the two waits for the other.
        await using var begin = Command("""
            INSERT INTO members.session (id, token_hash, account, how, browser, address, signed_in_at, seen_at, until, provider)
            SELECT $1, $2, name, $4, $5, $6, $7, $8, least($9, $7 + $10), $11 FROM members.account WHERE name = $3 AND sign_in_epoch = $12 FOR SHARE
            """, session.Id, SessionCookie.Give(http), account.Name, how, BrowserName.Of(http.Request.Headers.UserAgent.ToString()),
            http.Connection.RemoteIpAddress?.ToString() ?? "", session.SignedInAt, now, now + Silence, AtMost, proof?.Provider ?? (object)DBNull.Value,
            account.Epoch);
        if (await begin.ExecuteNonQueryAsync(http.RequestAborted) == 0)
        {
            SessionCookie.Take(http);
            return null;
        }

        session.EnterInto(http);
        return session;
    }

    /// <summary>Whether nobody has ended the session, or the account, since the request began.</summary>
    /// <param name="transaction">A change that holds the account's row: whoever ends its sessions waits for it, or came before.</param>
    /// <param name="session">Of the request.</param>
    /// <param name="cancellation">Of the request.</param>
    public static async Task<bool> GoesOnAsync(WriteTransaction transaction, Session session, CancellationToken cancellation) =>
        (await transaction.Connection.ReadAsync("""
            SELECT 1 FROM members.session s JOIN members.account a ON a.name = s.account JOIN members.member m ON m.code = a.member
            LEFT JOIN members.provider p ON p.id = s.provider
            WHERE s.id = $1 AND s.ended_at IS NULL AND a.state = 'active' AND m.suspended_at IS NULL AND p.ended_at IS NULL
            """, r => r.GetInt32(0), cancellation, session.Id)).Count > 0;

    /// <summary>Those that go on, the latest first.</summary>
    public async Task<IReadOnlyList<SessionRow>> ListAsync(string account, CancellationToken cancellation)
    {
        await using var command = Command("""
            SELECT id, how, browser, address, signed_in_at, seen_at FROM members.session
            WHERE account = $1 AND ended_at IS NULL AND until > $2 ORDER BY seen_at DESC
            """, account, clock.GetUtcNow());
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<SessionRow>();
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(new(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
                reader.GetFieldValue<DateTimeOffset>(4), reader.GetFieldValue<DateTimeOffset>(5)));
        }

        return rows;
    }

    /// <summary>Ends sessions of the account within a change that is audited.</summary>
    /// <param name="transaction">The change.</param>
    /// <param name="account">Whose.</param>
    /// <param name="one">Only this one, or null for all.</param>
    /// <param name="but">All but this one, or null.</param>
    /// <param name="cancellation">Of the request.</param>
    public static async Task EndAsync(WriteTransaction transaction, string account, Guid? one, Guid? but, CancellationToken cancellation)
    {
        if (one is null)
        {
            await transaction.Connection.DoAsync("UPDATE members.account SET sign_in_epoch = sign_in_epoch + 1 WHERE name = $1", cancellation, account);
        }

        await using var command = new NpgsqlCommand("""
            UPDATE members.session SET ended_at = $2
            WHERE account = $1 AND ended_at IS NULL AND ($3::uuid IS NULL OR id = $3) AND ($4::uuid IS NULL OR id <> $4)
            """, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = account }, new() { Value = transaction.At },
                new() { Value = (object?)one ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid },
                new() { Value = (object?)but ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task ProlongAsync(Session session, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = Command("UPDATE members.session SET seen_at = $2, until = least($3, signed_in_at + $4) WHERE id = $1",
            session.Id, now, now + Silence, AtMost);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}

using Liaison.Platform.Data;
using Liaison.Platform.Events;
using Npgsql;

namespace Liaison.Platform.Webhooks;

/// <summary>An event that is to be told to a webhook.</summary>
/// <param name="Attempts">So many have failed.</param>
internal sealed record Delivery(FeedEvent Told, int Attempts, string? LastAnswer);

/// <summary>A webhook that is one node's for some time.</summary>
/// <param name="Until">By the database's clock; no other lease of the webhook ends at the same moment, so that it says whose the webhook is.</param>
internal sealed record Claim(Webhook Webhook, DateTimeOffset Until);

/// <summary>Webhooks and their deliveries in the database.</summary>
internal static class WebhookRows
{
    private const string Columns = "id, member, url, types, state, state_at, why, key, secret, old_key, old_secret, old_until, failing_since";

    private const string Counts = """
        , (SELECT count(*) FROM platform.delivery d WHERE d.webhook = w.id AND dead_at IS NULL), (SELECT count(*) FROM platform.delivery d WHERE d.webhook = w.id AND dead_at IS NOT NULL)
        """;

    /// <summary>
    /// Of deliveries d of a webhook those that may be told at a moment $1: of each subject the oldest that waits. Whether there is something to do is asked by
    /// the same rule as what it is: else a node would take up a webhook again and again of which all waits behind what failed.
    /// </summary>
    private const string Due = """
        d.dead_at IS NULL AND d.next_at <= $1 AND NOT EXISTS (
            SELECT FROM platform.delivery b WHERE b.webhook = d.webhook AND b.subject = d.subject AND b.position < d.position AND b.dead_at IS NULL)
        """;

    public static Task<List<Webhook>> ListAsync(NpgsqlConnection connection, string member, CancellationToken cancellation) => connection.ReadAsync(
        $"SELECT {Columns}{Counts} FROM platform.webhook w WHERE member = $1 AND state <> 'ended' ORDER BY id", Read, cancellation, member);

    public static async Task<Webhook?> FindAsync(NpgsqlConnection connection, Guid id, string member, bool lockIt, CancellationToken cancellation) =>
        await connection.ReadAsync($"SELECT {Columns}{Counts} FROM platform.webhook w WHERE id = $1 AND member = $2 AND state <> 'ended' {(lockIt ? "FOR UPDATE" : "")}",
            Read, cancellation, id, member) is [var found] ? found : null;

    /// <summary>From the newest event on. False when the member has the address already.</summary>
    public static async Task<bool> InsertAsync(NpgsqlConnection connection, Webhook webhook, CancellationToken cancellation) => await connection.DoAsync("""
        INSERT INTO platform.webhook (id, member, url, types, state, registered_at, state_at, position, key, secret)
        VALUES ($1, $2, $3, $4, 'checking', $5, $5, coalesce((SELECT last FROM platform.member_feed WHERE member = $2), 0), $6, $7) ON CONFLICT DO NOTHING
        """, cancellation, webhook.Id, webhook.Member, webhook.Url, webhook.Types, webhook.StateAt, webhook.Secret.Key, webhook.Secret.Bytes) == 1;

    public static Task SetStateAsync(NpgsqlConnection connection, Guid id, WebhookState state, string? why, DateTimeOffset at, CancellationToken cancellation) =>
        connection.DoAsync("UPDATE platform.webhook SET state = $2, why = $3, state_at = $4, failing_since = NULL WHERE id = $1", cancellation,
            id, Code(state), why, at);

    public static Task RotateAsync(NpgsqlConnection connection, Guid id, SealedSecret secret, DateTimeOffset oldUntil, CancellationToken cancellation) =>
        connection.DoAsync("UPDATE platform.webhook SET old_key = key, old_secret = secret, old_until = $2, key = $3, secret = $4 WHERE id = $1", cancellation,
            id, oldUntil, secret.Key, secret.Bytes);

    /// <summary>Those that have a secret which another line of the key file than the newest sealed.</summary>
    public static Task<List<Webhook>> SealedByOthersAsync(NpgsqlConnection connection, string newest, CancellationToken cancellation) => connection.ReadAsync(
        $"SELECT {Columns}, 0::bigint, 0::bigint FROM platform.webhook WHERE state <> 'ended' AND (key <> $1 OR old_key <> $1)", Read, cancellation, newest);

    /// <summary>The same secret, sealed anew; not when another took its place meanwhile.</summary>
    public static Task ResealAsync(NpgsqlConnection connection, Webhook webhook, SealedSecret secret, CancellationToken cancellation) => connection.DoAsync(
        "UPDATE platform.webhook SET key = $3, secret = $4 WHERE id = $1 AND secret = $2", cancellation, webhook.Id, webhook.Secret.Bytes, secret.Key, secret.Bytes);

    public static Task ResealOldAsync(NpgsqlConnection connection, Webhook webhook, SealedSecret secret, CancellationToken cancellation) => connection.DoAsync(
        "UPDATE platform.webhook SET old_key = $3, old_secret = $4 WHERE id = $1 AND old_secret = $2", cancellation,
        webhook.Id, webhook.OldSecret!.Bytes, secret.Key, secret.Bytes);

    public static Task ForgetAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellation) =>
        connection.DoAsync("DELETE FROM platform.delivery WHERE webhook = $1", cancellation, id);

    public static Task<List<Delivery>> DeadAsync(NpgsqlConnection connection, Guid id, int most, CancellationToken cancellation) => connection.ReadAsync("""
        SELECT e.position, e.event, e.member, e.type, e.at, e.subject, e.data::text, d.attempts, d.last_answer
        FROM platform.delivery d JOIN platform.member_event e USING (member, position) WHERE d.webhook = $1 AND d.dead_at IS NOT NULL ORDER BY d.position LIMIT $2
        """, ReadDelivery, cancellation, id, most);

    /// <summary>What could not be told is tried anew; one event, or all.</summary>
    public static Task<int> ReviveAsync(NpgsqlConnection connection, Guid id, Guid? onlyEvent, DateTimeOffset now, CancellationToken cancellation) => connection.DoAsync("""
        UPDATE platform.delivery d SET dead_at = NULL, attempts = 0, next_at = $3 FROM platform.member_event e
        WHERE d.webhook = $1 AND d.dead_at IS NOT NULL AND e.member = d.member AND e.position = d.position AND ($2::uuid IS NULL OR e.event = $2)
        """, cancellation, id, onlyEvent, now);

    /// <summary>Everything after a position that was told already is told again.</summary>
    public static Task<int> AgainAsync(NpgsqlConnection connection, Guid id, long after, DateTimeOffset now, CancellationToken cancellation) => connection.DoAsync("""
        INSERT INTO platform.delivery AS d (webhook, member, position, subject, next_at)
        SELECT w.id, e.member, e.position, e.subject, $3 FROM platform.webhook w JOIN platform.member_event e ON e.member = w.member
        WHERE w.id = $1 AND e.position > $2 AND e.position <= w.position AND (w.types = '{}' OR e.type = ANY(w.types))
        ON CONFLICT (webhook, position) DO UPDATE SET dead_at = NULL, attempts = 0, next_at = $3
        """, cancellation, id, after, now);

    /// <summary>A webhook that has something to be told now and that no other node calls; it is this node's for some time.</summary>
    /// <param name="connection">Any.</param>
    /// <param name="seals">Lines of the key file that this node has.</param>
    /// <param name="full">Members of whom this node calls enough already.</param>
    /// <param name="now">What is due by then.</param>
    /// <param name="lease">For how long it is this node's.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<Claim?> ClaimAsync(
        NpgsqlConnection connection, string[] seals, string[] full, DateTimeOffset now, TimeSpan lease, CancellationToken cancellation) =>
        await connection.ReadAsync($"""
            UPDATE platform.webhook SET lease_until = clock_timestamp() + $2 WHERE id = (
                SELECT w.id FROM platform.webhook w LEFT JOIN platform.member_feed f ON f.member = w.member
                WHERE w.state = 'active' AND w.key = ANY($3) AND w.member <> ALL($4) AND w.lease_until < clock_timestamp() AND (f.last > w.position
                    OR EXISTS (SELECT FROM platform.delivery d WHERE d.webhook = w.id AND {Due}))
                ORDER BY w.lease_until LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
            RETURNING {Columns}, 0::bigint, 0::bigint, lease_until
            """, r => new Claim(Read(r), r.Moment(15)), cancellation, now, lease, seals, full) is [var mine] ? mine : null;

    /// <summary>Not when another took it after the lease had run out.</summary>
    public static Task ReleaseAsync(NpgsqlConnection connection, Claim mine, CancellationToken cancellation) => connection.DoAsync(
        "UPDATE platform.webhook SET lease_until = clock_timestamp() WHERE id = $1 AND lease_until = $2", cancellation, mine.Webhook.Id, mine.Until);

    /// <summary>New events of the feed become deliveries.</summary>
    /// <returns>False when there were none.</returns>
    public static async Task<bool> FanOutAsync(NpgsqlConnection connection, Guid id, DateTimeOffset now, CancellationToken cancellation) => await connection.DoAsync("""
        WITH new AS (
            SELECT e.member, e.position, e.subject, e.type, w.types FROM platform.webhook w JOIN platform.member_event e ON e.member = w.member AND e.position > w.position
            WHERE w.id = $1 ORDER BY e.position LIMIT 1000),
        made AS (INSERT INTO platform.delivery (webhook, member, position, subject, next_at)
            SELECT $1, member, position, subject, $2 FROM new WHERE types = '{}' OR type = ANY(types) ON CONFLICT DO NOTHING),
        upto AS (SELECT coalesce((SELECT max(position) FROM new), f.last) AS position FROM platform.webhook w JOIN platform.member_feed f USING (member) WHERE w.id = $1)
        UPDATE platform.webhook w SET position = u.position FROM upto u WHERE w.id = $1 AND w.position < u.position
        """, cancellation, id, now) > 0;

    /// <summary>What may be told now; nothing when another has the webhook.</summary>
    public static Task<List<Delivery>> DueAsync(NpgsqlConnection connection, Claim mine, DateTimeOffset now, int most, CancellationToken cancellation) =>
        connection.ReadAsync($"""
            SELECT e.position, e.event, e.member, e.type, e.at, e.subject, e.data::text, d.attempts, d.last_answer
            FROM platform.delivery d JOIN platform.member_event e USING (member, position) JOIN platform.webhook w ON w.id = d.webhook AND w.state = 'active' AND w.lease_until = $4
            WHERE d.webhook = $2 AND {Due}
            ORDER BY d.position LIMIT $3
            """, ReadDelivery, cancellation, now, mine.Webhook.Id, most, mine.Until);

    public static async Task ToldAsync(NpgsqlConnection connection, Guid id, long position, CancellationToken cancellation)
    {
        await connection.DoAsync("DELETE FROM platform.delivery WHERE webhook = $1 AND position = $2", cancellation, id, position);
        await connection.DoAsync("UPDATE platform.webhook SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL", cancellation, id);
    }

    public static async Task FailedAsync(
        NpgsqlConnection connection, Guid id, Delivery delivery, string answer, DateTimeOffset? nextAt, DateTimeOffset now, CancellationToken cancellation)
    {
        await connection.DoAsync("""
            UPDATE platform.delivery SET attempts = $3, last_answer = $4, next_at = coalesce($5, next_at), dead_at = CASE WHEN $5::timestamptz IS NULL THEN $6::timestamptz END
            WHERE webhook = $1 AND position = $2
            """, cancellation, id, delivery.Told.Position, delivery.Attempts + 1, answer, nextAt, now);
        await connection.DoAsync("UPDATE platform.webhook SET failing_since = $2 WHERE id = $1 AND failing_since IS NULL", cancellation, id, now);
    }

    public static string Code(WebhookState state) => state.ToString().ToLowerInvariant();

    private static Webhook Read(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0), Member = r.GetString(1), Url = r.GetString(2), Types = r.Texts(3), State = Enum.Parse<WebhookState>(r.GetString(4), ignoreCase: true),
        StateAt = r.Moment(5), Why = r.Text(6), Secret = new(r.GetString(7), r.GetFieldValue<byte[]>(8)),
        OldSecret = r.IsDBNull(9) ? null : new(r.GetString(9), r.GetFieldValue<byte[]>(10)), OldUntil = r.MomentOrNone(11), FailingSince = r.MomentOrNone(12),
        Waiting = r.GetInt64(13), Dead = r.GetInt64(14),
    };

    private static Delivery ReadDelivery(NpgsqlDataReader r) => new(
        new(r.GetInt64(0), new(r.GetGuid(1), r.GetString(2), r.GetString(3), r.Moment(4), r.Text(5), r.GetString(6))), r.GetInt32(7), r.Text(8));
}

using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Hits.Storage;

/// <summary>A question that stands, as the database holds it.</summary>
internal sealed record StandingRow
{
    public required Guid Id { get; init; }
    public required string Dataset { get; init; }
    public required string Member { get; init; }
    public required string Account { get; init; }

    /// <summary>Canonical code; null when it asks for any.</summary>
    public string? Issuer { get; init; }
    public required ulong Print { get; init; }
    public required string KeyId { get; init; }
    public required byte[] Sealed { get; init; }
    public required string Purpose { get; init; }
    public required string Reason { get; init; }

    /// <summary>Who writes for the issuer sees it before anything matches.</summary>
    public bool IsOwnerVisible { get; init; }
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Of the change log: a search knew every change up to it. Null for questions from before it was written down.</summary>
    public long? Position { get; init; }
    public required DateTimeOffset EndsAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    public bool Stands(DateTimeOffset now) => EndedAt is null && now < EndsAt;
}

/// <summary>Questions that stand.</summary>
internal static class StandingStore
{
    private const string Columns =
        "id, dataset, member, account, issuer, print, key_id, question, purpose, reason, owner_visible, asked_at, position, ends_at, ended_at";

    public static Task InsertAsync(NpgsqlConnection connection, StandingRow row, CancellationToken cancellation) => connection.DoAsync($"""
        INSERT INTO hits.standing_question ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, NULL)
        """, cancellation, row.Id, row.Dataset, row.Member, row.Account, row.Issuer, (long)row.Print, row.KeyId, row.Sealed, row.Purpose, row.Reason,
        row.IsOwnerVisible, row.AskedAt, row.Position, row.EndsAt);

    /// <summary>How many of a member stand.</summary>
    public static async Task<long> CountAsync(NpgsqlConnection connection, string member, DateTimeOffset now, CancellationToken cancellation) =>
        (await connection.ReadAsync("SELECT count(*) FROM hits.standing_question WHERE member = $1 AND ended_at IS NULL AND ends_at > $2",
            r => r.GetInt64(0), cancellation, member, now))[0];

    /// <summary>A member's own, and those of others on documents that it writes, as far as they said so; newest first.</summary>
    public static Task<List<StandingRow>> ListAsync(NpgsqlConnection connection, string member, string[] issuers, Guid? before, int most, CancellationToken cancellation) =>
        connection.ReadAsync($"""
            SELECT {Columns} FROM hits.standing_question
            WHERE (member = $1 OR (owner_visible AND issuer = ANY($2))) AND ($3::uuid IS NULL OR id < $3) ORDER BY id DESC LIMIT $4
            """, Read, cancellation, member, issuers, before, most);

    /// <summary>A member's own, locked.</summary>
    public static async Task<StandingRow?> LockAsync(NpgsqlConnection connection, Guid id, string member, CancellationToken cancellation) =>
        (await connection.ReadAsync($"SELECT {Columns} FROM hits.standing_question WHERE id = $1 AND member = $2 FOR UPDATE", Read, cancellation, id, member))
        .SingleOrDefault();

    public static Task EndAsync(NpgsqlConnection connection, Guid id, DateTimeOffset at, CancellationToken cancellation) =>
        connection.DoAsync("UPDATE hits.standing_question SET ended_at = $2 WHERE id = $1", cancellation, id, at);

    /// <summary>Those that stand and may ask for one of these.</summary>
    public static Task<List<StandingRow>> MatchingAsync(
        NpgsqlConnection connection, string dataset, IReadOnlyCollection<ulong> prints, DateTimeOffset now, CancellationToken cancellation) => connection.ReadAsync($"""
        SELECT {Columns} FROM hits.standing_question WHERE ended_at IS NULL AND ends_at > $1 AND dataset = $2 AND print = ANY($3)
        """, Read, cancellation, now, dataset, prints.Select(print => (long)print).ToArray());

    /// <summary>Those that were let stand after a moment, with their positions.</summary>
    public static Task<List<(Guid Id, long Position)>> AskedAfterAsync(NpgsqlConnection connection, DateTimeOffset moment, CancellationToken cancellation) =>
        connection.ReadAsync("SELECT id, position FROM hits.standing_question WHERE asked_at > $1 AND ended_at IS NULL AND position IS NOT NULL",
            r => (r.GetGuid(0), r.GetInt64(1)), cancellation, moment);

    private static StandingRow Read(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0), Dataset = r.GetString(1), Member = r.GetString(2), Account = r.GetString(3), Issuer = r.Text(4), Print = (ulong)r.GetInt64(5),
        KeyId = r.GetString(6), Sealed = r.GetFieldValue<byte[]>(7), Purpose = r.GetString(8), Reason = r.GetString(9), IsOwnerVisible = r.GetBoolean(10),
        AskedAt = r.Moment(11), Position = r.IsDBNull(12) ? null : r.GetInt64(12), EndsAt = r.Moment(13), EndedAt = r.MomentOrNone(14),
    };
}

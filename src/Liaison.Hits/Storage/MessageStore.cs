using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Hits.Storage;

/// <summary>A message as it is stored: a text, or an attachment.</summary>
internal sealed record StoredMessage(Guid Id, Guid Hit, string Member, DateTimeOffset At, string? Text, Guid? Attachment);

/// <summary>Reads and writes what owners and those who asked say to each other.</summary>
internal static class MessageStore
{
    public static Task InsertAsync(NpgsqlConnection connection, StoredMessage message, Guid file, string account, CancellationToken cancellation) =>
        connection.DoAsync("""
            INSERT INTO hits.message (id, case_id, hit, member, account, at, text, attachment) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, cancellation, message.Id, file, message.Hit, message.Member, account, message.At, message.Text, message.Attachment);

    public static async Task<long> CountAsync(NpgsqlConnection connection, Guid hit, CancellationToken cancellation) =>
        (await connection.ReadAsync("SELECT count(*) FROM hits.message WHERE hit = $1", r => r.GetInt64(0), cancellation, hit))[0];

    /// <summary>In order; of one member only, when it is given.</summary>
    public static Task<List<StoredMessage>> ListAsync(NpgsqlConnection connection, Guid hit, string? onlyOf, CancellationToken cancellation) =>
        connection.ReadAsync("""
            SELECT id, hit, member, at, text, attachment FROM hits.message WHERE hit = $1 AND ($2::text IS NULL OR member = $2) ORDER BY at, id
            """, Read, cancellation, hit, onlyOf);

    /// <summary>The message that an attachment is in.</summary>
    public static async Task<StoredMessage?> WithAsync(NpgsqlConnection connection, Guid attachment, CancellationToken cancellation) =>
        (await connection.ReadAsync("SELECT id, hit, member, at, text, attachment FROM hits.message WHERE attachment = $1", Read, cancellation, attachment)) is [var found]
            ? found : null;

    private static StoredMessage Read(NpgsqlDataReader r) =>
        new(r.GetGuid(0), r.GetGuid(1), r.GetString(2), r.Moment(3), r.Text(4), r.IsDBNull(5) ? null : r.GetGuid(5));
}

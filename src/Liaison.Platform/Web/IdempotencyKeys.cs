using System.Text;
using Liaison.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace Liaison.Platform.Web;

/// <summary>One request to write, as its Idempotency-Key remembers it.</summary>
/// <param name="Key">Empty when the request has none.</param>
/// <param name="Digest">Of what was asked: a repeated key must match it.</param>
internal sealed record KeyedWrite(string Account, string Key, byte[] Digest)
{
    public bool HasKey => Key.Length > 0;
}

/// <summary>The memory of Idempotency-Keys: each is claimed, and its answer kept, in the transaction of the write that it names.</summary>
internal static class IdempotencyKeys
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromHours(24);

    /// <summary>Whether the key was given an answer, which costs no room to repeat.</summary>
    public static async Task<bool> IsKnownAsync(NpgsqlDataSource database, KeyedWrite write, CancellationToken cancellation)
    {
        if (!write.HasKey) return false;
        await using var command = database.CreateCommand(
            "SELECT EXISTS (SELECT FROM platform.idempotency WHERE account = $1 AND key = $2 AND status IS NOT NULL)");
        command.Parameters.Add(new() { Value = write.Account });
        command.Parameters.Add(new() { Value = write.Key });
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    /// <summary>
    /// Claims the keys that are new or forgotten, in one order, so that writers never wait in a ring; waits for a concurrent request with
    /// the same key to end.
    /// </summary>
    /// <param name="transaction">Of the writes.</param>
    /// <param name="writes">Each of another account or key.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The writes whose keys are ours now, and those without a key.</returns>
    public static async Task<HashSet<KeyedWrite>> ClaimAsync(
        WriteTransaction transaction, IReadOnlyList<KeyedWrite> writes, CancellationToken cancellation)
    {
        var claimed = writes.Where(write => !write.HasKey).ToHashSet();
        if (claimed.Count == writes.Count) return claimed;
        var keyed = writes.Where(write => write.HasKey).ToDictionary(write => (write.Account, write.Key));
        await using var claim = new NpgsqlCommand("""
            INSERT INTO platform.idempotency AS i (account, key, digest, at)
            SELECT account, key, digest, $4 FROM unnest($1::text[], $2::text[], $3::bytea[]) AS c (account, key, digest) ORDER BY account, key
            ON CONFLICT (account, key) DO UPDATE SET digest = excluded.digest, at = $4, status = NULL, body = NULL, etag = NULL, location = NULL
            WHERE i.at < $5
            RETURNING account, key
            """, transaction.Connection)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Text, keyed.Values.Select(write => write.Account)), Array(NpgsqlDbType.Text, keyed.Values.Select(write => write.Key)),
                Array(NpgsqlDbType.Bytea, keyed.Values.Select(write => write.Digest)),
                new() { Value = transaction.At }, new() { Value = transaction.At - Remembered },
            },
        };
        await using var row = await claim.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation)) claimed.Add(keyed[(row.GetString(0), row.GetString(1))]);
        return claimed;
    }

    /// <summary>Gives back the claimed keys of what was refused: nothing of it is kept but its audit.</summary>
    public static async Task GiveBackAsync(WriteTransaction transaction, IReadOnlyList<KeyedWrite> refused, CancellationToken cancellation)
    {
        var keyed = refused.Where(write => write.HasKey).ToList();
        if (keyed.Count == 0) return;
        await using var forget = new NpgsqlCommand("""
            DELETE FROM platform.idempotency i USING unnest($1::text[], $2::text[]) AS r (account, key) WHERE i.account = r.account AND i.key = r.key
            """, transaction.Connection)
        {
            Parameters = { Array(NpgsqlDbType.Text, keyed.Select(write => write.Account)), Array(NpgsqlDbType.Text, keyed.Select(write => write.Key)) },
        };
        await forget.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Keeps the answers of claimed keys.</summary>
    public static async Task RememberAsync(
        WriteTransaction transaction, IReadOnlyList<(KeyedWrite Write, WriteResult.Done Done)> done, CancellationToken cancellation)
    {
        var answers = done.Where(answer => answer.Write.HasKey).ToList();
        if (answers.Count == 0) return;
        await using var remember = new NpgsqlCommand("""
            UPDATE platform.idempotency i SET status = r.status, body = r.body, etag = r.etag, location = r.location
            FROM unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::text[]) AS r (account, key, status, body, etag, location)
            WHERE i.account = r.account AND i.key = r.key
            """, transaction.Connection)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Text, answers.Select(a => a.Write.Account)), Array(NpgsqlDbType.Text, answers.Select(a => a.Write.Key)),
                Array(NpgsqlDbType.Integer, answers.Select(a => a.Done.Status)),
                Array(NpgsqlDbType.Text, answers.Select(a => Encoding.UTF8.GetString(a.Done.Body))),
                Array(NpgsqlDbType.Text, answers.Select(a => a.Done.ETag)), Array(NpgsqlDbType.Text, answers.Select(a => a.Done.Location)),
            },
        };
        await remember.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>The answer that was given before. It may have been lost after COMMIT, so it, too, waits until searches see everything so far.</summary>
    public static async Task<Attempt> RepeatedAsync(WriteTransaction transaction, KeyedWrite write, CancellationToken cancellation)
    {
        var position = await ChangeLog.LastAsync(transaction.Connection, cancellation);
        return new(await RecallAsync(transaction, write, cancellation), position, IsRepeated: true);
    }

    private static async Task<WriteResult> RecallAsync(WriteTransaction transaction, KeyedWrite write, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT digest, status, body, etag, location FROM platform.idempotency WHERE account = $1 AND key = $2", transaction.Connection)
        {
            Parameters = { new() { Value = write.Account }, new() { Value = write.Key } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation))
            return new WriteResult.Refused(PlatformProblems.Unavailable.With("A request with this key has just been undone. Send it again."));
        return reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(write.Digest)
            ? new WriteResult.Done(reader.GetInt32(1), Encoding.UTF8.GetBytes(reader.GetString(2)), Text(3), Text(4))
            : new WriteResult.Refused(PlatformProblems.IdempotencyKeyReused.With("Use a new key for a new request."));

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}

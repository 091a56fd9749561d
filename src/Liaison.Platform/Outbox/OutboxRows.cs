using Npgsql;

namespace Liaison.Platform.Outbox;

/// <summary>The rows of the outbox, for its reader and for whoever looks one up by its id.</summary>
public static class OutboxRows
{
    private const string Columns = "id, event, type, at, audit_entry, payload::text";

    /// <summary>The event, and whether it was taken by all who wanted it; null when there is none.</summary>
    public static async Task<(OutboxRow Row, bool IsDispatched)?> FindAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns}, dispatched_at IS NOT NULL FROM platform.outbox WHERE event = $1", connection)
        {
            Parameters = { new() { Value = id } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (Read(reader), reader.GetBoolean(6)) : null;
    }

    /// <summary>Those written with these audit entries, whether they were taken or not: for as long as searches are kept they are all there.</summary>
    public static async Task<List<OutboxRow>> OfEntriesAsync(NpgsqlConnection connection, Guid[] entries, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {Columns} FROM platform.outbox WHERE audit_entry = ANY($1)", connection)
        {
            Parameters = { new() { Value = entries } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<OutboxRow>();
        while (await reader.ReadAsync(cancellation)) rows.Add(Read(reader));
        return rows;
    }

    /// <summary>Those that wait and whose time has come, in order.</summary>
    internal static async Task<List<OutboxRow>> WaitingAsync(NpgsqlConnection connection, DateTimeOffset now, int most, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT {Columns} FROM platform.outbox WHERE dispatched_at IS NULL AND (retry_at IS NULL OR retry_at <= $1) ORDER BY id LIMIT $2
            """, connection) { Parameters = { new() { Value = now }, new() { Value = most } } };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<OutboxRow>();
        while (await reader.ReadAsync(cancellation)) rows.Add(Read(reader));
        return rows;
    }

    /// <exception cref="InvalidOperationException">Somebody else took one of them: this reader is no longer the only one.</exception>
    internal static async Task MarkAsync(NpgsqlConnection connection, IReadOnlyList<OutboxRow> rows, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("UPDATE platform.outbox SET dispatched_at = $1 WHERE id = ANY($2) AND dispatched_at IS NULL", connection)
        {
            Parameters = { new() { Value = now }, new() { Value = rows.Select(row => row.Number).ToArray() } },
        };
        if (await command.ExecuteNonQueryAsync(cancellation) != rows.Count) throw new InvalidOperationException("The outbox has a second reader.");
    }

    internal static async Task PutOffAsync(NpgsqlConnection connection, OutboxRow row, string fault, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE platform.outbox SET attempts = attempts + 1, last_fault = $2,
                retry_at = $3::timestamptz + least(interval '10 minutes', interval '1 second' * power(2, least(attempts, 16))::float8)
            WHERE id = $1
            """, connection) { Parameters = { new() { Value = row.Number }, new() { Value = fault }, new() { Value = now } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>How many wait for another attempt, and since when the oldest of all waits.</summary>
    internal static async Task<(long PutOff, DateTimeOffset? Oldest)> BacklogAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FILTER (WHERE attempts > 0), min(at) FROM platform.outbox WHERE dispatched_at IS NULL", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateTimeOffset>(1));
    }

    private static OutboxRow Read(NpgsqlDataReader reader) => new(reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2),
        reader.GetFieldValue<DateTimeOffset>(3), reader.GetGuid(4), reader.GetString(5));
}

using System.Buffers;
using Liaison.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace Liaison.Platform.Audit;

/// <summary>Writes audit and outbox rows, for the group commit and for every writing transaction alike.</summary>
internal static class AuditRows
{
    private const string InsertEvents = """
        INSERT INTO platform.outbox (event, type, at, audit_entry, payload)
        SELECT event, type, at, audit_entry, payload::jsonb
        FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[]) AS e (event, type, at, audit_entry, payload)
        """;

    /// <summary>Writes entries and the events they caused, within the connection's transaction.</summary>
    public static async Task WriteAsync(
        NpgsqlConnection connection, Guid batch, IReadOnlyList<EncodedEntry> entries, CancellationToken cancellation)
    {
        await CopyAsync(connection, batch, entries, cancellation);
        await using var besides = new NpgsqlBatch(connection);
        AddEvents(besides, entries);
        if (besides.BatchCommands.Count > 0) await besides.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Makes entries durable with the events they caused, and what is kept of searches with them or some later.</summary>
    public static async Task CommitAsync(NpgsqlConnection connection, Guid batch, IReadOnlyList<EncodedEntry> entries, KeptBacklog backlog)
    {
        var goesWith = backlog.GoesWith(entries);
        // COPY alone is a transaction. What goes with it is one more way to the server and back, with the COMMIT in the same message.
        if (!goesWith && entries.All(e => e.Entry.Events.Count == 0))
        {
            await CopyAsync(connection, batch, entries, CancellationToken.None);
            backlog.Hold(entries);
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync();
        await CopyAsync(connection, batch, entries, CancellationToken.None);
        await using var besides = new NpgsqlBatch(connection, transaction);
        AddEvents(besides, entries);
        var written = goesWith ? backlog.WriteWith(besides, entries) : () => backlog.Hold(entries);
        besides.BatchCommands.Add(new("COMMIT"));
        await besides.ExecuteNonQueryAsync();
        written();
    }

    private static async Task CopyAsync(NpgsqlConnection connection, Guid batch, IReadOnlyList<EncodedEntry> entries, CancellationToken cancellation)
    {
        var length = CopyRows.Header.Length + entries.Sum(e => e.Row.Length) + CopyRows.Trailer.Length;
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            Fill(bytes, batch, entries);
            await using var copy = await connection.BeginRawBinaryCopyAsync(AuditRow.Copy, cancellation);
            await copy.WriteAsync(bytes.AsMemory(0, length), cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static void AddEvents(NpgsqlBatch besides, IReadOnlyList<EncodedEntry> entries)
    {
        var events = entries.SelectMany(e => e.Entry.Events.Select(o => (e.Entry.Entry, Event: o))).ToArray();
        if (events.Length == 0) return;
        besides.BatchCommands.Add(new(InsertEvents)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Uuid, events.Select(e => e.Event.Id)), Array(NpgsqlDbType.Text, events.Select(e => e.Event.Type)),
                Array(NpgsqlDbType.TimestampTz, events.Select(e => e.Entry.At)), Array(NpgsqlDbType.Uuid, events.Select(e => e.Entry.Id)),
                Array(NpgsqlDbType.Text, events.Select(e => e.Event.Payload)),
            },
        });
    }

    private static void Fill(Span<byte> bytes, Guid batch, IReadOnlyList<EncodedEntry> entries)
    {
        CopyRows.Header.CopyTo(bytes);
        bytes = bytes[CopyRows.Header.Length..];
        foreach (var (_, row, _) in entries)
        {
            AuditRow.NameBatch(row, batch);
            row.CopyTo(bytes);
            bytes = bytes[row.Length..];
        }

        CopyRows.Trailer.CopyTo(bytes);
    }

    public static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}

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

    /// <summary>
    /// Writes entries and the events they caused, within the connection's transaction. Without one the entries are a transaction of their
    /// own; events need one.
    /// </summary>
    public static async Task WriteAsync(
        NpgsqlConnection connection, Guid batch, IReadOnlyList<EncodedEntry> entries, CancellationToken cancellation)
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

        var events = entries.SelectMany(e => e.Entry.Events.Select(o => (e.Entry.Entry, Event: o))).ToArray();
        if (events.Length == 0) return;
        await using var insert = new NpgsqlCommand(InsertEvents, connection)
        {
            Parameters =
            {
                Array(NpgsqlDbType.Uuid, events.Select(e => e.Event.Id)), Array(NpgsqlDbType.Text, events.Select(e => e.Event.Type)),
                Array(NpgsqlDbType.TimestampTz, events.Select(e => e.Entry.At)), Array(NpgsqlDbType.Uuid, events.Select(e => e.Entry.Id)),
                Array(NpgsqlDbType.Text, events.Select(e => e.Event.Payload)),
            },
        };
        await insert.ExecuteNonQueryAsync(cancellation);
    }

    private static void Fill(Span<byte> bytes, Guid batch, IReadOnlyList<EncodedEntry> entries)
    {
        CopyRows.Header.CopyTo(bytes);
        bytes = bytes[CopyRows.Header.Length..];
        foreach (var (_, row) in entries)
        {
            AuditRow.NameBatch(row, batch);
            row.CopyTo(bytes);
            bytes = bytes[row.Length..];
        }

        CopyRows.Trailer.CopyTo(bytes);
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}

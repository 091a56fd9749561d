using Liaison.Platform.Data;
using Liaison.Platform.Outbox;
using Npgsql;

namespace Liaison.TravelDocuments.Import;

/// <summary>What others must learn of an import, in chunks: the records that it ends, and those that are for others from now on.</summary>
internal static class ImportNews
{
    private const int Chunk = 1000;

    /// <summary>Before the rows are changed: those whose file says of them that they are for others than it said before.</summary>
    public static async Task<List<OutboxEvent>> RestrictedAsync(NpgsqlConnection connection, string owner, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT d.id, coalesce(s.audience, d.audience), coalesce(s.sealed, d.sealed)
            FROM import_met m JOIN import_stage s USING (line) JOIN travel_documents.document d ON d.record = m.record
            WHERE m.act = 'change' AND (coalesce(s.audience, d.audience), coalesce(s.sealed, d.sealed)) IS DISTINCT FROM (d.audience, d.sealed)
            """, connection) { CommandTimeout = 0 };
        var found = new List<(Guid Id, string? Audience, bool IsSealed)>();
        await using (var row = await command.ExecuteReaderAsync(cancellation))
        {
            while (await row.ReadAsync(cancellation)) found.Add((row.GetGuid(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetBoolean(2)));
        }

        return
        [
            .. found.GroupBy(f => (f.Audience, f.IsSealed), f => f.Id)
                .SelectMany(g => g.Chunk(Chunk).Select(ids => RecordEvents.Restricted(owner, ids, g.Key.Audience, g.Key.IsSealed, at))),
        ];
    }

    /// <summary>After they were ended.</summary>
    public static async Task<List<OutboxEvent>> EndedAsync(
        NpgsqlConnection connection, string owner, WriteTransaction transaction, CancellationToken cancellation)
    {
        var absent = await IsThereAsync(connection, cancellation) ? "UNION ALL SELECT record FROM import_absent" : "";
        await using var command = new NpgsqlCommand($"""
            SELECT d.id FROM (SELECT record FROM import_met WHERE act = 'withdraw' {absent}) ended JOIN travel_documents.document d USING (record)
            WHERE d.change_set = $1 AND d.withdrawn_at IS NOT NULL
            """, connection) { CommandTimeout = 0, Parameters = { new() { Value = transaction.ChangeSet } } };
        var events = new List<OutboxEvent>();
        var ids = new List<Guid>(Chunk);
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            ids.Add(row.GetGuid(0));
            if (ids.Count == Chunk) Flush();
        }

        if (ids.Count > 0) Flush();
        return events;

        void Flush()
        {
            events.Add(RecordEvents.Withdrawn(owner, ids, transaction.At));
            ids.Clear();
        }
    }

    /// <summary>Of a file that is not full nobody asked what is absent.</summary>
    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT to_regclass('pg_temp.import_absent') IS NOT NULL", connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }
}

using Liaison.Platform.Outbox;
using Npgsql;
using NpgsqlTypes;

namespace Liaison.Platform.Audit;

/// <summary>The SQL of audit and outbox rows, used by the group commit and by every writing transaction alike.</summary>
internal static class AuditRows
{
    private const string InsertEntries = """
        INSERT INTO audit.entry (id, batch, at, event, outcome, member, account, purpose, reference, on_behalf_of, place, occurred_at,
                                 subject, asked, records, salt)
        SELECT id, $1, at, event, outcome, member, account, purpose, reference, on_behalf_of, place, occurred_at,
               subject, asked, records::uuid[], salt
        FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                    $11::text[], $12::timestamptz[], $13::text[], $14::text[], $15::text[], $16::bytea[])
          AS e (id, at, event, outcome, member, account, purpose, reference, on_behalf_of, place, occurred_at, subject, asked, records, salt)
        """;

    private const string InsertEvents = """
        INSERT INTO platform.outbox (event, type, at, audit_entry, payload)
        SELECT event, type, at, audit_entry, payload::jsonb
        FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::uuid[], $5::text[]) AS e (event, type, at, audit_entry, payload)
        """;

    /// <summary>Adds to the batch: one batch row, the entries, and the outbox rows they caused.</summary>
    public static void AddTo(NpgsqlBatch batch, Guid batchId, DateTimeOffset at, IReadOnlyList<AuditedEntry> entries)
    {
        batch.BatchCommands.Add(Command("INSERT INTO audit.batch (id, at) VALUES ($1, $2)", P(batchId), P(at)));
        var rows = entries.Select(e => e.Entry).ToArray();
        batch.BatchCommands.Add(Command(InsertEntries, P(batchId),
            P(rows.Select(r => r.Id)), P(rows.Select(r => r.At)), P(rows.Select(r => r.Event)), P(rows.Select(r => r.Outcome)),
            P(rows.Select(r => r.Member)), P(rows.Select(r => r.Account)), P(rows.Select(r => r.Purpose)), P(rows.Select(r => r.Reference)),
            P(rows.Select(r => r.OnBehalfOf)), P(rows.Select(r => r.Place)), P(rows.Select(r => r.OccurredAt)),
            P(rows.Select(r => r.Subject)), P(rows.Select(r => r.Asked)), P(rows.Select(r => "{" + string.Join(',', r.Records) + "}")),
            P(rows.Select(r => r.Salt.ToArray()))));

        var events = entries.SelectMany(e => e.Events.Select(o => (e.Entry, Event: o))).ToArray();
        if (events.Length == 0) return;
        batch.BatchCommands.Add(Command(InsertEvents,
            P(events.Select(e => e.Event.Id)), P(events.Select(e => e.Event.Type)), P(events.Select(e => e.Entry.At)),
            P(events.Select(e => e.Entry.Id)), P(events.Select(e => e.Event.Payload))));
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters) command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter P(Guid value) => new() { Value = value };

    private static NpgsqlParameter P(DateTimeOffset value) => new() { Value = value };

    private static NpgsqlParameter P<T>(IEnumerable<T> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | TypeOf<T>() };

    private static NpgsqlDbType TypeOf<T>() =>
        typeof(T) == typeof(Guid) ? NpgsqlDbType.Uuid
        : typeof(T) == typeof(string) ? NpgsqlDbType.Text
        : typeof(T) == typeof(byte[]) ? NpgsqlDbType.Bytea
        : NpgsqlDbType.TimestampTz;
}

/// <summary>An audit entry with the events that it causes: written together or not at all.</summary>
public sealed record AuditedEntry(AuditEntry Entry, IReadOnlyList<OutboxEvent> Events);

using System.Globalization;
using Liaison.Kernel.Issuers;
using Liaison.Matching;
using Liaison.Platform.Data;
using Liaison.TravelDocuments.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Liaison.TravelDocuments.Storage;

/// <summary>What the matching index needs of the records, read as they are now.</summary>
internal static class IndexRows
{
    /// <summary>For one row: a server that died without a word must not be waited for for ever.</summary>
    private static readonly TimeSpan PatienceForRow = TimeSpan.FromMinutes(5);

    private const string Columns = "d.record, d.number_key, d.range_to_key, d.issuer, d.kind, d.withdrawn_at IS NULL";

    /// <summary>The records that these change sets touched, those that were changed again since too.</summary>
    public static async Task<List<IndexChange>> OfAsync(NpgsqlConnection connection, Guid[] changeSets, CancellationToken cancellation)
    {
        var changes = new List<IndexChange>();
        if (changeSets.Length == 0) return changes;
        await using var command = new NpgsqlCommand($"""
            SELECT {Columns} FROM travel_documents.document d WHERE d.change_set = ANY ($1)
            UNION
            SELECT {Columns} FROM travel_documents.version v JOIN travel_documents.document d USING (record) WHERE v.change_set = ANY ($1)
            """, connection)
        {
            Parameters = { new() { Value = changeSets } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            changes.Add(Change(
                row.GetInt64(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5)));
        }

        return changes;
    }

    /// <summary>Streams every record that answers searches into the load.</summary>
    public static Task CopyAllAsync(NpgsqlConnection connection, IndexLoad load, CancellationToken cancellation) =>
        CopyAsync(connection, $"SELECT {Columns} FROM travel_documents.document d WHERE d.withdrawn_at IS NULL", load, cancellation);

    /// <summary>Streams the records of one large change set into the load.</summary>
    public static Task CopyAsync(NpgsqlConnection connection, ChangeSet set, IndexLoad load, CancellationToken cancellation) =>
        CopyAsync(connection, string.Create(CultureInfo.InvariantCulture, $"""
            SELECT {Columns} FROM travel_documents.document d WHERE d.change_set = '{set.Id}'
            UNION ALL
            SELECT {Columns} FROM travel_documents.version v JOIN travel_documents.document d USING (record)
            WHERE v.change_set = '{set.Id}' AND d.change_set <> '{set.Id}'
            """), load, cancellation);

    private static async Task CopyAsync(NpgsqlConnection connection, string query, IndexLoad load, CancellationToken cancellation)
    {
        await using var rows = await connection.BeginBinaryExportAsync($"COPY ({query}) TO STDOUT (FORMAT BINARY)", cancellation);
        rows.Timeout = PatienceForRow;
        while (await rows.StartRowAsync(cancellation) != -1) load.Add(Read(rows));
    }

    /// <summary>
    /// A row is here almost always when its beginning is, so that to wait for each column by itself would cost more than to read it. One that is cut is waited
    /// for here, no longer than <see cref="PatienceForRow"/>.
    /// </summary>
    private static IndexChange Read(NpgsqlBinaryExporter rows)
    {
        var (record, number) = (rows.Read<long>(NpgsqlDbType.Bigint), rows.Read<string>(NpgsqlDbType.Text));
        string? rangeTo = null;
        if (rows.IsNull) rows.Skip();
        else rangeTo = rows.Read<string>(NpgsqlDbType.Text);
        var (issuer, kind) = (rows.Read<string>(NpgsqlDbType.Text), rows.Read<string>(NpgsqlDbType.Text));
        return Change(record, number, rangeTo, issuer, kind, rows.Read<bool>(NpgsqlDbType.Boolean));
    }

    private static IndexChange Change(long record, string number, string? rangeTo, string issuer, string kind, bool isActive)
    {
        if (!isActive) return new Removed(record);
        var (first, packed, bit) = (Key(number), IssuingCodes.Pack(issuer), DocumentCodes.KindBit(kind));
        if (rangeTo is null) return new IndexedNumber(record, first, packed, bit);
        return NumberRange.TryCreate(first, Key(rangeTo), out var range) is RangeFault.None
            ? new IndexedRange(record, range, packed, bit)
            : throw new InvalidDataException($"Record {record} holds a range that is none.");
    }

    private static NumberKey Key(string stored) =>
        NumberKey.TryParse(stored, out var key) ? key : throw new InvalidDataException("A stored number key is malformed.");
}

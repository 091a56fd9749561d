using System.Globalization;
using System.Runtime.CompilerServices;
using Liaison.Kernel.Issuers;
using Liaison.Matching;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Liaison.Platform.Searches;
using Liaison.TravelDocuments.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Liaison.TravelDocuments.Storage;

/// <summary>What a change set made of records, as far as old questions are concerned.</summary>
internal static class PrintRows
{
    private static readonly TimeSpan PatienceForRow = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The active records that these sets wrote last, in the order of their keys: number and issuer, with the last number of a range. What was changed
    /// again since comes with the later set.
    /// </summary>
    public static async IAsyncEnumerable<(long Record, NumberKey First, NumberKey? Last, ushort Issuer, Guid ChangeSet)> StreamAsync(
        NpgsqlConnection connection, Guid[] changeSets, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $$"""
            SELECT record, number_key, range_to_key, issuer, change_set FROM travel_documents.document
            WHERE change_set = ANY ('{{{Listed(changeSets)}}}') AND record > {{after}} AND withdrawn_at IS NULL ORDER BY record
            """);
        await using var rows = await connection.BeginBinaryExportAsync($"COPY ({query}) TO STDOUT (FORMAT BINARY)", cancellation);
        rows.Timeout = PatienceForRow;
        while (await rows.StartRowAsync(cancellation) != -1) yield return Read(rows);
    }

    /// <summary>As <see cref="IndexRows"/> does.</summary>
    private static (long Record, NumberKey First, NumberKey? Last, ushort Issuer, Guid ChangeSet) Read(NpgsqlBinaryExporter rows)
    {
        var (record, first) = (rows.Read<long>(NpgsqlDbType.Bigint), Key(rows.Read<string>(NpgsqlDbType.Text)));
        NumberKey? last = null;
        if (rows.IsNull) rows.Skip();
        else last = Key(rows.Read<string>(NpgsqlDbType.Text));
        return (record, first, last, IssuingCodes.Pack(rows.Read<string>(NpgsqlDbType.Text)), rows.Read<Guid>(NpgsqlDbType.Uuid));
    }

    /// <summary>Records by internal key, as they are now.</summary>
    public static async Task<List<StoredDocument>> OfAsync(NpgsqlConnection connection, long[] records, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT {DocumentRows.Columns} FROM travel_documents.document WHERE record = ANY ($1)", connection)
        {
            Parameters = { new() { Value = records } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var documents = new List<StoredDocument>();
        while (await reader.ReadAsync(cancellation)) documents.Add(DocumentRows.Read(reader));
        return documents;
    }

    /// <summary>How records stand, by id.</summary>
    public static Task<List<RecordNow>> NowAsync(NpgsqlConnection connection, Guid[] records, CancellationToken cancellation) => connection.ReadAsync(
        "SELECT id, withdrawn_at IS NULL, audience, sealed FROM travel_documents.document WHERE id = ANY ($1)",
        r => new RecordNow(r.GetGuid(0), r.GetBoolean(1), Audience.Read(r.Text(2)), r.GetBoolean(3)), cancellation, (object)records);

    private static string Listed(Guid[] ids) => string.Join(',', ids);

    private static NumberKey Key(string stored) =>
        NumberKey.TryParse(stored, out var key) ? key : throw new InvalidDataException("A stored number key is malformed.");
}

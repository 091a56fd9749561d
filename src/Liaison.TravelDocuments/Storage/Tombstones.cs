using Liaison.Platform.Data;
using Liaison.TravelDocuments.Domain;
using Npgsql;

namespace Liaison.TravelDocuments.Storage;

/// <summary>What is left of a record that was withdrawn as wrong.</summary>
/// <param name="Id">Of the record.</param>
/// <param name="Reason">Why it ended.</param>
internal sealed record Tombstone(Guid Id, string Reason, DateTimeOffset EndedAt);

/// <summary>
/// Tombstones bar a document from being recorded again after its record was withdrawn as wrong: a feed that did not learn of it would
/// stop the holder again. They hold no number, only its fingerprint, and stay when the record is purged.
/// </summary>
internal static class Tombstones
{
    /// <summary>The fingerprint of a row of <c>document</c> or of a staged file, its columns under the alias; wants <c>fingerprint_key k</c>.</summary>
    public static string Fingerprint(string alias) =>
        $"travel_documents.fingerprint(k.key, {alias}.issuer, {alias}.kind, {alias}.number_key, {alias}.range_to_key)";

    /// <summary>Makes those of records, given as a list or a query of keys, that ended as wrong; reasons as <c>$1</c>.</summary>
    public static string Add(string records) => $"""
        INSERT INTO travel_documents.tombstone (id, owner, issuer, fingerprint, reason, ended_at, bars)
        SELECT d.id, d.owner, d.issuer, {Fingerprint("d")}, d.withdrawal_reason, d.withdrawn_at, true
        FROM travel_documents.document d, travel_documents.fingerprint_key k WHERE d.record IN ({records}) AND d.withdrawal_reason = ANY ($1)
        """;

    /// <summary>For a record that just ended, if it ended as wrong.</summary>
    public static async Task AddAsync(WriteTransaction transaction, StoredDocument ended, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Add("$2"), transaction.Connection)
        {
            Parameters = { new() { Value = DocumentCodes.WrongReports.ToArray() }, new() { Value = ended.Record } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>What bars owners from recording documents again, by place in the list.</summary>
    public static async Task<Dictionary<int, Tombstone>> FindAsync(
        WriteTransaction transaction, IReadOnlyList<NewDocument> documents, CancellationToken cancellation)
    {
        if (documents.Count == 0) return [];
        await using var command = new NpgsqlCommand($"""
            SELECT DISTINCT ON (a.place) a.place - 1, t.id, t.reason, t.ended_at
            FROM travel_documents.fingerprint_key k
            CROSS JOIN unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY
                AS a (owner, issuer, kind, number_key, range_to_key, place)
            JOIN travel_documents.tombstone t ON t.bars AND t.owner = a.owner AND t.fingerprint = {Fingerprint("a")}
            ORDER BY a.place, t.ended_at DESC
            """, transaction.Connection)
        {
            Parameters =
            {
                DocumentRows.Texts(documents, d => d.Owner), DocumentRows.Texts(documents, d => d.Document.Issuer),
                DocumentRows.Texts(documents, d => d.Document.Kind), DocumentRows.Texts(documents, d => d.Document.Number.Key.Text),
                DocumentRows.Texts(documents, d => d.Document.RangeTo?.Key.Text),
            },
        };
        var found = new Dictionary<int, Tombstone>();
        await using var row = await command.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
            found.Add((int)row.GetInt64(0), new(row.GetGuid(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3)));
        return found;
    }

    /// <summary>The document was recorded again on purpose: until it is withdrawn as wrong anew, nothing bars it.</summary>
    public static async Task LiftAsync(WriteTransaction transaction, string owner, ReportedDocument document, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE travel_documents.tombstone t SET bars = false WHERE t.bars AND t.owner = $1
                AND t.fingerprint = travel_documents.fingerprint((SELECT key FROM travel_documents.fingerprint_key), $2, $3, $4, $5)
            """, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = owner }, new() { Value = document.Issuer }, new() { Value = document.Kind }, new() { Value = document.Number.Key.Text },
                new() { Value = (object?)document.RangeTo?.Key.Text ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
            },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

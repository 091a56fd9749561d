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

    /// <summary>What bars the owner from recording the document again, or null.</summary>
    public static async Task<Tombstone?> FindAsync(
        WriteTransaction transaction, string owner, ReportedDocument document, CancellationToken cancellation)
    {
        await using var command = Of(transaction, "SELECT t.id, t.reason, t.ended_at FROM travel_documents.tombstone t", owner, document, "ORDER BY t.ended_at DESC LIMIT 1");
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation) ? new(row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2)) : null;
    }

    /// <summary>The document was recorded again on purpose: until it is withdrawn as wrong anew, nothing bars it.</summary>
    public static async Task LiftAsync(WriteTransaction transaction, string owner, ReportedDocument document, CancellationToken cancellation)
    {
        await using var command = Of(transaction, "UPDATE travel_documents.tombstone t SET bars = false", owner, document);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static NpgsqlCommand Of(WriteTransaction transaction, string what, string owner, ReportedDocument document, string end = "") => new($"""
        {what} WHERE t.bars AND t.owner = $1
            AND t.fingerprint = travel_documents.fingerprint((SELECT key FROM travel_documents.fingerprint_key), $2, $3, $4, $5) {end}
        """, transaction.Connection)
    {
        Parameters =
        {
            new() { Value = owner }, new() { Value = document.Issuer }, new() { Value = document.Kind }, new() { Value = document.Number.Key.Text },
            new() { Value = (object?)document.RangeTo?.Key.Text ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
        },
    };
}

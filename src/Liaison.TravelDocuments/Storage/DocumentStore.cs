using Liaison.Platform.Data;
using Liaison.TravelDocuments.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Liaison.TravelDocuments.Storage;

/// <summary>A document to be recorded, with the id that it gets.</summary>
/// <param name="Account">Who records it.</param>
/// <param name="Why">In the owner's words, or null.</param>
internal sealed record NewDocument(Guid Id, string Owner, string Account, ReportedDocument Document, string? Why);

/// <summary>Every SQL statement of this module but the index's. Touches only its own schema.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class DocumentStore(NpgsqlDataSource database, CandidateReads candidates, DocumentIndex index)
{
    private const string Select = $"SELECT {DocumentRows.Columns} FROM travel_documents.document ";

    private const string Insert = $"""
        INSERT INTO travel_documents.document (id, version, owner, number, number_key, range_to, range_to_key, issuer, kind, why,
            {DocumentRows.ContentColumns}, recorded_at, changed_at, account, change_set)
        SELECT id, 1, owner, number, number_key, range_to, range_to_key, issuer, kind, why, {DocumentRows.ContentColumns}, $29, $29, account, $30
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
            $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[], $18::text[],
            $19::text[], $20::boolean[], $21::text[], $22::text[], $23::date[], $24::text[],
            $25::boolean[], $26::text[], $27::text[], $28::text[])
        AS i (id, owner, number, number_key, range_to, range_to_key, issuer, kind, why, {DocumentRows.ContentColumns}, account)
        ON CONFLICT (issuer, kind, number_key, coalesce(range_to_key, '')) WHERE withdrawn_at IS NULL DO NOTHING
        RETURNING id, record
        """;

    /// <summary>Records documents with their first version. What is already on file and active is left out of the result.</summary>
    /// <returns>Internal key by id, of those that were recorded.</returns>
    public static async Task<Dictionary<Guid, long>> InsertAsync(
        WriteTransaction transaction, IReadOnlyList<NewDocument> documents, CancellationToken cancellation)
    {
        if (documents.Count == 0) return [];
        await using var command = new NpgsqlCommand(Insert, transaction.Connection);
        var parameters = command.Parameters;
        parameters.Add(DocumentRows.Array(NpgsqlDbType.Uuid, documents.Select(d => d.Id)));
        parameters.Add(DocumentRows.Texts(documents, d => d.Owner));
        parameters.Add(DocumentRows.Texts(documents, d => d.Document.Number.Written));
        parameters.Add(DocumentRows.Texts(documents, d => d.Document.Number.Key.Text));
        parameters.Add(DocumentRows.Texts(documents, d => d.Document.RangeTo?.Written));
        parameters.Add(DocumentRows.Texts(documents, d => d.Document.RangeTo?.Key.Text));
        parameters.Add(DocumentRows.Texts(documents, d => d.Document.Issuer));
        parameters.Add(DocumentRows.Texts(documents, d => d.Document.Kind));
        parameters.Add(DocumentRows.Texts(documents, d => d.Why));
        foreach (var column in DocumentRows.Content([.. documents.Select(d => d.Document)])) parameters.Add(column);
        parameters.Add(DocumentRows.Texts(documents, d => d.Account));
        parameters.Add(new() { Value = transaction.At });
        parameters.Add(new() { Value = transaction.ChangeSet });

        var inserted = new Dictionary<Guid, long>(documents.Count);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) inserted.Add(reader.GetGuid(0), reader.GetInt64(1));
        return inserted;
    }

    /// <summary>The active records of the same documents: their ids by place in the list.</summary>
    public static async Task<Dictionary<int, Guid>> FindActiveAsync(
        WriteTransaction transaction, IReadOnlyList<ReportedDocument> documents, CancellationToken cancellation)
    {
        if (documents.Count == 0) return [];
        await using var command = new NpgsqlCommand("""
            SELECT place - 1, d.id
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS a (issuer, kind, number_key, range_to_key, place)
            JOIN travel_documents.document d ON d.issuer = a.issuer AND d.kind = a.kind AND d.number_key = a.number_key
                AND coalesce(d.range_to_key, '') = a.range_to_key AND d.withdrawn_at IS NULL
            """, transaction.Connection)
        {
            Parameters =
            {
                DocumentRows.Texts(documents, d => d.Issuer), DocumentRows.Texts(documents, d => d.Kind),
                DocumentRows.Texts(documents, d => d.Number.Key.Text), DocumentRows.Texts(documents, d => d.RangeTo?.Key.Text ?? ""),
            },
        };
        var active = new Dictionary<int, Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation)) active.Add((int)reader.GetInt64(0), reader.GetGuid(1));
        return active;
    }

    /// <summary>The record, locked until the transaction ends.</summary>
    public static async Task<StoredDocument?> LockAsync(WriteTransaction transaction, Guid id, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Select + "WHERE id = $1 FOR UPDATE", transaction.Connection)
        {
            Parameters = { new() { Value = id } },
        };
        return (await ReadAllAsync(command, cancellation)).SingleOrDefault();
    }

    /// <summary>Replaces content, withdrawal or hold of a locked record; the version that it supersedes goes to the history.</summary>
    /// <param name="snapshot">The superseded version as a wire record in JSON: what the history shows for ever.</param>
    public static async Task UpdateAsync(
        WriteTransaction transaction, StoredDocument changed, string snapshot, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"""
            WITH history AS (
                INSERT INTO travel_documents.version (record, version, change_set, at, account, why, document)
                SELECT record, version, change_set, changed_at, account, why, $6::jsonb FROM travel_documents.document WHERE record = $1)
            UPDATE travel_documents.document SET version = $2, changed_at = $3, account = $4, why = $5, change_set = $28,
                withdrawal_reason = $7, withdrawn_at = $8, held_at = $27,
                ({DocumentRows.ContentColumns}) = (SELECT * FROM unnest($9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                    $14::text[], $15::text[], $16::text[], $17::text[], $18::text[], $19::boolean[], $20::text[], $21::text[], $22::date[], $23::text[],
                    $24::boolean[], $25::text[], $26::text[]))
            WHERE record = $1
            """, transaction.Connection)
        {
            Parameters =
            {
                new() { Value = changed.Record }, new() { Value = changed.Version }, new() { Value = changed.ChangedAt },
                new() { Value = changed.ChangedBy }, Nullable(changed.Why), new() { Value = snapshot }, Nullable(changed.WithdrawalReason),
                Nullable(changed.WithdrawnAt),
            },
        };
        foreach (var column in DocumentRows.Content([changed.Document])) command.Parameters.Add(column);
        command.Parameters.Add(Nullable(changed.HeldAt));
        command.Parameters.Add(new() { Value = transaction.ChangeSet });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public async Task<StoredDocument?> FindAsync(Guid id, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select + "WHERE id = $1");
        command.Parameters.Add(new() { Value = id });
        return (await ReadAllAsync(command, cancellation)).SingleOrDefault();
    }

    /// <summary>The records of candidates that the index gave before, at least as new as it.</summary>
    public Task<List<StoredDocument>> FindAllAsync(long[] records, CancellationToken cancellation) =>
        candidates.ReadAsync(index.Seen, Select + "WHERE record = ANY ($1)", records, DocumentRows.Read, cancellation);

    /// <summary>A member's own records, newest first, older than <paramref name="before"/>.</summary>
    public async Task<List<StoredDocument>> ListAsync(string owner, long before, int limit, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Select + "WHERE owner = $1 AND record < $2 ORDER BY record DESC LIMIT $3");
        command.Parameters.Add(new() { Value = owner });
        command.Parameters.Add(new() { Value = before });
        command.Parameters.Add(new() { Value = limit });
        return await ReadAllAsync(command, cancellation);
    }

    /// <summary>What this version of a record superseded, oldest first: each snapshot as it was written.</summary>
    public async Task<List<(int Version, DateTimeOffset At, string Account, string? Why, string Snapshot)>> SupersededAsync(
        StoredDocument stored, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT version, at, account, why, document FROM travel_documents.version WHERE record = $1 AND version < $2 ORDER BY version
            """);
        command.Parameters.Add(new() { Value = stored.Record });
        command.Parameters.Add(new() { Value = stored.Version });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var versions = new List<(int, DateTimeOffset, string, string?, string)>();
        while (await reader.ReadAsync(cancellation))
        {
            versions.Add((reader.GetInt32(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetString(4)));
        }

        return versions;
    }

    /// <summary>Marks records whose owner is to be reminded of the review date, up to a day; each comes once per review date.</summary>
    public static async Task<List<(Guid Id, string Owner, DateOnly ReviewDate)>> RemindAsync(
        WriteTransaction transaction, DateOnly upTo, int most, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE travel_documents.document d SET reminded_for = d.review_date, reminded_at = $3 FROM (
                SELECT record FROM travel_documents.document
                WHERE withdrawn_at IS NULL AND reminded_for IS DISTINCT FROM review_date AND review_date <= $1
                ORDER BY review_date LIMIT $2 FOR UPDATE SKIP LOCKED) due
            WHERE d.record = due.record RETURNING d.id, d.owner, d.review_date
            """, transaction.Connection)
        {
            Parameters = { new() { Value = upTo }, new() { Value = most }, new() { Value = transaction.At } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var due = new List<(Guid, string, DateOnly)>();
        while (await row.ReadAsync(cancellation)) due.Add((row.GetGuid(0), row.GetString(1), row.GetFieldValue<DateOnly>(2)));
        return due;
    }

    /// <summary>Locks active records that are not on hold, whose review date is no later than a day, and whose owner was reminded of it by a moment.</summary>
    public static async Task<List<StoredDocument>> LockDueAsync(
        WriteTransaction transaction, DateOnly upTo, DateTimeOffset remindedBy, int most, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Select + """
            WHERE withdrawn_at IS NULL AND held_at IS NULL AND reminded_for = review_date AND review_date <= $1
                AND (reminded_at IS NULL OR reminded_at <= $3)
            ORDER BY review_date LIMIT $2 FOR UPDATE SKIP LOCKED
            """, transaction.Connection)
        {
            Parameters = { new() { Value = upTo }, new() { Value = most }, new() { Value = remindedBy } },
        };
        return await ReadAllAsync(command, cancellation);
    }

    /// <summary>Removes records that ended before a moment and are not on hold, with their history.</summary>
    public static async Task<List<(Guid Id, string Owner)>> PurgeAsync(
        WriteTransaction transaction, DateTimeOffset endedBefore, int most, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT purged, of_owner FROM travel_documents.purge($1, $2, $3)", transaction.Connection)
        {
            Parameters = { new() { Value = endedBefore }, new() { Value = most }, new() { Value = transaction.At } },
        };
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var purged = new List<(Guid, string)>();
        while (await row.ReadAsync(cancellation)) purged.Add((row.GetGuid(0), row.GetString(1)));
        return purged;
    }

    private static async Task<List<StoredDocument>> ReadAllAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var documents = new List<StoredDocument>();
        while (await reader.ReadAsync(cancellation)) documents.Add(DocumentRows.Read(reader));
        return documents;
    }

    private static NpgsqlParameter Nullable(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Nullable(DateTimeOffset? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };
}

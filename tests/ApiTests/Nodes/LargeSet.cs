using Npgsql;

namespace ApiTests.Nodes;

/// <summary>A change set of many records, as an import commits it: the work first, the position last.</summary>
internal static class LargeSet
{
    /// <param name="prefix">Two letters; the numbers are these and seven digits from 1.</param>
    public static async Task CommitAsync(string appConnectionString, string prefix, int records)
    {
        await using var connection = new NpgsqlConnection(appConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var changeSet = Guid.CreateVersion7();
        await using var insert = new NpgsqlCommand("""
            INSERT INTO travel_documents.document (id, version, owner, number, number_key, issuer, kind, status, found, review_date,
                recorded_at, changed_at, account, change_set)
            SELECT gen_random_uuid(), 1, 'UTO', n, n, 'UTO', 'passport', 'stolen', false, '2999-01-01', now(), now(), 'large', $1
            FROM (SELECT $3 || lpad(i::text, 7, '0') AS n FROM generate_series(1, $2) i) numbers
            """, connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = changeSet }, new() { Value = records }, new() { Value = prefix } },
        };
        await insert.ExecuteNonQueryAsync();
        await using var position = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // The lock of WriteTransaction.
                new("SELECT pg_advisory_xact_lock(x'4C4941490002'::bigint)"),
                new("""
                    INSERT INTO platform.change_log (position, change_set, module, at, records)
                    SELECT coalesce(max(position), 0) + 1, $1, 'travelDocuments', now(), $2 FROM platform.change_log
                    """)
                {
                    Parameters = { new() { Value = changeSet }, new() { Value = records } },
                },
                new("NOTIFY liaison_changes"),
            },
        };
        await position.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }
}

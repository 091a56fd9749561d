using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Platform.Imports;

/// <summary>A job that waits for a second person, as the node that has its file needs it to go on.</summary>
/// <param name="Order">Its file is to be looked at anew before it is used.</param>
/// <param name="Terms">JSON object of the dataset: what the request said besides.</param>
public sealed record WaitingImport(ImportOrder Order, Guid Approval, long WouldWithdraw, string Terms);

/// <summary>Rows of <c>platform.import_job</c> that wait for a second person.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ImportWaits(NpgsqlDataSource database, ImportJobs jobs, TimeProvider clock)
{
    /// <summary>Files of a member that may lie on the disks of nodes meanwhile.</summary>
    public const int MostOfMember = 4;

    /// <summary>How many files of the member wait already.</summary>
    public static async Task<long> CountAsync(NpgsqlConnection connection, string member, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT count(*) FROM platform.import_job WHERE member = $1 AND state = 'waiting'", connection)
        {
            Parameters = { new() { Value = member } },
        };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The job waits when the transaction commits.</summary>
    /// <returns>False when it is over already: another node took this one for dead.</returns>
    public static async Task<bool> WaitAsync(
        WriteTransaction transaction, WaitingImport waiting, DateTimeOffset until, long ofRecords, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE platform.import_job SET state = 'waiting', approval = $2, approval_until = $3, would_withdraw = $4, of_records = $5, terms = $6::jsonb,
                recorded = 0, changed = 0, unchanged = 0, withdrawn = 0
            WHERE id = $1 AND state NOT IN ('publishing', 'done', 'failed')
            """, transaction.Connection);
        foreach (var value in (object[])[waiting.Order.Id, waiting.Approval, until, waiting.WouldWithdraw, ofRecords, waiting.Terms])
            command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    /// <summary>The job of a file that was kept: null when there is none, and when it has ended, so that the file is of no more use.</summary>
    /// <returns>Whether it waits, or runs already.</returns>
    public async Task<(WaitingImport Waiting, bool Waits)?> FindAsync(Guid job, SpooledFile file, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT dataset, member, account, key, feed, mode, digest, received_at, approval, would_withdraw, terms::text, state = 'waiting'
            FROM platform.import_job WHERE id = $1 AND state NOT IN ('done', 'failed')
            """);
        command.Parameters.Add(new() { Value = job });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        if (!await row.ReadAsync(cancellation)) return null;
        var order = new ImportOrder(job, row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
            file with { Digest = row.GetFieldValue<byte[]>(6) }, row.GetFieldValue<DateTimeOffset>(7));
        // Without them the file was put aside a moment ago and the word of it is not committed.
        return await row.IsDBNullAsync(8, cancellation) ? (new(order, default, 0, ""), false)
            : (new(order, row.GetGuid(8), row.GetInt64(9), row.GetString(10)), row.GetBoolean(11));
    }

    /// <summary>This node goes on with the job.</summary>
    /// <returns>False when it waits no more.</returns>
    public async Task<bool> TakeUpAsync(Guid job, CancellationToken cancellation)
    {
        // What its first reading rejected is found again.
        await using var command = database.CreateCommand("""
            WITH taken AS (
                UPDATE platform.import_job SET state = 'received', node = $2, heartbeat_at = $3 WHERE id = $1 AND state = 'waiting' RETURNING id),
            rejects AS (DELETE FROM platform.import_reject r USING taken WHERE r.job = taken.id)
            SELECT count(*) FROM taken
            """);
        foreach (var value in (object[])[job, jobs.Node, clock.GetUtcNow()]) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteScalarAsync(cancellation) is 1L;
    }

    /// <summary>It was stopped before anything changed, and goes on when its node is there again: the approval stands.</summary>
    public async Task PutBackAsync(Guid job, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "UPDATE platform.import_job SET state = 'waiting' WHERE id = $1 AND approval IS NOT NULL AND state IN ('received', 'reading', 'merging')");
        command.Parameters.Add(new() { Value = job });
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

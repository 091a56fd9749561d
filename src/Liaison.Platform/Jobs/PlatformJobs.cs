using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Npgsql;

namespace Liaison.Platform.Jobs;

/// <summary>What Platform itself keeps in order.</summary>
internal static class PlatformJobs
{
    internal const int KeysAtOnce = 10_000, EventsAtOnce = 10_000, EntriesAtOnce = 10_000;

    /// <summary>Forgets Idempotency-Keys after their time.</summary>
    public static Job IdempotencyRetention(TimeProvider clock) => Job.InParts("idempotencyRetention", TimeSpan.FromHours(1), async (connection, cancellation) =>
        await connection.DoAsync("DELETE FROM platform.idempotency WHERE ctid = ANY (ARRAY(SELECT ctid FROM platform.idempotency WHERE at < $1 LIMIT $2))",
            cancellation, clock.GetUtcNow() - IdempotencyKeys.Remembered, KeysAtOnce) == KeysAtOnce);

    /// <summary>Forgets events of the outbox that everybody took, but for those of searches that are kept. Whoever wants to know longer has the audit.</summary>
    public static Job OutboxRetention(TimeProvider clock, HitOptions hits) => Job.InParts("outboxRetention", TimeSpan.FromHours(1), async (connection, cancellation) =>
        (await connection.ReadAsync("SELECT platform.purge_outbox($1, $2)", r => r.GetInt64(0), cancellation, clock.GetUtcNow() - (hits.KeepSearches > EventsRemembered ? hits.KeepSearches : EventsRemembered), EventsAtOnce))[0] == EventsAtOnce);

    /// <summary>Makes the audit's months ahead and ends those beyond the retention that the owner of the database set.</summary>
    public static Job AuditPartitions { get; } = new("auditPartitions", TimeSpan.FromHours(6), async (connection, cancellation) =>
    {
        await using var command = new NpgsqlCommand("SELECT audit.keep_partitions()", connection);
        await command.ExecuteNonQueryAsync(cancellation);
    });

    /// <summary>Ends entries beyond the retention that lie in no month.</summary>
    public static Job AuditOutsideMonths { get; } = Job.InParts("auditOutsideMonths", TimeSpan.FromHours(6), async (connection, cancellation) =>
        (await connection.ReadAsync("SELECT audit.end_outside_months($1)", r => r.GetInt64(0), cancellation, EntriesAtOnce))[0] == EntriesAtOnce);

    /// <summary>Imports whose node is gone, and which therefore never end, have failed; and what is long over is forgotten.</summary>
    public static Job ImportSweep(TimeProvider clock) => new("importSweep", TimeSpan.FromSeconds(20), async (connection, cancellation) =>
    {
        // Its file is on a disk of that node, and the second person's word stands until its time is over.
        await ExecuteAsync(connection, """
            UPDATE platform.import_job SET state = 'waiting'
            WHERE approval IS NOT NULL AND state IN ('received', 'reading', 'merging') AND heartbeat_at < $1 - interval '1 minute'
            """, clock.GetUtcNow(), cancellation);
        await ExecuteAsync(connection, """
            UPDATE platform.import_job SET state = CASE state WHEN 'publishing' THEN 'done' ELSE 'failed' END, finished_at = $1,
                problem_code = CASE state WHEN 'publishing' THEN NULL ELSE 'interrupted' END,
                problem_detail = CASE state WHEN 'publishing' THEN NULL ELSE 'The node that read the file stopped. Nothing was changed: send it again.' END
            WHERE state NOT IN ('done', 'failed')
                AND CASE state WHEN 'waiting' THEN approval_until < $1 - interval '1 hour' ELSE heartbeat_at < $1 - interval '1 minute' END
            """, clock.GetUtcNow(), cancellation);
        await ExecuteAsync(connection, "DELETE FROM platform.import_job WHERE finished_at < $1", clock.GetUtcNow() - ImportsRemembered, cancellation);
    });

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = at } } };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static readonly TimeSpan ImportsRemembered = TimeSpan.FromDays(90), EventsRemembered = TimeSpan.FromDays(90);
}

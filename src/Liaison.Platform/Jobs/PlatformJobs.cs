using Liaison.Platform.Web;
using Npgsql;

namespace Liaison.Platform.Jobs;

/// <summary>What Platform itself keeps in order.</summary>
internal static class PlatformJobs
{
    /// <summary>Forgets Idempotency-Keys after their time.</summary>
    public static Job IdempotencyRetention(TimeProvider clock) => new("idempotencyRetention", TimeSpan.FromHours(1), async (connection, cancellation) =>
    {
        await using var command = new NpgsqlCommand("DELETE FROM platform.idempotency WHERE at < $1", connection)
        {
            Parameters = { new() { Value = clock.GetUtcNow() - Writes.Remembered } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    });

    /// <summary>Makes the audit's months ahead and ends those beyond the retention that the owner of the database set.</summary>
    public static Job AuditPartitions { get; } = new("auditPartitions", TimeSpan.FromHours(6), async (connection, cancellation) =>
    {
        await using var command = new NpgsqlCommand("SELECT audit.keep_partitions()", connection);
        await command.ExecuteNonQueryAsync(cancellation);
    });
}

using Liaison.Api.TravelDocuments;
using Npgsql;
using NpgsqlTypes;

namespace Liaison.Platform.Imports;

/// <summary>What an import is asked to do.</summary>
/// <param name="Key">The caller's Idempotency-Key; empty for none.</param>
public sealed record ImportOrder(
    Guid Id, string Dataset, string Member, string Account, string Key, string Feed, string Mode, SpooledFile File, DateTimeOffset At);

/// <summary>The table of imports: of every dataset, on every node.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class ImportJobs(NpgsqlDataSource database, ImportSpool spool, TimeProvider clock)
{
    /// <summary>Where the files of this node's jobs lie.</summary>
    public ImportSpool Spool => spool;

    /// <summary>Rejects kept for one job; beyond them rows are only counted.</summary>
    public const int MostRejectsKept = 100_000;

    private const int RejectsShown = 100;
    private const int RejectsAtOnce = 5_000;
    private const int Listed = 50;

    private const string Columns = """
        id, state, feed, mode, received_at, finished_at, rows, recorded, changed, unchanged, withdrawn, rejected, bytes, bytes_read,
        withdrawals_held, problem_code, problem_detail, started_at, digest, approval, approval_until, would_withdraw, of_records,
        merged, merging_since
        """;

    /// <summary>Names this process: its jobs end with it.</summary>
    public Guid Node { get; } = Guid.NewGuid();

    /// <summary>Takes the job on, or finds the one that has the key.</summary>
    /// <returns>The earlier job and whether its file was the same; null when the job is new.</returns>
    public async Task<(ImportJob Job, bool IsSameFile)?> ClaimAsync(ImportOrder order, CancellationToken cancellation)
    {
        await using var claim = database.CreateCommand("""
            INSERT INTO platform.import_job (id, dataset, member, account, key, digest, feed, mode, node, heartbeat_at, state, received_at, bytes)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'received', $10, $11)
            ON CONFLICT (account, key) WHERE key <> '' AND state <> 'failed' DO NOTHING
            """);
        foreach (var value in (object[])[order.Id, order.Dataset, order.Member, order.Account, order.Key, order.File.Digest, order.Feed, order.Mode,
            Node, order.At, order.File.Length])
        {
            claim.Parameters.Add(new() { Value = value });
        }

        if (await claim.ExecuteNonQueryAsync(cancellation) == 1) return null;
        var earlier = await ReadAsync("WHERE account = $1 AND key = $2 AND state <> 'failed'", [order.Account, order.Key], cancellation);
        // It failed between the two: the key is free again.
        if (earlier.Count == 0) return await ClaimAsync(order, cancellation);
        return (earlier[0].Job, earlier[0].Digest.AsSpan().SequenceEqual(order.File.Digest));
    }

    /// <summary>A member's job with its first rejects, or null.</summary>
    public async Task<ImportJob?> FindAsync(Guid id, string member, CancellationToken cancellation)
    {
        var found = await ReadAsync("WHERE id = $1 AND member = $2", [id, member], cancellation);
        if (found.Count == 0) return null;
        var rejects = new List<RowReject>();
        await foreach (var reject in RejectsAsync(id, RejectsShown, cancellation)) rejects.Add(reject);
        return found[0].Job with { Rejects = rejects };
    }

    public async Task<IReadOnlyList<ImportJob>> ListAsync(string dataset, string member, CancellationToken cancellation) =>
        [.. (await ReadAsync($"WHERE dataset = $1 AND member = $2 ORDER BY id DESC LIMIT {Listed}", [dataset, member], cancellation)).Select(j => j.Job)];

    /// <summary>The rejects of a job in the order of the file.</summary>
    public async IAsyncEnumerable<RowReject> RejectsAsync(
        Guid job, int limit, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        // In pages: a reader that takes hours must not hold a connection meanwhile.
        for (var offset = 0; offset < limit; offset += RejectsAtOnce)
        {
            var page = await RejectPageAsync(job, offset, Math.Min(RejectsAtOnce, limit - offset), cancellation);
            foreach (var reject in page) yield return reject;
            if (page.Count < RejectsAtOnce) yield break;
        }
    }

    private async Task<List<RowReject>> RejectPageAsync(Guid job, int offset, int count, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "SELECT line, field, code, message FROM platform.import_reject WHERE job = $1 ORDER BY line, ctid OFFSET $2 LIMIT $3");
        foreach (var value in (object[])[job, offset, count]) command.Parameters.Add(new() { Value = value });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var page = new List<RowReject>();
        while (await row.ReadAsync(cancellation)) page.Add(new(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3)));
        return page;
    }

    public async Task AddRejectsAsync(Guid job, IReadOnlyList<RowReject> rejects, CancellationToken cancellation)
    {
        if (rejects.Count == 0) return;
        await using var command = database.CreateCommand("""
            INSERT INTO platform.import_reject (job, line, field, code, message)
            SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[])
            """);
        command.Parameters.Add(new() { Value = job });
        command.Parameters.Add(new() { Value = rejects.Select(r => r.Line).ToArray() });
        command.Parameters.Add(Texts(rejects.Select(r => r.Column)));
        command.Parameters.Add(Texts(rejects.Select(r => r.Code)));
        command.Parameters.Add(Texts(rejects.Select(r => r.Message)));
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>
    /// One file of a feed is merged at a time, whichever node read it; and no full file after a later one, which it would undo, nor anything
    /// earlier after a full one. Parts of a delta may come side by side. The turn ends with the transaction.
    /// </summary>
    /// <returns>False when the job was overtaken.</returns>
    public static async Task<bool> TakeTurnAsync(NpgsqlConnection connection, ImportOrder order, CancellationToken cancellation)
    {
        await using var turn = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", connection)
        {
            Parameters = { new() { Value = $"import {order.Dataset} {order.Member} {order.Feed}" } }, CommandTimeout = 0,
        };
        await turn.ExecuteNonQueryAsync(cancellation);
        await using var overtaken = new NpgsqlCommand("""
            SELECT EXISTS (
                SELECT FROM platform.import_job later JOIN platform.import_job own ON own.id = $1
                WHERE later.dataset = own.dataset AND later.member = own.member AND later.feed = own.feed
                    AND later.state IN ('publishing', 'done') AND 'full' IN (own.mode, later.mode)
                    AND (later.received_at, later.id) > (own.received_at, own.id))
            """, connection)
        {
            Parameters = { new() { Value = order.Id } },
        };
        return await overtaken.ExecuteScalarAsync(cancellation) is false;
    }

    /// <summary>Writes down how far a job is. On the job's own connection inside the merge, so that it is done when the records are.</summary>
    /// <returns>False when the job is over already: another node took this one for dead. What it did must not become durable then.</returns>
    public static async Task<bool> TellAsync(
        NpgsqlConnection connection, Guid job, ImportProgress progress, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE platform.import_job SET state = $2, bytes_read = $3, rows = $4, recorded = $5, changed = $6, unchanged = $7, withdrawn = $8,
                rejected = $9, withdrawals_held = $10, heartbeat_at = $11, started_at = coalesce(started_at, $11),
                finished_at = CASE WHEN $2 = 'done' THEN $11 END, merged = 0, merging_since = NULL
            WHERE id = $1 AND state NOT IN ('done', 'failed')
            """, connection);
        foreach (var value in (object[])[job, progress.State, progress.BytesRead, progress.Rows, progress.Recorded, progress.Changed,
            progress.Unchanged, progress.Withdrawn, progress.Rejected, progress.WithdrawalsHeld, now])
        {
            command.Parameters.Add(new() { Value = value });
        }

        return await command.ExecuteNonQueryAsync(cancellation) == 1;
    }

    public async Task TellAsync(Guid job, ImportProgress progress, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await TellAsync(connection, job, progress, clock.GetUtcNow(), cancellation);
    }

    /// <summary>
    /// Writes down how far the merge of a job is, whose own transaction nobody sees yet. Not once it is told to be durable: that state is the merge's to write.
    /// </summary>
    /// <param name="job">Its id.</param>
    /// <param name="merged">How many rows became records.</param>
    /// <param name="since">From when on.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task TellMergedAsync(Guid job, long merged, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("UPDATE platform.import_job SET merged = $2, merging_since = $3 WHERE id = $1 AND state = 'merging'");
        foreach (var value in (object[])[job, merged, since]) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <returns>False when it did not fail: its merge is durable, though its node did not learn it.</returns>
    public async Task<bool> FailAsync(Guid job, string code, string detail, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            UPDATE platform.import_job SET state = 'failed', problem_code = $2, problem_detail = $3, finished_at = $4,
                recorded = 0, changed = 0, unchanged = 0, withdrawn = 0
            WHERE id = $1 AND state NOT IN ('publishing', 'done', 'failed')
            """);
        foreach (var value in (object[])[job, code, detail, clock.GetUtcNow()]) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellation);
        await using var outcome = database.CreateCommand("SELECT state NOT IN ('publishing', 'done') FROM platform.import_job WHERE id = $1");
        outcome.Parameters.Add(new() { Value = job });
        return await outcome.ExecuteScalarAsync(cancellation) is not false;
    }

    /// <summary>
    /// Ends at once what an earlier process of this node left, which nobody else can know to be over before a minute has passed. What was
    /// approved waits to be taken up again: its file is here.
    /// </summary>
    public async Task EndEarlierAsync(Guid earlier, CancellationToken cancellation)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(
            "UPDATE platform.import_job SET state = 'waiting' WHERE node = $1 AND approval IS NOT NULL AND state IN ('received', 'reading', 'merging')")
        {
            Parameters = { new() { Value = earlier } },
        });
        batch.BatchCommands.Add(new("""
            UPDATE platform.import_job SET state = CASE state WHEN 'publishing' THEN 'done' ELSE 'failed' END, finished_at = $2,
                problem_code = CASE state WHEN 'publishing' THEN NULL ELSE 'interrupted' END,
                problem_detail = CASE state WHEN 'publishing' THEN NULL ELSE 'The hub stopped while it read the file. Nothing was changed: send it again.' END
            WHERE node = $1 AND state NOT IN ('waiting', 'done', 'failed')
            """) { Parameters = { new() { Value = earlier }, new() { Value = clock.GetUtcNow() } } });
        await batch.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Says that this node's jobs are alive.</summary>
    public async Task BeatAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "UPDATE platform.import_job SET heartbeat_at = $2 WHERE node = $1 AND state NOT IN ('done', 'failed')");
        command.Parameters.Add(new() { Value = Node });
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<List<(ImportJob Job, byte[] Digest)>> ReadAsync(string where, object[] values, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand($"SELECT {Columns} FROM platform.import_job {where}");
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        var jobs = new List<(ImportJob, byte[])>();
        while (await row.ReadAsync(cancellation)) jobs.Add((Job(row), row.GetFieldValue<byte[]>(18)));
        return jobs;
    }

    private ImportJob Job(NpgsqlDataReader row)
    {
        var state = row.GetString(1);
        var (rows, bytes, bytesRead) = (row.GetInt64(6), row.GetInt64(12), row.GetInt64(13));
        var (perSecond, left) = state switch
        {
            "reading" => Pace(SecondsSince(row, 17), rows, bytesRead, bytes),
            "merging" when row.GetInt64(23) is var merged => Pace(SecondsSince(row, 24), merged, merged, rows - row.GetInt64(11)),
            _ => (null, null),
        };
        return new()
        {
            Id = row.GetGuid(0),
            State = state,
            Feed = row.GetString(2),
            Mode = row.GetString(3),
            ReceivedAt = row.GetFieldValue<DateTimeOffset>(4),
            FinishedAt = row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
            Rows = rows,
            Recorded = row.GetInt64(7),
            Changed = row.GetInt64(8),
            Unchanged = row.GetInt64(9),
            Withdrawn = row.GetInt64(10),
            Rejected = row.GetInt64(11),
            Bytes = bytes,
            BytesRead = bytesRead,
            RowsPerSecond = perSecond,
            SecondsLeft = left,
            WithdrawalsHeld = row.GetBoolean(14),
            Approval = row.IsDBNull(19) ? null
                : new(row.GetGuid(19), row.GetFieldValue<DateTimeOffset>(20), row.GetInt64(21), row.GetInt64(22)),
            Problem = row.IsDBNull(15) ? null : new(row.GetString(15), row.GetString(16)),
            Rejects = [],
        };
    }

    private double SecondsSince(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? 0 : (clock.GetUtcNow() - row.GetFieldValue<DateTimeOffset>(column)).TotalSeconds;

    /// <summary>Rows in a second, and how many seconds are left when what is left takes as long as what is done.</summary>
    private static (double? RowsPerSecond, double? SecondsLeft) Pace(double seconds, long rows, long done, long all) => seconds <= 0 ? (null, null)
        : (Math.Round(rows / seconds, 1), done > 0 ? Math.Round(seconds * Math.Max(0, all - done) / done, 1) : null);

    private static NpgsqlParameter Texts(IEnumerable<string> values) =>
        new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Imports;
using Liaison.Platform.Outbox;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Npgsql;

namespace Liaison.TravelDocuments.Import;

/// <summary>
/// The one transaction that makes a staged file live: new records, new versions and ends, with audit, event, position and the job's own
/// state. Other writers wait for it only while it commits; who writes one of the same documents waits for its end.
/// </summary>
internal sealed class ImportMerge(NpgsqlConnection connection, ImportTask task, ImportProgress progress, TimeProvider clock)
{
    private const string NoLongerReported = "noLongerReported";

    private const int PastAtOnce = 2000;

    private const string SameDocument = """
        d.issuer = s.issuer AND d.kind = s.kind AND d.number_key = s.number_key AND coalesce(d.range_to_key, '') = coalesce(s.range_to_key, '')
        """;

    private const string Content = """
        status, event_date, event_place, reporting_country, issue_date, expiry_date, reason_code, legal_basis, national_reference,
        additional_information, found, found_date, found_place
        """;

    /// <param name="stage">What the file says.</param>
    /// <param name="require">Throws when it must not take effect; asked last, when all else is done.</param>
    /// <param name="cancellation">Ends it without effect.</param>
    /// <returns>The position of the change set.</returns>
    public async Task<long> RunAsync(ImportStage stage, Func<CancellationToken, Task> require, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, cancellation);
        if (!await ImportJobs.TakeTurnAsync(connection, task.Order, cancellation))
        {
            throw new ImportRefusedException(new("", "overtaken",
                "A file of this feed that was sent later is merged already. Nothing was changed: if this one is newer all the same, send it again."));
        }

        var met = await MeetAsync(stage, cancellation);
        met -= await ForgetEndedAsync("import_met", "m.act IN ('change', 'withdraw')", cancellation);
        await KeepPastAsync("SELECT record FROM import_met WHERE act IN ('change', 'withdraw')", cancellation);
        var news = await ImportNews.RestrictedAsync(connection, task.Order.Member, transaction.At, cancellation);
        var silenced = await ScalarAsync($"""
            SELECT count(*) FROM import_met m JOIN import_stage s USING (line) JOIN travel_documents.document d ON d.record = m.record
            WHERE m.act = 'change' AND ({WithdrawalCounts.SilencingRows})
            """, cancellation, DateOnly.FromDateTime(transaction.At.UtcDateTime).AddDays(WithdrawalCounts.CloseDays));
        progress.Changed = await ChangeAsync(transaction, cancellation);
        progress.Withdrawn = await WithdrawAsync(transaction, cancellation);
        progress.Unchanged = await ScalarAsync("SELECT count(*) FROM import_met WHERE act = 'keep'", cancellation);
        var barred = await BarAsync(stage, cancellation);
        progress.Recorded = await InsertAsync(transaction, cancellation);
        if (stage.Reentries) await ExecuteAsync(ImportBars.Lift, cancellation, task.Order.Member);
        if (progress.Recorded + met + barred < stage.Staged) await RejectTheRestAsync(transaction, stage, cancellation);
        // Last of all, so that a row after the one that ends a document is told that it repeats it.
        if (progress.Withdrawn > 0) await ExecuteAsync(ImportBars.Add, cancellation, [DocumentCodes.WrongReports.ToArray()]);
        // What is barred is named by the file: it may mean none of the records that the file does not name.
        var absent = task.Order.Mode == "full" ? await FindAbsentAsync(progress.Rejected > barred, cancellation) : 0;
        await new MassWithdrawal(connection, task, progress).JudgeAsync(absent, silenced, transaction.At, cancellation);
        if (absent > 0) await EndAbsentAsync(transaction, cancellation);
        await stage.FlushRejectsAsync(cancellation);

        transaction.Records = checked((int)(progress.Recorded + progress.Changed + progress.Withdrawn));
        if (progress.Withdrawn > 0) news.AddRange(await ImportNews.EndedAsync(connection, task.Order.Member, transaction, cancellation));
        AddAudit(transaction, news);
        await require(cancellation);
        progress.State = "publishing";
        if (!await ImportJobs.TellAsync(connection, task.Order.Id, progress, clock.GetUtcNow(), cancellation))
            throw new ImportRefusedException(new("", "interrupted", "This node was taken for dead. Nothing was changed: send the file again."));
        return await transaction.CommitAsync("travelDocuments", cancellation);
    }

    /// <summary>The key that a record was given last, whether it is committed or not: so how far a merge is can be told from outside.</summary>
    public static async Task<long> LastRecordAsync(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("SELECT coalesce(pg_sequence_last_value('travel_documents.document_record_seq'), 0)");
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Rows that name a record on file: what is to be done with it. Of several rows for one record the first counts.</summary>
    /// <returns>How many rows were dealt with.</returns>
    private async Task<long> MeetAsync(ImportStage stage, CancellationToken cancellation)
    {
        await ExecuteAsync($"""
            CREATE TEMPORARY TABLE import_met ON COMMIT DROP AS
            SELECT DISTINCT ON (d.record) d.record, d.id AS on_file, s.line, s.withdraw,
                CASE WHEN d.feed IS DISTINCT FROM $1 THEN 'foreign' WHEN s.withdraw IS NOT NULL THEN 'withdraw'
                     WHEN ({Named("d")}) IS DISTINCT FROM ({Named("s")}) OR (s.review_given AND d.review_date <> s.review_date)
                     OR (coalesce(s.audience, d.audience), coalesce(s.sealed, d.sealed), coalesce(s.handling, d.handling, 'H0'),
                         coalesce(s.onward_transfer, d.onward_transfer, 'allowed')) IS DISTINCT FROM
                        (d.audience, d.sealed, coalesce(d.handling, 'H0'), coalesce(d.onward_transfer, 'allowed')) THEN 'change'
                     ELSE 'keep' END AS act
            FROM import_stage s JOIN travel_documents.document d ON {SameDocument} AND d.withdrawn_at IS NULL
            ORDER BY d.record, s.line
            """, cancellation, task.Order.Feed);
        await ExecuteAsync("CREATE INDEX ON import_met (record)", cancellation);
        await using (var foreign = new NpgsqlCommand("SELECT line, on_file FROM import_met WHERE act = 'foreign' ORDER BY line", connection))
        await using (var row = await foreign.ExecuteReaderAsync(cancellation))
        {
            while (await row.ReadAsync(cancellation))
            {
                var problem = Problems.Duplicate(row.GetGuid(1));
                await stage.RejectAsync(row.GetInt64(0), "number", problem.Code, problem.Detail!, cancellation);
            }
        }

        return await ScalarAsync("SELECT count(*) FROM import_met", cancellation);
    }

    /// <summary>Rows of documents whose record was withdrawn as wrong, and which do not say that they are reported anew.</summary>
    /// <returns>How many.</returns>
    private async Task<long> BarAsync(ImportStage stage, CancellationToken cancellation)
    {
        await ExecuteAsync(ImportBars.Find, cancellation, task.Order.Member);
        var count = 0L;
        await using var barred = new NpgsqlCommand("SELECT line, id, reason, ended_at FROM import_barred ORDER BY line", connection);
        await using var row = await barred.ExecuteReaderAsync(cancellation);
        for (; await row.ReadAsync(cancellation); count++)
        {
            var problem = Problems.Barred(row.GetGuid(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3));
            await stage.RejectAsync(row.GetInt64(0), "number", problem.Code, problem.Detail!, cancellation);
        }

        return count;
    }

    /// <summary>
    /// Locks the records that are to get a new version, and leaves those out that somebody ended since they were found: an end is not
    /// written over.
    /// </summary>
    /// <returns>How many were left out.</returns>
    private async Task<long> ForgetEndedAsync(string found, string which, CancellationToken cancellation)
    {
        await ExecuteAsync($"""
            SELECT count(*) FROM (
                SELECT d.record FROM travel_documents.document d JOIN {found} m ON m.record = d.record WHERE {which} FOR UPDATE OF d) locked
            """, cancellation);
        return await ExecuteAsync($"""
            DELETE FROM {found} m USING travel_documents.document d WHERE d.record = m.record AND d.withdrawn_at IS NOT NULL AND {which}
            """, cancellation);
    }

    /// <summary>Keeps the versions that are about to be superseded, as the wire shows them: the same code writes them as for a single change.</summary>
    private async Task KeepPastAsync(string records, CancellationToken cancellation)
    {
        await ExecuteAsync("CREATE TEMPORARY TABLE IF NOT EXISTS import_past (record bigint, document text) ON COMMIT DROP; TRUNCATE import_past", cancellation);
        for (var after = long.MinValue; ;)
        {
            var documents = new List<StoredDocument>();
            await using (var select = new NpgsqlCommand($"""
                SELECT {DocumentRows.Columns} FROM travel_documents.document WHERE record IN ({records} AND record > $1) ORDER BY record
                LIMIT {PastAtOnce} FOR UPDATE
                """, connection) { Parameters = { new() { Value = after } }, CommandTimeout = 0 })
            await using (var row = await select.ExecuteReaderAsync(cancellation))
            {
                while (await row.ReadAsync(cancellation)) documents.Add(DocumentRows.Read(row));
            }

            if (documents.Count == 0) break;
            after = documents[^1].Record;
            var rows = new CopyRows(PastAtOnce * 512);
            foreach (var document in documents)
            {
                rows.BeginRow(2);
                rows.Put(document.Record);
                rows.Put(WireDocument.Snapshot(document));
            }

            await using var copy = await connection.BeginRawBinaryCopyAsync("COPY import_past FROM STDIN (FORMAT BINARY)", cancellation);
            await copy.WriteAsync(CopyRows.Header.ToArray(), cancellation);
            await copy.WriteAsync(rows.Written, cancellation);
            await copy.WriteAsync(CopyRows.Trailer.ToArray(), cancellation);
        }

        await ExecuteAsync("""
            INSERT INTO travel_documents.version (record, version, change_set, at, account, why, document)
            SELECT d.record, d.version, d.change_set, d.changed_at, d.account, d.why, p.document::jsonb
            FROM import_past p JOIN travel_documents.document d USING (record)
            """, cancellation);
    }

    private Task<long> ChangeAsync(WriteTransaction transaction, CancellationToken cancellation) => ExecuteAsync($"""
        UPDATE travel_documents.document d SET version = d.version + 1, changed_at = $1, account = $2, why = s.why, change_set = $3,
            review_date = CASE WHEN s.review_given THEN s.review_date ELSE d.review_date END,
            audience = coalesce(s.audience, d.audience), sealed = coalesce(s.sealed, d.sealed), handling = coalesce(s.handling, d.handling),
            onward_transfer = coalesce(s.onward_transfer, d.onward_transfer), ({Content}) = ({Named("s")})
        FROM import_met m JOIN import_stage s USING (line) WHERE m.act = 'change' AND d.record = m.record
        """, cancellation, transaction.At, task.Order.Account, transaction.ChangeSet);

    private Task<long> WithdrawAsync(WriteTransaction transaction, CancellationToken cancellation) => ExecuteAsync("""
        UPDATE travel_documents.document d SET version = d.version + 1, changed_at = $1, account = $2, why = NULL, change_set = $3,
            withdrawal_reason = m.withdraw, withdrawn_at = $1
        FROM import_met m WHERE m.act = 'withdraw' AND d.record = m.record
        """, cancellation, transaction.At, task.Order.Account, transaction.ChangeSet);

    /// <summary>
    /// Almost always nobody records one of the same documents between meeting and inserting, and rows go in a quarter faster when each
    /// need not be looked up first. When somebody did, they go in again with that.
    /// </summary>
    private async Task<long> InsertAsync(WriteTransaction transaction, CancellationToken cancellation)
    {
        await ExecuteAsync("SAVEPOINT inserting", cancellation);
        try
        {
            return await InsertAsync(transaction, "", cancellation);
        }
        catch (PostgresException overtaken) when (overtaken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            await ExecuteAsync("ROLLBACK TO SAVEPOINT inserting", cancellation);
            const string LeaveOut = "ON CONFLICT (issuer, kind, number_key, coalesce(range_to_key, '')) WHERE withdrawn_at IS NULL DO NOTHING";
            return await InsertAsync(transaction, LeaveOut, cancellation);
        }
    }

    /// <summary>
    /// Of rows that repeat a document the first is taken, also when that ends it. Rows go in sorted by number, and ids ascend with them: so
    /// each index grows at few pages instead of everywhere at once. The number is the first key of the sort because issuer and kind hardly
    /// tell the rows of one feed apart. An id is a UUID of version 7 with a counter of 32 bits after the time (RFC 9562, 6.2, method 1), and 40 bits of a hash of it
    /// with a random seed: to draw them for each row takes PostgreSQL a tenth of the time that the row does. The check of access does not rest on ids being hard to guess.
    /// </summary>
    private Task<long> InsertAsync(WriteTransaction transaction, string onConflict, CancellationToken cancellation) => ExecuteAsync($"""
        INSERT INTO travel_documents.document (id, version, owner, number, number_key, range_to, range_to_key, issuer, kind, {Content}, review_date,
            recorded_at, changed_at, account, change_set, feed, why, audience, sealed, handling, onward_transfer)
        SELECT encode(int8send($6 | (turn >> 20)) || int8send($7 | ((turn & {(1 << 20) - 1}) << 40) | (hashint8extended(turn, $8) & {(1L << 40) - 1})), 'hex')::uuid, 1, $2, number, number_key,
            range_to, range_to_key, issuer, kind, {Content}, review_date, $1, $1, $3, $4, $5, why, audience, coalesce(sealed, false),
            handling, onward_transfer
        FROM (SELECT *, row_number() OVER () AS turn
              FROM (SELECT DISTINCT ON (number_key, issuer, kind, coalesce(range_to_key, '')) * FROM import_stage
                    ORDER BY number_key, issuer, kind, coalesce(range_to_key, ''), line) first
              WHERE withdraw IS NULL AND NOT EXISTS (SELECT FROM import_met m WHERE m.line = first.line)
                AND NOT EXISTS (SELECT FROM import_barred b WHERE b.line = first.line)) numbered
        {onConflict}
        """, cancellation, transaction.At, task.Order.Member, task.Order.Account, transaction.ChangeSet, task.Order.Feed,
        transaction.At.ToUnixTimeMilliseconds() << 16 | 7L << 12, long.MinValue, BinaryPrimitives.ReadInt64LittleEndian(RandomNumberGenerator.GetBytes(8)));

    /// <summary>Rows that became no record and met none: repeated in the file, overtaken by another writer, or an end of what is not there.</summary>
    private async Task RejectTheRestAsync(WriteTransaction transaction, ImportStage stage, CancellationToken cancellation)
    {
        await using var rest = new NpgsqlCommand($"""
            SELECT s.line, s.withdraw IS NOT NULL, first.line < s.line, d.id
            FROM import_stage s
            LEFT JOIN import_met m ON m.line = s.line
            LEFT JOIN travel_documents.document d ON {SameDocument} AND d.withdrawn_at IS NULL
            LEFT JOIN (SELECT issuer, kind, number_key, coalesce(range_to_key, '') AS range_to_key, min(line) AS line FROM import_stage
                       GROUP BY 1, 2, 3, 4 HAVING count(*) > 1) first
                ON first.issuer = s.issuer AND first.kind = s.kind AND first.number_key = s.number_key
                AND first.range_to_key = coalesce(s.range_to_key, '')
            WHERE m.line IS NULL AND NOT EXISTS (SELECT FROM import_barred b WHERE b.line = s.line) AND (s.withdraw IS NOT NULL OR first.line < s.line OR d.change_set IS DISTINCT FROM $1) ORDER BY s.line
            """, connection) { CommandTimeout = 0, Parameters = { new() { Value = transaction.ChangeSet } } };
        await using var row = await rest.ExecuteReaderAsync(cancellation);
        while (await row.ReadAsync(cancellation))
        {
            var (line, isRepeated) = (row.GetInt64(0), !row.IsDBNull(2) && row.GetBoolean(2));
            if (isRepeated)
                await stage.RejectAsync(line, "number", "repeatedInFile", "An earlier row of this file names the same document.", cancellation);
            else if (row.GetBoolean(1))
                await stage.RejectAsync(line, "number", Problems.UnknownRecord.Code, "This feed has no active record of this document.", cancellation);
            else
            {
                var problem = Problems.Duplicate(row.IsDBNull(3) ? null : row.GetGuid(3));
                await stage.RejectAsync(line, "number", problem.Code, problem.Detail!, cancellation);
            }
        }
    }

    /// <summary>The feed's records that a full file does not name; none when a rejected row may mean one of them.</summary>
    /// <returns>How many.</returns>
    private async Task<long> FindAbsentAsync(bool mayBeMeant, CancellationToken cancellation)
    {
        await ExecuteAsync($"""
            CREATE TEMPORARY TABLE import_absent ON COMMIT DROP AS
            SELECT d.record FROM travel_documents.document d
            WHERE d.owner = $1 AND d.feed = $2 AND d.withdrawn_at IS NULL AND NOT EXISTS (SELECT FROM import_stage s WHERE {SameDocument})
            """, cancellation, task.Order.Member, task.Order.Feed);
        await ExecuteAsync("CREATE INDEX ON import_absent (record); ANALYZE import_absent", cancellation);
        var absent = await ScalarAsync("SELECT count(*) FROM import_absent", cancellation);
        progress.WithdrawalsHeld = absent > 0 && mayBeMeant;
        return mayBeMeant ? 0 : absent;
    }

    private async Task EndAbsentAsync(WriteTransaction transaction, CancellationToken cancellation)
    {
        await ForgetEndedAsync("import_absent", "true", cancellation);
        await KeepPastAsync("SELECT record FROM import_absent WHERE true", cancellation);
        progress.Withdrawn += await ExecuteAsync("""
            UPDATE travel_documents.document d SET version = d.version + 1, changed_at = $1, account = $2, why = NULL, change_set = $3,
                withdrawal_reason = $4, withdrawn_at = $1
            FROM import_absent a WHERE d.record = a.record
            """, cancellation, transaction.At, task.Order.Account, transaction.ChangeSet, NoLongerReported);
    }

    /// <summary>One entry for what was taken, and one for what the caller had no right to write. The records are found by the change set.</summary>
    private void AddAudit(WriteTransaction transaction, IEnumerable<OutboxEvent> news)
    {
        var told = task.Act with
        {
            Asked = AuditJson.Of(
                ("import", task.Order.Id), ("changeSet", transaction.ChangeSet), ("feed", task.Order.Feed), ("mode", task.Order.Mode),
                ("rows", Figure(progress.Rows)), ("recorded", Figure(progress.Recorded)), ("changed", Figure(progress.Changed)),
                ("withdrawn", Figure(progress.Withdrawn)), ("rejected", Figure(progress.Rejected))),
        };
        transaction.Add(told.Entry("done", transaction.At),
        [
            new OutboxEvent(Guid.CreateVersion7(transaction.At), TravelDocumentEvents.Merged,
                AuditJson.Of(("import", task.Order.Id), ("changeSet", transaction.ChangeSet), ("owner", task.Order.Member)).Text),
            .. news,
        ]);
        if (progress.Denied > 0) transaction.Add(task.Denied(progress.Denied, transaction.At));
    }

    private static int Figure(long count) => (int)Math.Min(count, int.MaxValue);

    private static string Named(string table) => string.Join(", ", Content.Split(',', StringSplitOptions.TrimEntries).Select(c => $"{table}.{c}"));

    private async Task<long> ExecuteAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    private async Task<long> ScalarAsync(string sql, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}

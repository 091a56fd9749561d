using System.Threading.Channels;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Liaison.Platform.Imports;
using Liaison.TravelDocuments.Domain;
using Npgsql;

namespace Liaison.TravelDocuments.Import;

/// <summary>
/// Reads a file into a temporary table of the job's connection. Rows are judged on one thread and sent by another; what is in memory is
/// bounded, whatever the file is.
/// </summary>
internal sealed class ImportStage(NpgsqlConnection connection, ImportJobs jobs, ImportTask task, ImportProgress progress, RuleContext context)
{
    private const int PieceBytes = 256 << 10;
    private const int RejectsAtOnce = 1000;
    private const short Columns = 29;

    private const string Copy = """
        COPY import_stage (line, number, number_key, range_to, range_to_key, issuer, kind, status, event_date, event_place, reporting_country,
            issue_date, expiry_date, reason_code, legal_basis, national_reference, additional_information, found, found_date, found_place,
            review_date, review_given, withdraw, why, audience, sealed, handling, onward_transfer, reentry) FROM STDIN (FORMAT BINARY)
        """;

    private readonly List<RowReject> rejects = [];
    private readonly Dictionary<string, string?> refusals = new(StringComparer.Ordinal);
    private long kept;

    /// <summary>How many rows were staged.</summary>
    public long Staged { get; private set; }

    /// <summary>True when a row records anew what was withdrawn as wrong.</summary>
    public bool Reentries { get; private set; }

    /// <summary>
    /// A temporary table ends with the connection, so nothing is left of a job that was killed. The settings are the job's: sorting ten
    /// million rows in four megabytes takes the disk; and what the plans need to know of a file, a fifth of the usual sample tells.
    /// </summary>
    public static async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SET work_mem = '256MB'; SET temp_buffers = '64MB'; SET max_parallel_workers_per_gather = 0; SET default_statistics_target = 20;
            CREATE TEMPORARY TABLE import_stage (
                line bigint NOT NULL, number text NOT NULL, number_key text NOT NULL, range_to text, range_to_key text,
                issuer text NOT NULL, kind text NOT NULL, status text NOT NULL, event_date text, event_place text, reporting_country text,
                issue_date text, expiry_date text, reason_code text, legal_basis text, national_reference text, additional_information text,
                found boolean NOT NULL, found_date text, found_place text, review_date date NOT NULL, review_given boolean NOT NULL, withdraw text,
                why text, audience text, sealed boolean, handling text, onward_transfer text, reentry boolean NOT NULL);
            """, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    public async Task FillAsync(Func<ImportStream> open, CancellationToken cancellation)
    {
        var pieces = Channel.CreateBounded<CopyRows>(new BoundedChannelOptions(4) { SingleReader = true, SingleWriter = true });
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = SendAsync(pieces.Reader, failed);
        try
        {
            await Task.Run(() => ReadAsync(open, pieces.Writer, failed.Token), failed.Token);
            pieces.Writer.Complete();
        }
        catch (Exception fault)
        {
            pieces.Writer.TryComplete(fault);
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            // What was wrong before the file could not be read on is told with it.
            if (fault is ImportRefusedException or ImportTooLargeException or InvalidDataException) await FlushRejectsAsync(cancellation);
            // A sender that failed is why the reader was stopped, and says more.
            if (sending.IsFaulted) await sending;
            throw;
        }

        await sending;
        await FlushRejectsAsync(cancellation);
        await using var analyse = new NpgsqlCommand("ANALYZE import_stage", connection) { CommandTimeout = 0 };
        await analyse.ExecuteNonQueryAsync(cancellation);
    }

    public async Task RejectAsync(long line, string column, string code, string message, CancellationToken cancellation)
    {
        progress.Rejected++;
        if (kept++ >= ImportJobs.MostRejectsKept) return;
        rejects.Add(new(line, column, code, message));
        if (rejects.Count >= RejectsAtOnce) await FlushRejectsAsync(cancellation);
    }

    public async Task FlushRejectsAsync(CancellationToken cancellation)
    {
        await jobs.AddRejectsAsync(task.Order.Id, rejects, cancellation);
        rejects.Clear();
    }

    private async Task SendAsync(ChannelReader<CopyRows> pieces, CancellationTokenSource failed)
    {
        try
        {
            await using var copy = await connection.BeginRawBinaryCopyAsync(Copy, failed.Token);
            await copy.WriteAsync(CopyRows.Header.ToArray(), failed.Token);
            await foreach (var piece in pieces.ReadAllAsync(failed.Token)) await copy.WriteAsync(piece.Written, failed.Token);
            await copy.WriteAsync(CopyRows.Trailer.ToArray(), failed.Token);
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }

    private async Task ReadAsync(Func<ImportStream> open, ChannelWriter<CopyRows> pieces, CancellationToken cancellation)
    {
        await using var stream = open();
        var piece = new CopyRows(PieceBytes + 4096);
        var rows = task.IsCsv ? ImportRows.ReadCsvAsync(stream, cancellation) : ImportRows.ReadNdjsonAsync(stream, cancellation);
        var isFirst = true;
        ImportRow? header = null;
        await foreach (var row in rows)
        {
            // A header may have several faults: the first of them is the one to begin with.
            if (row.Stops) throw Unreadable(header?.Line == row.Line ? header.Value : row);
            if (isFirst && row.Request is null) header = row;
            isFirst = false;
            progress.Rows++;
            if (Judge(row, out var document) is { } problems)
            {
                // A row counts once, however many things are wrong with it.
                progress.Rejected -= problems.Count - 1;
                foreach (var problem in problems) await RejectAsync(row.Line, problem.Field, problem.Code, problem.Message, cancellation);
            }
            else
            {
                Put(piece, row, document!);
                Staged++;
                Reentries |= row.Request!.Reentry is true;
            }

            if (piece.Length < PieceBytes) continue;
            if (jobs.Spool.RefuseMore() is { } full) throw ImportRefusedException.DiskFull(full);
            progress.BytesRead = stream.FileBytesRead;
            await pieces.WriteAsync(piece, cancellation);
            piece = new(PieceBytes + 4096);
        }

        if (isFirst) throw new ImportRefusedException(new("", Problems.ImportUnreadable.Code, "The file holds no rows."));
        progress.BytesRead = task.Order.File.Length;
        await pieces.WriteAsync(piece, cancellation);
    }

    private static ImportRefusedException Unreadable(ImportRow row)
    {
        var (place, said) = (row.Problems[0].Field.Length > 0 ? $", {row.Problems[0].Field}" : "", row.Problems[0].Message);
        return new(new("", row.Problems[0].Code, $"Line {row.Line}{place}: {said}"));
    }

    /// <summary>The same rules as for one record, row by row.</summary>
    private IReadOnlyList<FieldProblem>? Judge(in ImportRow row, out ReportedDocument? document)
    {
        document = null;
        if (row.Request is null) return row.Problems;
        if (!DocumentRules.Parse(row.Request, context).Is(out document, out var problems)) return problems;
        if (row.Withdraw is { } reason)
        {
            if (task.Order.Mode == "full")
                return [new("withdraw", "withdrawInFull", "A full file ends what it does not name; leave the row out instead.")];
            if (!DocumentCodes.MayEnd(reason)) return [new("withdraw", "withdrawalReason", $"Give {DocumentCodes.OwnersWithdrawals}.")];
        }

        if (!refusals.TryGetValue(document.Issuer, out var refusal))
        {
            refusal = AccessDecision.RefuseWrite(task.Act.Caller, document.Issuer, IssuingAuthorities.MemberFor(document.Issuer));
            refusals.Add(document.Issuer, refusal);
        }

        if (refusal is null) return null;
        progress.Denied++;
        return [new("issuer", Problems.NotIssuingAuthority.Code, refusal)];
    }

    private static void Put(CopyRows piece, in ImportRow row, ReportedDocument d)
    {
        piece.BeginRow(Columns);
        piece.Put(row.Line);
        piece.Put(d.Number.Written);
        piece.Put(d.Number.Key.Text);
        piece.Put(d.RangeTo?.Written);
        piece.Put(d.RangeTo?.Key.Text);
        piece.Put(d.Issuer);
        piece.Put(d.Kind);
        piece.Put(d.Status);
        piece.Put(d.EventDate);
        piece.Put(d.EventPlace);
        piece.Put(d.ReportingCountry);
        piece.Put(d.IssueDate);
        piece.Put(d.ExpiryDate);
        piece.Put(d.ReasonCode);
        piece.Put(d.LegalBasis);
        piece.Put(d.NationalReference);
        piece.Put(d.AdditionalInformation);
        piece.Put(d.Found is not null);
        piece.Put(d.Found?.Date);
        piece.Put(d.Found?.Place);
        piece.Put(d.ReviewDate);
        piece.Put(row.Request!.ReviewDate is not null);
        piece.Put(row.Withdraw);
        piece.Put(string.IsNullOrWhiteSpace(row.Request.Why) ? null : row.Request.Why.Trim());
        piece.Put(d.Audience?.ToString());
        if (row.Request.Sealed is { } isSealed) piece.Put(isSealed);
        else piece.PutNull();
        piece.Put(d.Handling?.ToString());
        piece.Put(d.OnwardTransfer);
        piece.Put(row.Request.Reentry is true);
    }
}

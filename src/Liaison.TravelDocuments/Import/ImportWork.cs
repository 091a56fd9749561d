using System.Globalization;
using System.Threading.Channels;
using Liaison.Api;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Imports;
using Liaison.TravelDocuments.Record;
using Liaison.TravelDocuments.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Liaison.TravelDocuments.Import;

/// <summary>An import that waits or runs on this node.</summary>
/// <param name="LimitGiven">True when the sender set the limit of withdrawals himself.</param>
internal sealed record ImportTask(ImportOrder Order, Act Act, bool IsCsv, int MaxWithdrawals, bool LimitGiven)
{
    /// <summary>How many records may end because a second person said so; null when nobody was asked.</summary>
    public long? Approved { get; init; }

    /// <summary>What the digest of the file covers besides its bytes.</summary>
    public static string Said(bool isCsv, string feed, string mode, int maxWithdrawals) =>
        string.Create(CultureInfo.InvariantCulture, $"{(isCsv ? "text/csv" : "application/x-ndjson")} {feed} {mode} {maxWithdrawals}");

    /// <summary>The entry of rows that the caller had no right to write: of a job that ends in a merge, and of one that does not.</summary>
    public AuditEntry Denied(int rows, DateTimeOffset at) =>
        (Act with { Asked = AuditJson.Of(("import", Order.Id), ("deniedRows", rows)) }).Denied(Problems.NotIssuingAuthority.Code, at);
}

/// <summary>
/// Runs the imports of this node one after the other: read and stage, merge, publish. Whatever ends a job before its merge is committed
/// leaves live data as it was.
/// </summary>
internal sealed partial class ImportWork(
    SystemDatabase system, ImportJobs jobs, DocumentIndex index, RecordingRules rules, ImportReports reports, TimeProvider clock,
    ILogger<ImportWork> logger) : BackgroundService
{
    private const int MostWaiting = 64;
    private const long MostDecompressed = 32L << 30;
    private const int MostRatio = 200;
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private readonly Channel<ImportTask> queue = Channel.CreateBounded<ImportTask>(MostWaiting);

    public string Dataset => index.Name;

    public bool TryQueue(ImportTask task) => queue.Writer.TryWrite(task);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        jobs.Spool.Prepare();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await EndEarlierAsync(stoppingToken);
        await foreach (var task in queue.Reader.ReadAllAsync(stoppingToken))
        {
            var progress = new ImportProgress();
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var telling = TellAsync(task.Order.Id, progress, ended.Token);
            var isOver = true;
            try
            {
                isOver = await EndAsync(task, progress, stoppingToken);
            }
            finally
            {
                await ended.CancelAsync();
                await telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (isOver) File.Delete(task.Order.File.Path);
            }
        }
    }

    /// <returns>False when the file is still wanted.</returns>
    private async Task<bool> EndAsync(ImportTask task, ImportProgress progress, CancellationToken stopping)
    {
        try
        {
            await RunAsync(task, progress, stopping);
        }
        catch (OperationCanceledException) when (task.Approved is not null && progress.State != "publishing")
        {
            // The next process of this node takes it up again.
            return false;
        }
        catch (ImportWaitsException mass)
        {
            try
            {
                return !await reports.WaitAsync(task, progress, mass, stopping);
            }
            catch (Exception failed)
            {
                await FailAsync(task, progress, failed, stopping);
            }
        }
        catch (Exception failed)
        {
            await FailAsync(task, progress, failed, stopping);
        }

        return true;
    }

    /// <summary>Ends what the process before this one left, by the name that it wrote into the node's folder; then writes its own.</summary>
    private async Task EndEarlierAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (jobs.Spool.ReadNode() is { } earlier) await jobs.EndEarlierAsync(earlier, stopping);
                jobs.Spool.WriteNode(jobs.Node);
                return;
            }
            catch (Exception away) when (away is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                LogAway(away.GetType().Name);
                await Task.Delay(Beat, clock, stopping);
            }
        }
    }

    private async Task RunAsync(ImportTask task, ImportProgress progress, CancellationToken cancellation)
    {
        await using var connection = await system.OpenSessionAsync("import", cancellation);
        await ImportStage.PrepareAsync(connection, cancellation);
        var stage = new ImportStage(connection, jobs, task, progress, rules.Now());
        await stage.FillAsync(() => ImportStream.Open(task.Order.File.Path, MostDecompressed, MostRatio), cancellation);
        progress.State = "merging";
        await jobs.TellAsync(task.Order.Id, progress, cancellation);
        var position = await WhileThereIsRoomAsync(
            stop => new ImportMerge(connection, task, progress, clock).RunAsync(stage, end => RequireRightAsync(task, end), stop), cancellation);
        await PublishAsync(position, cancellation);
        progress.State = "done";
        await jobs.TellAsync(task.Order.Id, progress, CancellationToken.None);
    }

    /// <summary>Rows, indexes and log of a merge take several times what the file has, and PostgreSQL stops for everybody when a disk is full.</summary>
    private async Task<long> WhileThereIsRoomAsync(Func<CancellationToken, Task<long>> merge, CancellationToken cancellation)
    {
        using var full = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Problem? problem = null;
        var merging = merge(full.Token);
        while (problem is null && await Task.WhenAny(merging, Task.Delay(Beat, clock, CancellationToken.None)) != merging) problem = jobs.Spool.RefuseMore();
        if (problem is not null) await full.CancelAsync();
        try
        {
            return await merging;
        }
        catch (Exception) when (problem is not null && !cancellation.IsCancellationRequested)
        {
            throw ImportRefusedException.DiskFull(problem);
        }
    }

    /// <summary>A file waits, and is read, for long: whoever sent it must be one that may still send it when it takes effect.</summary>
    private async Task RequireRightAsync(ImportTask task, CancellationToken cancellation)
    {
        if (await rules.RefuseAsync(task.Order.Account, task.Act.Purpose, cancellation) is var (code, reason))
            throw new ImportRefusedException(new("", code, reason + " Nothing was changed."));
    }

    /// <summary>It is durable; how long the index takes depends on its size, and a job has the time.</summary>
    private async Task PublishAsync(long position, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                await index.ReachAsync(position, cancellation);
                return;
            }
            catch (TimeoutException)
            {
                // A large set takes longer than a single request waits.
            }
        }
    }

    /// <summary>Its merge is durable, though the word of that was lost: nothing failed but the waiting for the index.</summary>
    private async Task PublishMergedAsync(ImportTask task, ImportProgress progress, CancellationToken stopping)
    {
        long last;
        await using (var connection = await system.Source.OpenConnectionAsync(stopping)) last = await ChangeLog.LastAsync(connection, stopping);
        await PublishAsync(last, stopping);
        progress.State = "done";
        await jobs.TellAsync(task.Order.Id, progress, stopping);
    }

    private async Task TellAsync(Guid job, ImportProgress progress, CancellationToken ended)
    {
        using var timer = new PeriodicTimer(Beat, clock);
        (DateTimeOffset At, long Record)? from = null;
        while (await timer.WaitForNextTickAsync(ended))
        {
            try
            {
                await jobs.BeatAsync(ended);
                if (progress.State == "reading") await jobs.TellAsync(job, progress, ended);
                if (progress.State != "merging") continue;
                var last = await ImportMerge.LastRecordAsync(system.Source, ended);
                // Rows are sorted and compared before the first of them becomes a record.
                if (from is not { } first || last == first.Record) from = (clock.GetUtcNow(), last);
                else await jobs.TellMergedAsync(job, last - first.Record, first.At, ended);
            }
            catch (Exception away) when (away is not OperationCanceledException || !ended.IsCancellationRequested)
            {
                // The job itself learns soon enough that the database is away; without signs of life it would be swept.
                LogAway(away.GetType().Name);
            }
        }
    }

    private async Task FailAsync(ImportTask task, ImportProgress progress, Exception failed, CancellationToken stopping)
    {
        var problem = failed switch
        {
            ImportRefusedException refused => refused.Problem,
            ImportTooLargeException tooLarge => new FieldProblem("", Problems.ImportTooLarge.Code, tooLarge.Message),
            InvalidDataException => new("", Problems.ImportUnreadable.Code, "The file is damaged: it cannot be decompressed. Send it again."),
            OperationCanceledException => new("", "interrupted", "The hub was stopped. Nothing was changed: send it again."),
            _ => new("", "interrupted", "The database went away or the hub failed; its log says why. Nothing was changed: send it again."),
        };
        if (failed is not (ImportRefusedException or ImportTooLargeException or InvalidDataException or OperationCanceledException))
            LogFailed(failed.GetType().Name, failed.StackTrace);
        // Until the database takes it: the next job's signs of life are this one's too, and would keep it from being swept.
        while (!await TryFailAsync(task, progress, problem, stopping) && !stopping.IsCancellationRequested)
            await Task.Delay(Beat, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <returns>False when the database is away.</returns>
    private async Task<bool> TryFailAsync(ImportTask task, ImportProgress progress, FieldProblem problem, CancellationToken stopping)
    {
        try
        {
            if (!await reports.FailAsync(task, progress, problem)) await PublishMergedAsync(task, progress, stopping);
            return true;
        }
        catch (Exception away) when (away is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            LogFailed(away.GetType().Name, null);
            return false;
        }
    }

    [LoggerMessage(120, LogLevel.Error, "An import failed: {Kind}\n{StackTrace}")]
    private partial void LogFailed(string kind, string? stackTrace);

    [LoggerMessage(122, LogLevel.Warning, "How far imports are can be neither read nor told now: {Kind}")]
    private partial void LogAway(string kind);
}

/// <summary>The import cannot go on for a reason that its owner can mend.</summary>
internal sealed class ImportRefusedException(FieldProblem problem) : Exception(problem.Message)
{
    public static ImportRefusedException DiskFull(Problem full) =>
        new(new("", full.Code, "A disk of the hub is nearly full. Nothing was changed. Send the file again when its operator has made room."));

    public FieldProblem Problem { get; } = problem;
}

/// <summary>It would end so much that a second person must approve it. Nothing was changed.</summary>
/// <param name="withdrawals">How many records would end.</param>
/// <param name="records">How many of the feed are active.</param>
internal sealed class ImportWaitsException(long withdrawals, long records) : Exception
{
    public long Withdrawals => withdrawals;

    public long Records => records;
}

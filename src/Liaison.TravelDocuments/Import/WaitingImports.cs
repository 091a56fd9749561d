using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Imports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Liaison.TravelDocuments.Import;

/// <summary>
/// Looks what was decided about the files that this node put aside, and goes on with those that a second person approved. Only the node that
/// has a file can, and the row of its job is taken up by one statement, so that it happens once.
/// </summary>
internal sealed partial class WaitingImports(
    ImportWork work, ImportJobs jobs, ImportWaits waits, IApprovals approvals, ImportReports reports, TimeProvider clock,
    ILogger<WaitingImports> logger) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Pace, clock, stoppingToken);
            foreach (var (job, file) in Kept()) await TryAsync(job, file, stoppingToken);
        }
    }

    private IReadOnlyList<(Guid Job, SpooledFile File)> Kept()
    {
        try
        {
            return [.. jobs.Spool.Kept()];
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            LogAway(unread.GetType().Name);
            return [];
        }
    }

    /// <summary>One that cannot be read holds up no other.</summary>
    private async Task TryAsync(Guid job, SpooledFile file, CancellationToken stopping)
    {
        try
        {
            await LookAsync(job, file, stopping);
        }
        catch (Exception away) when (away is not OperationCanceledException || !stopping.IsCancellationRequested)
        {
            LogAway(away.GetType().Name);
        }
    }

    private async Task LookAsync(Guid job, SpooledFile file, CancellationToken stopping)
    {
        if (await waits.FindAsync(job, file, stopping) is not var (waiting, isWaiting))
        {
            File.Delete(file.Path);
            return;
        }

        if (!isWaiting) return;
        var task = ImportReports.Resume(waiting);
        switch (await approvals.StateAsync(waiting.Approval, stopping))
        {
            case ApprovalState.Refused:
                await EndAsync(task, "approvalRefused", "A second person of your member refused it. Nothing was changed.");
                break;
            case ApprovalState.Expired:
                await EndAsync(task, "approvalExpired", "Nobody approved it in time. Nothing was changed: send the file again if it is still wanted.");
                break;
            case ApprovalState.Approved:
                await GoOnAsync(task, stopping);
                break;
        }
    }

    private async Task GoOnAsync(ImportTask task, CancellationToken stopping)
    {
        var said = ImportTask.Said(task.IsCsv, task.Order.Feed, task.Order.Mode, task.MaxWithdrawals);
        if (!await ImportSpool.IsUnchangedAsync(task.Order.File, said, stopping))
        {
            await EndAsync(task, "fileChanged", "The file on the node's disk is not the one that was approved. Nothing was changed: send it again.");
            return;
        }

        if (await waits.TakeUpAsync(task.Order.Id, stopping) && !work.TryQueue(task)) await waits.PutBackAsync(task.Order.Id, stopping);
    }

    private async Task EndAsync(ImportTask task, string code, string message)
    {
        await reports.FailAsync(task, new(), new FieldProblem("", code, message));
        File.Delete(task.Order.File.Path);
    }

    [LoggerMessage(121, LogLevel.Warning, "It could not be looked what was decided about imports: {Kind}")]
    private partial void LogAway(string kind);
}

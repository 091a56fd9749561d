using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Searches;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Hits.Late;

/// <summary>
/// Looks for searches of the past that a change answers, on one node at a time: the one whose connection holds an advisory lock. It reads what was
/// kept of searches, then what was changed since it looked last; how far it is, is in the database, so that another node goes on there.
/// </summary>
internal sealed partial class LeadWorker(
    SystemDatabase system, NodeOptions node, IEnumerable<IPastSearches> datasets, TellLate tell, HitOptions options, TimeProvider clock,
    ILogger<LeadWorker> logger) : BackgroundService
{
    private const long LeadsLock = 0x4C49_4149_0007;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200), Candidacy = TimeSpan.FromSeconds(1), CompactPace = TimeSpan.FromSeconds(2);

    /// <summary>Marks within <see cref="CompactPace"/> that leave time for other things, and how often in turn there may be no more.</summary>
    private const int Few = 4_000, QuietPaces = 5;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await system.OpenSessionAsync("leads", stoppingToken);
                while (!await TryHoldAsync(connection, stoppingToken)) await Task.Delay(Candidacy, clock, stoppingToken);
                await RunAsync(connection, stoppingToken);
            }
            catch (Exception away) when (away is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogAway(away.GetType().Name);
                await Task.Delay(Candidacy, clock, stoppingToken);
            }
        }
    }

    private static async Task<bool> TryHoldAsync(NpgsqlConnection connection, CancellationToken cancellation) =>
        (await connection.ReadAsync($"SELECT pg_try_advisory_lock({LeadsLock})", r => r.GetBoolean(0), cancellation))[0];

    private async Task RunAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        var (database, history) = await ChangeLog.IdentityAsync(connection, stopping);
        using var index = KeptIndex.Open(node.IndexFolder("keptSearches"), new(database, history), options.KeepSearches, options.KeptParts);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var compacting = CompactForEverAsync(index, end.Token);
        try
        {
            var follower = new KeptFollower(index, clock);
            var lost = new LostSearches([.. datasets], clock);
            LeadSearch[] searches = [.. datasets.Select(dataset => new LeadSearch(dataset, index, tell, node.LargeChangeSet, clock))];
            // Read before the rows: what is written meanwhile lies after it.
            var first = await ChangeLog.LastAsync(connection, stopping);
            foreach (var search in searches) await search.LoadAsync(connection, stopping);
            var questions = new NewQuestions(searches.Min(s => s.Since), clock);
            long? earliest = null;
            while (true)
            {
                await lost.RunAsync(connection, stopping);
                if (await follower.FollowAsync(connection, searches.Min(s => s.Since), stopping) is { } asked) earliest = Math.Min(asked, earliest ?? asked);
                if (await questions.EarliestAsync(connection, stopping) is { } stands) earliest = Math.Min(stands, earliest ?? stands);
                if (follower.ReadUntil is { } readUntil)
                {
                    foreach (var search in searches)
                    {
                        search.BeginAt(earliest is { } begin && begin < first ? begin : first);
                        await search.RunAsync(connection, earliest, readUntil, stopping);
                    }

                    earliest = null;
                }

                index.Forget(clock.GetUtcNow() - options.KeepSearches);
                // Without files memory fills up, and nothing new would be taken in: then all of it begins anew.
                if (compacting.IsCompleted) await compacting;
                await Task.Delay(Pace, clock, stopping);
            }
        }
        finally
        {
            await end.CancelAsync();
            await compacting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Beside the work: to merge large files takes longer than anybody may wait for a lead.</summary>
    private async Task CompactForEverAsync(KeptIndex index, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(CompactPace, clock);
        var (before, quiet) = (0L, 0);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            // Whoever asks very much at once needs the processors more than the files do.
            quiet = index.Taken - before < Few ? quiet + 1 : 0;
            before = index.Taken;
            try
            {
                index.Compact(hurry: quiet >= QuietPaces, stopping);
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
            {
                // It goes on in memory as long as there is room; what waits in the database then is late, and not lost:
                // whoever goes on knows since when it was not read.
                LogCompactFailed(failed.GetType().Name);
            }
        }
    }

    [LoggerMessage(204, LogLevel.Warning, "Searches of the past are not looked through by this node now: {Kind}")]
    private partial void LogAway(string kind);

    [LoggerMessage(205, LogLevel.Error, "The index of kept searches cannot be written to the node's folder: {Kind}")]
    private partial void LogCompactFailed(string kind);
}

using System.Data;
using Liaison.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Platform.Jobs;

/// <summary>
/// Runs the jobs of a hub on one of its nodes: the one whose connection holds an advisory lock. When that node dies, or loses the
/// connection, the lock is free and another node takes the jobs over.
/// </summary>
internal sealed partial class JobRunner(SystemDatabase system, IEnumerable<Job> jobs, TimeProvider clock, ILogger<JobRunner> logger)
    : BackgroundService
{
    private const long JobsLock = 0x4C49_4149_0004;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Candidacy = TimeSpan.FromSeconds(2);

    /// <summary>True while this node runs the jobs.</summary>
    public bool IsHolder { get; private set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await system.OpenSessionAsync("jobs", stoppingToken);
                while (!await TryHoldAsync(connection, stoppingToken)) await Task.Delay(Candidacy, clock, stoppingToken);
                IsHolder = true;
                await RunAllAsync(connection, stoppingToken);
            }
            catch (Exception away) when (away is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogAway(away.GetType().Name);
                IsHolder = false;
                await Task.Delay(Candidacy, clock, stoppingToken);
            }
            finally
            {
                IsHolder = false;
            }
        }
    }

    private static async Task<bool> TryHoldAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({JobsLock})", connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private async Task RunAllAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        var due = jobs.ToDictionary(job => job, _ => DateTimeOffset.MinValue);
        while (true)
        {
            foreach (var job in due.Keys.ToArray())
            {
                if (clock.GetUtcNow() < due[job]) continue;
                due[job] = clock.GetUtcNow() + job.Every;
                // What is left goes on at the next look: the others have their turn between.
                if (await IsUnfinishedAsync(job, connection, stopping)) due[job] = DateTimeOffset.MinValue;
            }

            await Task.Delay(Look, clock, stopping);
            // An idle connection does not say that it broke: without it somebody else may run the jobs.
            await using var alive = new NpgsqlCommand("SELECT", connection);
            await alive.ExecuteNonQueryAsync(stopping);
        }
    }

    private async Task<bool> IsUnfinishedAsync(Job job, NpgsqlConnection connection, CancellationToken stopping)
    {
        try
        {
            return await job.TakeTurnAsync(connection, stopping);
        }
        catch (Exception failed) when (connection.State == ConnectionState.Open && (failed is not OperationCanceledException || !stopping.IsCancellationRequested))
        {
            // The next time may do, as when a backup holds what this job waits for; the other jobs go on.
            LogFailed(job.Name, (failed as PostgresException)?.SqlState ?? (failed.InnerException ?? failed).GetType().Name);
            return false;
        }
    }

    [LoggerMessage(200, LogLevel.Warning, "Jobs cannot run on this node now: {Kind}")]
    private partial void LogAway(string kind);

    [LoggerMessage(201, LogLevel.Error, "The job {Job} failed: {State}")]
    private partial void LogFailed(string job, string state);
}

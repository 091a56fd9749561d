using System.Collections.Concurrent;
using Liaison.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Hits.Read;

/// <summary>
/// Wakes those who wait for a change of a hit: one look for all of them together, four times a second, while anybody waits. Whoever waits holds no
/// connection.
/// </summary>
internal sealed partial class HitWaits(NpgsqlDataSource database, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<HitWaits> log) : BackgroundService
{
    /// <summary>So many wait on a node; more are answered at once and ask again.</summary>
    private const int Most = 10_000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<Waiter, bool> waiting = new();

    /// <summary>Returns when the version differs or after the time.</summary>
    /// <param name="id">Of a hit, or for the owner of a case.</param>
    /// <param name="version">0 while there is no case.</param>
    /// <param name="time">At most.</param>
    /// <param name="cancellation">Of the request.</param>
    /// <returns>False when nobody can wait here: too many do, or the hub stops.</returns>
    public async Task<bool> ChangedAsync(Guid id, int version, TimeSpan time, CancellationToken cancellation)
    {
        if (waiting.Count >= Most || lifetime.ApplicationStopping.IsCancellationRequested) return false;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        var waiter = new Waiter(id, version);
        waiting[waiter] = true;
        try
        {
            await waiter.Task.WaitAsync(time, clock, ends.Token);
        }
        catch (TimeoutException)
        {
            // Nothing happened; that is an answer too.
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Whoever waits asks another node.
            return false;
        }
        finally
        {
            waiting.TryRemove(waiter, out _);
        }

        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Pace, clock, stoppingToken);
            if (waiting.IsEmpty) continue;
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
            {
                LogAway(away.GetType().Name);
            }
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        var all = waiting.Keys.ToArray();
        await using var connection = await database.OpenConnectionAsync(stopping);
        var versions = (await connection.ReadAsync("""
            SELECT hit, version FROM hits.asker WHERE hit = ANY($1) UNION ALL SELECT id, version FROM hits.hit_case WHERE id = ANY($1)
            """, r => (Id: r.GetGuid(0), Version: r.GetInt32(1)), stopping, (object)all.Select(w => w.Id).Distinct().ToArray())).ToDictionary(v => v.Id, v => v.Version);
        foreach (var waiter in all)
        {
            if (versions.GetValueOrDefault(waiter.Id) != waiter.Version) waiter.TrySetResult();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Changes of hits cannot be looked for now: {Kind}")]
    private partial void LogAway(string kind);

    private sealed class Waiter(Guid id, int version) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Guid Id { get; } = id;

        public int Version { get; } = version;
    }
}

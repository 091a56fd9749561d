using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Platform.Events;

/// <summary>Wakes those who wait for events of their member: one look for all of them together, four times a second. Whoever waits holds no connection.</summary>
internal sealed partial class FeedWaits(NpgsqlDataSource database, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<FeedWaits> log) : BackgroundService
{
    /// <summary>So many wait on a node; more are answered at once and ask again.</summary>
    private const int Most = 10_000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<Waiter, bool> waiting = new();

    /// <summary>Returns when the feed has gone beyond the position, or after the time.</summary>
    /// <returns>False when nobody can wait here: too many do, or the hub stops.</returns>
    public async Task<bool> BeyondAsync(string member, long position, TimeSpan time, CancellationToken cancellation)
    {
        if (waiting.Count >= Most || lifetime.ApplicationStopping.IsCancellationRequested) return false;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        var waiter = new Waiter(member, position);
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
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                var all = waiting.Keys.ToArray();
                var last = await FeedRows.LastAsync(connection, [.. all.Select(w => w.Member).Distinct()], stoppingToken);
                foreach (var waiter in all)
                {
                    if (last.GetValueOrDefault(waiter.Member) > waiter.Position) waiter.TrySetResult();
                }
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
            {
                LogAway(away.GetType().Name);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "Events of members cannot be looked for now: {Kind}")]
    private partial void LogAway(string kind);

    private sealed class Waiter(string member, long position) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public string Member => member;

        public long Position => position;
    }
}

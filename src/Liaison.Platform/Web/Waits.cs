using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Platform.Web;

/// <summary>
/// Wakes those who wait for something to change: one look for all of them together, four times a second, while anybody waits. Whoever waits holds no
/// connection.
/// </summary>
/// <typeparam name="T">What is waited for, as it was known.</typeparam>
/// <remarks>Thread-safe.</remarks>
public abstract partial class Waits<T>(NpgsqlDataSource database, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger log) : BackgroundService
    where T : notnull
{
    /// <summary>So many wait on a node; more are answered at once and ask again.</summary>
    private const int Most = 10_000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<Waiter, bool> waiting = new();

    /// <summary>Returns when it has changed, or after the time.</summary>
    /// <param name="known">What is waited for.</param>
    /// <param name="time">At most.</param>
    /// <param name="cancellation">Of the request.</param>
    /// <returns>False when nobody can wait here: too many do, or the hub stops.</returns>
    protected async Task<bool> WaitAsync(T known, TimeSpan time, CancellationToken cancellation)
    {
        if (waiting.Count >= Most || lifetime.ApplicationStopping.IsCancellationRequested) return false;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lifetime.ApplicationStopping);
        var waiter = new Waiter(known);
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

    /// <summary>Looks for all of them at once.</summary>
    /// <returns>Whether one has changed.</returns>
    protected abstract Task<Func<T, bool>> LookAsync(NpgsqlConnection connection, IReadOnlyList<T> all, CancellationToken cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Pace, clock, stoppingToken);
            if (waiting.IsEmpty) continue;
            try
            {
                var all = waiting.Keys.ToArray();
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                var hasChanged = await LookAsync(connection, [.. all.Select(w => w.Known)], stoppingToken);
                foreach (var waiter in all)
                {
                    if (hasChanged(waiter.Known)) waiter.TrySetResult();
                }
            }
            catch (Exception away) when (away is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogAway(log, GetType().Name, away.GetType().Name);
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{What} cannot be looked for now: {Kind}")]
    private static partial void LogAway(ILogger log, string what, string kind);

    private sealed class Waiter(T known) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public T Known => known;
    }
}

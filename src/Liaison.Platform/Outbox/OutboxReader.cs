using System.Collections.Frozen;
using System.Data;
using Liaison.Platform.Data;
using Liaison.Platform.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.Platform.Outbox;

/// <summary>
/// Hands the events of the outbox to those who subscribed to their types, in order, on one node at a time: the one whose connection holds an
/// advisory lock. The mark that an event was taken is in the transaction of what was done with it: exactly once, also when the node dies.
/// </summary>
/// <remarks>
/// It looks by itself, ten times a second: to be woken by each hit, every commit of the audit with a hit would have to carry a NOTIFY, which
/// PostgreSQL lets through one at a time.
/// </remarks>
internal sealed partial class OutboxReader : BackgroundService
{
    private const long ReaderLock = 0x4C49_4149_0005;
    private const int BatchLength = 500;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100), Candidacy = TimeSpan.FromSeconds(1), Account = TimeSpan.FromSeconds(5);

    private readonly SystemDatabase system;
    private readonly FrozenDictionary<string, OutboxSubscription[]> subscriptions;
    private readonly TimeProvider clock;
    private readonly ILogger<OutboxReader> logger;

    /// <summary>Null on a node that does not read.</summary>
    private Backlog? backlog;

    public OutboxReader(
        SystemDatabase system, IEnumerable<OutboxSubscription> subscriptions, HubMetrics metrics, TimeProvider clock, ILogger<OutboxReader> logger)
    {
        (this.system, this.clock, this.logger) = (system, clock, logger);
        this.subscriptions = subscriptions.SelectMany(s => s.Types.Select(type => (type, s))).GroupBy(s => s.type, s => s.s)
            .ToFrozenDictionary(g => g.Key, g => g.ToArray(), StringComparer.Ordinal);
        metrics.Observe("liaison.outbox.lag", "s", "How long the oldest event waits to be taken", () => Seen(b => (this.clock.GetUtcNow() - b.Oldest)?.TotalSeconds ?? 0));
        metrics.Observe("liaison.outbox.postponed", "{event}", "Events whose last attempt failed, and which wait for another", () => Seen(b => b.PutOff));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await system.OpenSessionAsync("outbox", stoppingToken);
                while (!await TryHoldAsync(connection, stoppingToken)) await Task.Delay(Candidacy, clock, stoppingToken);
                await ReadAsync(connection, stoppingToken);
            }
            catch (Exception away) when (away is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogAway(away.GetType().Name);
                backlog = null;
                await Task.Delay(Candidacy, clock, stoppingToken);
            }
        }
    }

    private static async Task<bool> TryHoldAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({ReaderLock})", connection);
        return await command.ExecuteScalarAsync(cancellation) is true;
    }

    private async Task ReadAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        var counted = DateTimeOffset.MinValue;
        while (true)
        {
            var now = clock.GetUtcNow();
            if (now - counted >= Account)
            {
                var (putOff, oldest) = await OutboxRows.BacklogAsync(connection, stopping);
                (backlog, counted) = (new(putOff, oldest), now);
            }

            var rows = await OutboxRows.WaitingAsync(connection, now, BatchLength, stopping);
            if (rows.Count > 0) await DispatchAsync(connection, rows, stopping);
            if (rows.Count < BatchLength) await Task.Delay(Pace, clock, stopping);
        }
    }

    /// <summary>All together, else each half for itself, so that a bad one is found, fails alone and holds nobody up.</summary>
    private async Task DispatchAsync(NpgsqlConnection connection, List<OutboxRow> rows, CancellationToken stopping)
    {
        try
        {
            await TakeAsync(connection, rows, stopping);
        }
        catch (Exception failed) when (failed is not OperationCanceledException && connection.State == ConnectionState.Open)
        {
            if (rows.Count > 1)
            {
                await DispatchAsync(connection, rows[..(rows.Count / 2)], stopping);
                await DispatchAsync(connection, rows[(rows.Count / 2)..], stopping);
                return;
            }

            var fault = failed is PostgresException refused ? refused.SqlState : failed.GetType().Name;
            LogFailed(rows[0].Type, rows[0].Id, fault);
            await OutboxRows.PutOffAsync(connection, rows[0], fault, clock.GetUtcNow(), stopping);
        }
    }

    private async Task TakeAsync(NpgsqlConnection connection, List<OutboxRow> rows, CancellationToken stopping)
    {
        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, stopping);
        await OutboxRows.MarkAsync(connection, rows, transaction.At, stopping);
        // In order also between subscriptions: that a record ended is told after the hit on it that came before.
        for (var (first, next) = (0, 0); first < rows.Count; first = next)
        {
            var takers = SubscribedTo(rows[first]);
            for (next = first + 1; next < rows.Count && SubscribedTo(rows[next]).SequenceEqual(takers);) next++;
            foreach (var subscription in takers) await subscription.TakeAsync(transaction, rows[first..next], stopping);
        }

        if (transaction.HasEntries) await transaction.CommitAsync("outbox", stopping);
        else await transaction.CommitUnloggedAsync(stopping);
    }

    private OutboxSubscription[] SubscribedTo(OutboxRow row) => subscriptions.GetValueOrDefault(row.Type, []);

    private IEnumerable<System.Diagnostics.Metrics.Measurement<T>> Seen<T>(Func<Backlog, T> value)
        where T : struct => backlog is { } seen ? [new(value(seen))] : [];

    [LoggerMessage(202, LogLevel.Warning, "The outbox is not read by this node now: {Kind}")]
    private partial void LogAway(string kind);

    [LoggerMessage(203, LogLevel.Error, "The event {Event} ({Type}) could not be taken ({Fault}); it comes again")]
    private partial void LogFailed(string type, Guid @event, string fault);

    private sealed record Backlog(long PutOff, DateTimeOffset? Oldest);
}

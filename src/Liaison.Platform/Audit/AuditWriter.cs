using System.Threading.Channels;
using Liaison.Platform.Data;
using Liaison.Platform.Outbox;
using Liaison.Platform.Telemetry;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Liaison.Platform.Audit;

/// <summary>
/// The one writer of the audit of searches and reads. Entries of concurrent requests are written together (group commit); a request
/// continues when its batch is durable: no audit, no answer.
/// </summary>
/// <remarks>
/// Thread-safe. A batch that PostgreSQL refuses is retried entry by entry, so that one bad entry fails alone. After a COMMIT whose result
/// is unknown the writer looks its first entry up before it repeats, so that no entry is written twice. The queue is bounded: when the
/// database cannot keep up, callers wait, and after <see cref="QueuePatience"/> they are told to come back.
/// </remarks>
public sealed class AuditWriter(SystemDatabase system, HubMetrics metrics, TimeProvider clock) : BackgroundService
{
    private const int QueueLength = 4096;
    private const int BatchLength = 512;
    private static readonly TimeSpan QueuePatience = TimeSpan.FromSeconds(2);

    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    /// <summary>How many entries wait to be taken into a batch.</summary>
    public int Queued => queue.Reader.Count;

    /// <summary>Returns when the entry and its events are durable.</summary>
    /// <exception cref="AuditUnavailableException">They could not be written; the caller must not answer.</exception>
    public async Task AppendAsync(AuditEntry entry, IReadOnlyList<OutboxEvent> events, CancellationToken cancellation)
    {
        var waiting = new Waiting(new(entry, events), AuditRow.Encode(entry));
        if (!queue.Writer.TryWrite(waiting))
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(QueuePatience);
            try
            {
                await queue.Writer.WriteAsync(waiting, patience.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new AuditUnavailableException("The audit queue is full.", null);
            }
            catch (ChannelClosedException closed)
            {
                throw new AuditUnavailableException("The hub is stopping.", closed);
            }
        }

        // Not cancelled any more: the entry is on its way, and whoever gave up only learns it a commit later.
        await waiting.Done.Task;
    }

    /// <summary>Stops taking entries and returns when those taken are written, so that a drained request still gets its answer.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        queue.Writer.TryComplete();
        if (ExecuteTask is { } writing) await writing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Waiting>(BatchLength);
        while (await queue.Reader.WaitToReadAsync(CancellationToken.None))
        {
            batch.Clear();
            while (batch.Count < BatchLength && queue.Reader.TryRead(out var waiting)) batch.Add(waiting);
            await WriteAsync(batch);
        }
    }

    private async Task WriteAsync(List<Waiting> batch)
    {
        var began = clock.GetTimestamp();
        var refusal = await TryWriteAsync(batch);
        if (refusal is null)
        {
            metrics.Audited(batch.Count, clock.GetElapsedTime(began), isDurable: true);
            foreach (var waiting in batch) waiting.Done.TrySetResult();
        }
        else if (batch.Count > 1 && refusal is PostgresException { IsTransient: false })
        {
            foreach (var waiting in batch) await WriteAsync([waiting]);
        }
        else
        {
            metrics.Audited(batch.Count, default, isDurable: false);
            foreach (var waiting in batch)
                waiting.Done.TrySetException(new AuditUnavailableException("The audit could not be written.", refusal));
        }
    }

    /// <returns>Null when durable, else why not. Never throws: whatever it is, the one writer lives on and those who wait are told.</returns>
    private async Task<Exception?> TryWriteAsync(List<Waiting> batch)
    {
        var id = Guid.CreateVersion7(clock.GetUtcNow());
        try
        {
            await CommitAsync(id, batch);
            return null;
        }
        catch (PostgresException refused)
        {
            return refused;
        }
        catch (Exception)
        {
            // The connection broke: the batch may be durable or not. Its first entry tells, on a new connection.
            system.ForgetIdleConnections();
            try
            {
                if (!await IsDurableAsync(batch[0].Entry.Entry)) await CommitAsync(id, batch);
                return null;
            }
            catch (Exception stillBroken)
            {
                return stillBroken;
            }
        }
    }

    private async Task CommitAsync(Guid id, List<Waiting> batch)
    {
        await using var connection = await system.Source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await AuditRows.WriteAsync(connection, id, [.. batch.Select(w => (w.Entry, w.Row))], CancellationToken.None);
        await transaction.CommitAsync();
    }

    private async Task<bool> IsDurableAsync(AuditEntry first)
    {
        await using var command = system.Source.CreateCommand("SELECT EXISTS (SELECT FROM audit.entry WHERE id = $1 AND at = $2)");
        command.Parameters.Add(new() { Value = first.Id });
        command.Parameters.Add(new() { Value = first.At });
        return await command.ExecuteScalarAsync() is true;
    }

    private sealed record Waiting(AuditedEntry Entry, byte[] Row)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>The audit cannot be written, so nothing may be answered: 503 with Retry-After.</summary>
public sealed class AuditUnavailableException(string message, Exception? inner) : Exception(message, inner);

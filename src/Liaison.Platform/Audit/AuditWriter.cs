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

    /// <summary>Small enough for all processors to have a part, large enough that handing it over costs little for each.</summary>
    private const int ReleasedTogether = 16;

    /// <summary>SQLSTATEs of a server that is shutting down or starting: the connection is gone, as if it broke.</summary>
    private const string ServerEnds = "57P";
    private static readonly TimeSpan QueuePatience = TimeSpan.FromSeconds(2);

    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(QueueLength) { SingleReader = true });

    private readonly KeptBacklog backlog = new(clock);

    /// <summary>The writer's own between batches: taken from the pool anew, each batch would begin with the reset of its session.</summary>
    private NpgsqlConnection? kept;

    /// <summary>How many entries wait to be taken into a batch.</summary>
    public int Queued => queue.Reader.Count;

    /// <summary>How many searches are in the audit, and not yet among those that are kept: more than some thousand cannot be written.</summary>
    public int Held => backlog.Held;

    /// <summary>Returns when the entry and its events are durable.</summary>
    /// <exception cref="AuditUnavailableException">They could not be written; the caller must not answer.</exception>
    public Task AppendAsync(AuditEntry entry, IReadOnlyList<OutboxEvent> events, CancellationToken cancellation) =>
        AppendAsync(new AuditedEntry(entry, events), cancellation);

    /// <summary>As the other one, of a search that is kept besides.</summary>
    public Task AppendAsync(AuditedEntry entry, CancellationToken cancellation)
    {
        var waiting = new Waiting(EncodedEntry.Of(entry));
        // Not cancelled any more once taken: the entry is on its way, and whoever gave up only learns it a commit later.
        return queue.Writer.TryWrite(waiting) ? waiting.Task : WaitForRoomAsync(waiting, cancellation);
    }

    private async Task WaitForRoomAsync(Waiting waiting, CancellationToken cancellation)
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

        await waiting.Task;
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
        try
        {
            while (await WaitAsync())
            {
                var batch = new List<Waiting>(Math.Min(queue.Reader.Count, BatchLength));
                while (batch.Count < BatchLength && queue.Reader.TryRead(out var waiting)) batch.Add(waiting);
                await WriteAsync(batch);
            }
        }
        finally
        {
            await EmptyAsync();
            await LetGoAsync();
        }
    }

    /// <returns>False when nothing comes any more.</returns>
    private async Task<bool> WaitAsync()
    {
        var next = queue.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
        while (!backlog.IsEmpty && !next.IsCompleted)
        {
            await Task.WhenAny(next, Task.Delay(KeptBacklog.Pace, clock, CancellationToken.None));
            if (!next.IsCompleted) await EmptyAsync();
        }

        return await next;
    }

    /// <summary>Writes what is still kept in memory of searches. Where that fails it stays, and is written with what comes next.</summary>
    private async Task EmptyAsync()
    {
        if (backlog.IsEmpty) return;
        try
        {
            kept ??= await system.Source.OpenConnectionAsync();
            await using var batch = new NpgsqlBatch(kept);
            var written = backlog.WriteAlone(batch);
            await batch.ExecuteNonQueryAsync();
            written();
        }
        catch (Exception failed) when (failed is NpgsqlException or TimeoutException or IOException or InvalidOperationException)
        {
            await LetGoAsync();
        }
    }

    private async Task WriteAsync(List<Waiting> batch)
    {
        var began = clock.GetTimestamp();
        var refusal = await TryWriteAsync(batch);
        if (refusal is null)
        {
            metrics.Audited(batch.Count, clock.GetElapsedTime(began), isDurable: true);
            Release(batch, null);
        }
        else if (batch.Count > 1 && refusal is PostgresException { IsTransient: false })
        {
            foreach (var waiting in batch) await WriteAsync([waiting]);
        }
        else
        {
            metrics.Audited(batch.Count, default, isDurable: false);
            Release(batch, refusal);
        }
    }

    /// <summary>The requests go on beside the writer, and several on one thread in turn: a work item for each costs more than most answers.</summary>
    private static void Release(List<Waiting> batch, Exception? refusal)
    {
        for (var from = 0; from < batch.Count; from += ReleasedTogether)
        {
            var part = new Part(batch, from, Math.Min(from + ReleasedTogether, batch.Count), refusal);
            ThreadPool.UnsafeQueueUserWorkItem(part, preferLocal: false);
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
        catch (PostgresException refused) when (!refused.SqlState.StartsWith(ServerEnds, StringComparison.Ordinal))
        {
            return refused;
        }
        catch (Exception)
        {
            // The connection broke: the batch may be durable or not. Its first entry tells, on a new connection.
            system.ForgetIdleConnections();
            try
            {
                if (!await IsDurableAsync(batch[0].Encoded.Entry.Entry)) await CommitAsync(id, batch);
                // Written twice it harms nothing; not written it would be missing.
                else backlog.Hold([.. batch.Select(w => w.Encoded)]);
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
        try
        {
            kept ??= await system.Source.OpenConnectionAsync();
            await AuditRows.CommitAsync(kept, id, [.. batch.Select(w => w.Encoded)], backlog);
        }
        catch
        {
            await LetGoAsync();
            throw;
        }
    }

    /// <summary>Back to the pool, which closes it when it is broken.</summary>
    private async Task LetGoAsync()
    {
        if (kept is { } connection) await connection.DisposeAsync();
        kept = null;
    }

    private async Task<bool> IsDurableAsync(AuditEntry first)
    {
        await using var command = system.Source.CreateCommand("SELECT EXISTS (SELECT FROM audit.entry WHERE id = $1 AND at = $2)");
        command.Parameters.Add(new() { Value = first.Id });
        command.Parameters.Add(new() { Value = first.At });
        return await command.ExecuteScalarAsync() is true;
    }

    /// <summary>Whoever waits for its entry goes on within <see cref="Part"/>.</summary>
    private sealed class Waiting(EncodedEntry encoded) : TaskCompletionSource
    {
        public EncodedEntry Encoded { get; } = encoded;
    }

    /// <summary>Some of a batch that is durable, or was refused.</summary>
    private sealed class Part(List<Waiting> batch, int from, int to, Exception? refusal) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            for (var i = from; i < to; i++)
            {
                if (refusal is null) batch[i].TrySetResult();
                else batch[i].TrySetException(new AuditUnavailableException("The audit could not be written.", refusal));
            }
        }
    }
}

/// <summary>The audit cannot be written, so nothing may be answered: 503 with Retry-After.</summary>
public sealed class AuditUnavailableException(string message, Exception? inner) : Exception(message, inner);

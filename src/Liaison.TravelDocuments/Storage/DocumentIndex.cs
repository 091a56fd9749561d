using System.Diagnostics;
using Liaison.Api;
using Liaison.Kernel.Issuers;
using Liaison.Matching;
using Liaison.Platform.Data;
using Liaison.TravelDocuments.Domain;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.TravelDocuments.Storage;

/// <summary>
/// This dataset in the matching engine: loaded from the database at start, then following its change log in commit order. Derived, never
/// authoritative: the records of candidates are read before anything is answered.
/// </summary>
/// <remarks>
/// Thread-safe. Following the log, and not the writes of this process, is what makes the index right also after a COMMIT whose result the
/// writer never learned.
/// </remarks>
internal sealed partial class DocumentIndex(SystemDatabase system, TimeProvider clock, ILogger<DocumentIndex> logger)
    : BackgroundService, IDataset
{
    private const int SetsAtOnce = 1000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);

    /// <summary>A node that cannot follow for longer says so and answers no searches.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReachPatience = TimeSpan.FromSeconds(10);

    private volatile NumberIndex numbers = new();
    private Guid history;
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly Lock waitersGate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> waiters = new();

    /// <summary>When the log was last read to its end; 0 before the index was loaded.</summary>
    private long followedAt;

    public string Name => "travelDocuments";

    public long Records => numbers.Count;

    public AsOf AsOf => new(numbers.Position, new DateTimeOffset(Volatile.Read(ref followedAt), TimeSpan.Zero));

    public string? WhyNotReady => Volatile.Read(ref followedAt) switch
    {
        0 => "The index of travel documents is being loaded.",
        var at when clock.GetUtcNow().UtcTicks - at > StaleAfter.Ticks => "The index of travel documents cannot follow the database.",
        _ => null,
    };

    public SearchResult Search(in Question question, int limit) => numbers.Search(question, limit);

    public async Task ReachAsync(long position, CancellationToken cancellation)
    {
        if (numbers.Position >= position) return;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (waitersGate) waiters.Enqueue(reached, position);
        // It may have been reached between the question and the enqueueing, and nobody would say so again.
        Release(numbers.Position);
        Wake();
        await reached.Task.WaitAsync(ReachPatience, clock, cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await system.Source.OpenConnectionAsync(stoppingToken);
                if (!await IsSameHistoryAsync(connection, stoppingToken)) await LoadAsync(connection, stoppingToken);
                while (true)
                {
                    await FollowAsync(connection, stoppingToken);
                    await wake.WaitAsync(Poll, stoppingToken);
                }
            }
            catch (Exception away) when (away is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // Whatever it is, the index must come back by itself; until then it says that it cannot follow.
                system.ForgetIdleConnections();
                LogAway(away.GetType().Name);
                await Task.Delay(RetryPause, clock, stoppingToken);
            }
        }
    }

    /// <summary>
    /// False at the start, and when the database behind the connection is another one or lost commits (a restore, a failover): what was
    /// followed so far is then not its past, and is thrown away.
    /// </summary>
    private async Task<bool> IsSameHistoryAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (known, now) = (history, await ChangeLog.HistoryAsync(connection, cancellation));
        history = now;
        return known == now && await ChangeLog.LastAsync(connection, cancellation) >= numbers.Position;
    }

    /// <summary>Position and rows are read in one snapshot, so that following begins exactly where loading ended.</summary>
    private async Task LoadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var position = await ChangeLog.LastAsync(connection, cancellation);
        var fresh = new NumberIndex();
        await using (var rows = new NpgsqlCommand("""
            SELECT record, number_key, range_to_key, issuer, kind, true FROM travel_documents.document WHERE withdrawn_at IS NULL
            """, connection))
        {
            await ApplyAsync(fresh, rows, position, cancellation);
        }

        numbers = fresh;
        await snapshot.CommitAsync(cancellation);
        LogLoaded(Records, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private async Task FollowAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        List<ChangeSet> sets;
        long readAt;
        do
        {
            readAt = clock.GetUtcNow().UtcTicks;
            sets = await ChangeLog.AfterAsync(connection, numbers.Position, SetsAtOnce, cancellation);
            if (sets.Count == 0) break;
            // The rows are read as they are now, which may be later than the last of these sets: never earlier.
            await using var rows = new NpgsqlCommand("""
                SELECT record, number_key, range_to_key, issuer, kind, withdrawn_at IS NULL
                FROM travel_documents.document WHERE change_set = ANY ($1)
                UNION
                SELECT record, number_key, range_to_key, issuer, kind, withdrawn_at IS NULL
                FROM travel_documents.version v JOIN travel_documents.document d USING (record) WHERE v.change_set = ANY ($1)
                """, connection)
            {
                Parameters = { new() { Value = sets.Where(s => s.Module == Name).Select(s => s.Id).ToArray() } },
            };
            await ApplyAsync(numbers, rows, sets[^1].Position, cancellation);
            Release(sets[^1].Position);
        }
        while (sets.Count == SetsAtOnce);
        Volatile.Write(ref followedAt, readAt);
    }

    private static async Task ApplyAsync(NumberIndex index, NpgsqlCommand rows, long position, CancellationToken cancellation)
    {
        var changes = new List<IndexChange>();
        await using (var reader = await rows.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation)) changes.Add(Change(reader));
        }

        index.Apply(position, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(changes));
    }

    /// <summary>Lets those go on who wait for this position or an earlier one.</summary>
    private void Release(long position)
    {
        lock (waitersGate)
        {
            while (waiters.TryPeek(out var waiter, out var awaited) && awaited <= position)
            {
                waiters.Dequeue();
                waiter.TrySetResult();
            }
        }
    }

    private void Wake()
    {
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else has just woken it.
        }
    }

    private static IndexChange Change(NpgsqlDataReader row)
    {
        var record = row.GetInt64(0);
        if (!row.GetBoolean(5)) return new Removed(record);
        var (number, issuer, kind) = (Key(row.GetString(1)), IssuingCodes.Pack(row.GetString(3)), DocumentCodes.KindBit(row.GetString(4)));
        if (row.IsDBNull(2)) return new IndexedNumber(record, number, issuer, kind);
        return NumberRange.TryCreate(number, Key(row.GetString(2)), out var range) is RangeFault.None
            ? new IndexedRange(record, range, issuer, kind)
            : throw new InvalidDataException($"Record {record} holds a range that is none.");
    }

    private static NumberKey Key(string stored) =>
        NumberKey.TryParse(stored, out var key) ? key : throw new InvalidDataException("A stored number key is malformed.");

    [LoggerMessage(100, LogLevel.Information, "Loaded {Records} travel documents into the index in {Milliseconds:F0} ms")]
    private partial void LogLoaded(long records, double milliseconds);

    [LoggerMessage(101, LogLevel.Warning, "The index of travel documents cannot follow the database and tries again: {Kind}")]
    private partial void LogAway(string kind);
}

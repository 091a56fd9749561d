using System.Diagnostics;
using Liaison.Api;
using Liaison.Matching;
using Liaison.Platform.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Liaison.TravelDocuments.Storage;

/// <summary>
/// This dataset in the matching engine: what the node's folder keeps, or else everything from the database; then following the database's
/// change log in commit order. Derived, never authoritative: the records of candidates are read before anything is answered.
/// </summary>
/// <remarks>
/// Thread-safe. Following the log, and not the writes of this process, is what makes the index right also after a COMMIT whose result the
/// writer never learned.
/// </remarks>
internal sealed partial class DocumentIndex(SystemDatabase system, NodeOptions node, TimeProvider clock, ILogger<DocumentIndex> logger)
    : BackgroundService, IDataset
{
    private const int SetsAtOnce = 1000;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CompactPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReachPatience = TimeSpan.FromSeconds(10);

    private readonly Lock waitersGate = new();
    private readonly List<(long Position, TaskCompletionSource Reached)> waiters = [];
    private NumberIndex? numbers;

    /// <summary>The last change set that was looked at; a large one that is still being loaded may lie before it.</summary>
    private IndexPoint followed;
    private LargeLoad? large;

    /// <summary>Large sets that wait for the one before them to be loaded.</summary>
    private readonly Queue<(ChangeSet Set, Lacking Since)> waitingLarge = new();

    /// <summary>Of the first large set that is not in the index; null when nothing is lacking.</summary>
    private volatile Lacking? lacking;

    /// <summary>How far the log was when this node first read it to its end.</summary>
    private long? begunWith;

    /// <summary>When the log was last read to its end, also before the index was complete.</summary>
    private long? readBefore;

    /// <summary>The furthest set of which anything was applied: what the index holds is the past of a database only if that is in it.</summary>
    private IndexPoint furthest;

    /// <summary>True from a large set that could not be loaded to the next that could: the node is not fresh meanwhile, however far it reads.</summary>
    private bool loadFailed;

    private Past seen = new(Guid.Empty, Guid.Empty, 0, Guid.Empty);

    /// <summary>When the log was last read to its end; 0 before the index was complete for the first time.</summary>
    private long followedAt;

    /// <summary>The same moment on the clock that nobody can set: a clock put back must not make an old index look fresh.</summary>
    private long followedStamp;

    public string Name => "travelDocuments";

    public long Records => numbers?.Count ?? 0;

    public AsOf AsOf
    {
        get
        {
            // In this order: a large set that is met meanwhile must not be behind the moment that is promised.
            var (position, at) = (Numbers.Position, Volatile.Read(ref followedAt));
            return new(position, new DateTimeOffset(lacking?.At ?? at, TimeSpan.Zero));
        }
    }

    public string? WhyNotReady =>
        !IsComplete ? "The index of travel documents is being loaded."
        : IsOlder(Volatile.Read(ref followedStamp)) ? "The index of travel documents cannot follow the database."
        : null;

    /// <summary>False until the index was complete for the first time: before, it must not be asked.</summary>
    public bool IsComplete => Volatile.Read(ref followedAt) != 0;

    /// <summary>
    /// It could not be read how far the database is, or a large set on its way lets answers lack what was committed. That alone does not make the node unready: all
    /// nodes load it at the same time.
    /// </summary>
    public bool IsStale => IsComplete && (IsOlder(Volatile.Read(ref followedStamp)) || (lacking is { } since && IsOlder(since.Stamp)));

    /// <summary>
    /// How far the database was seen. It may be ahead of <see cref="AsOf"/>, while a large change set is on its way: what came after that
    /// is found already.
    /// </summary>
    public Past Seen => Volatile.Read(ref seen);

    private bool IsOlder(long stamp) => clock.GetElapsedTime(stamp) > node.StaleAfter;

    private NumberIndex Numbers => numbers ?? throw new InvalidOperationException("The index was not started.");

    public SearchResult Search(in Question question, int limit) => Numbers.Search(question, limit);

    public void SearchMany(ReadOnlySpan<Question> questions, int limit, Span<SearchResult> results) =>
        Numbers.SearchMany(questions, limit, results);

    public async Task ReachAsync(long position, CancellationToken cancellation)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (waitersGate)
        {
            // Under the lock, so that the follower either sees this waiter or has moved on before it was asked.
            if (IsReached(position)) return;
            waiters.Add((position, reached));
        }

        try
        {
            await reached.Task.WaitAsync(ReachPatience, clock, cancellation);
        }
        finally
        {
            if (!reached.Task.IsCompleted)
            {
                lock (waitersGate) waiters.RemoveAll(w => w.Reached == reached);
            }
        }
    }

    /// <exception cref="NodeFolderException">The folder is in use or cannot be written.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        var folder = node.IndexFolder(Name);
        try
        {
            numbers = NumberIndex.Open(folder, out var discarded);
            if (discarded is not null) LogDiscarded(discarded);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new NodeFolderException(
                $"The index folder {folder} cannot be used: another hub runs on it, or it cannot be written. Give each node a folder of its own: --data DIR.",
                refused);
        }

        return base.StartAsync(cancellationToken);
    }

    /// <summary>What is in memory only is written down, so that the next start has less to read.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (IsComplete) TryCompact(flush: true, cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        numbers?.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FollowForEverAsync(stoppingToken), Task.Run(() => CompactForEverAsync(stoppingToken), stoppingToken));

    private async Task CompactForEverAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(CompactPause, clock);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            while (TryCompact(flush: false, stopping))
            {
            }
        }
    }

    private bool TryCompact(bool flush, CancellationToken cancellation)
    {
        try
        {
            return Numbers.Compact(flush, cancellation);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            // The index goes on in memory, and on what the folder held before.
            if (failed is not OperationCanceledException) LogCompactFailed(failed.GetType().Name);
            return false;
        }
    }

    private async Task FollowForEverAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await system.Source.OpenConnectionAsync(stopping);
                await ListenAsync(connection, stopping);
                await ForgetLargeAsync();
                if (!await SharesPastAsync(connection, stopping)) await RebuildAsync(connection, stopping);
                MoveTo(Numbers.Point);
                var isTold = false;
                connection.Notification += (_, _) => isTold = true;
                while (true)
                {
                    isTold = false;
                    await FollowAsync(connection, stopping);
                    // A notice that came while the log was read would not end the wait any more.
                    if (!isTold) await connection.WaitAsync(Poll, stopping);
                }
            }
            catch (Exception away) when (away is not OperationCanceledException || !stopping.IsCancellationRequested)
            {
                // Whatever it is, the index must come back by itself; until then it says that it cannot follow.
                if (away is NpgsqlException and (not PostgresException or PostgresException { SqlState: ['5', '7', 'P', ..] })) system.ForgetIdleConnections();
                LogAway(away.GetType().Name);
                await Task.Delay(RetryPause, clock, stopping);
            }
            finally
            {
                if (stopping.IsCancellationRequested) await ForgetLargeAsync();
            }
        }
    }

    /// <summary>
    /// False when the database behind the connection is another one or lost commits (a restore, a failover), and when nothing was kept: what
    /// was followed so far is then not its past. Positions are dense and change sets named at random, so the same set there proves it.
    /// </summary>
    private async Task<bool> SharesPastAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (database, history) = await ChangeLog.IdentityAsync(connection, cancellation);
        if (Numbers.Origin != new IndexOrigin(database, history)) return false;
        return await IsInAsync(Numbers.Point) && await IsInAsync(furthest);

        async Task<bool> IsInAsync(IndexPoint point) =>
            point.Position == 0 || await ChangeLog.AtAsync(connection, point.Position, cancellation) == point.ChangeSet;
    }

    /// <summary>
    /// Position and rows are read in one snapshot, so that following begins exactly where the load ends. Until then nothing is answered: keys
    /// of records in a past that was lost may mean other records now.
    /// </summary>
    private async Task RebuildAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        Volatile.Write(ref followedAt, 0);
        (furthest, loadFailed, begunWith, readBefore) = (default, false, null, null);
        await using var snapshot = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        var (database, history) = await ChangeLog.IdentityAsync(connection, cancellation);
        var last = await ChangeLog.LastSetAsync(connection, cancellation);
        using var load = Numbers.BeginLoad(new IndexOrigin(database, history));
        await IndexRows.CopyAllAsync(connection, load, cancellation);
        load.Publish(last is null ? default : new(last.Position, last.Id), cancellation);
        await snapshot.CommitAsync(cancellation);
        LogLoaded(Records, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private static async Task ListenAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var listen = new NpgsqlCommand("LISTEN " + ChangeLog.Channel, connection);
        await listen.ExecuteNonQueryAsync(cancellation);
    }

    [LoggerMessage(100, LogLevel.Information, "Loaded {Records} travel documents into the index in {Milliseconds:F0} ms")]
    private partial void LogLoaded(long records, double milliseconds);

    [LoggerMessage(101, LogLevel.Warning, "The index of travel documents cannot follow the database and tries again: {Kind}")]
    private partial void LogAway(string kind);

    [LoggerMessage(102, LogLevel.Warning, "The index of travel documents in the node's folder is not used and will be built anew: {Why}")]
    private partial void LogDiscarded(string why);

    [LoggerMessage(103, LogLevel.Error, "The index of travel documents cannot be written to the node's folder: {Kind}")]
    private partial void LogCompactFailed(string kind);

    [LoggerMessage(104, LogLevel.Information, "Loaded a change set of {Records} travel documents beside the index in {Milliseconds:F0} ms")]
    private partial void LogLoadedLarge(long records, double milliseconds);
}

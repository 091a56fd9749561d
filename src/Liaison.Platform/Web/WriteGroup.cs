using Liaison.Platform.Data;
using Npgsql;

namespace Liaison.Platform.Web;

/// <summary>What came of an attempt to write.</summary>
/// <param name="Position">In the change log, of what searches must see before the writer is answered.</param>
/// <param name="IsRepeated">The answer is the one that this key was given before.</param>
internal sealed record Attempt(WriteResult Result, long Position, bool IsRepeated);

/// <summary>
/// Small writes of one kind that come while others are being written go together: one transaction, one position, one flush for all, as
/// the audit's entries do. A write that comes alone goes at once. What one of them does wrong is never another's fault: a group that cannot
/// be written is written one by one.
/// </summary>
/// <typeparam name="T">What is asked for.</typeparam>
/// <remarks>Thread-safe.</remarks>
public sealed class WriteGroup<T>
{
    private const int MostTogether = 64;

    /// <summary>While one group is flushed the next is prepared; more would only make groups smaller.</summary>
    private const int Lanes = 2;

    private readonly NpgsqlDataSource database;
    private readonly TimeProvider clock;
    private readonly string module;
    private readonly Func<WriteTransaction, IReadOnlyList<T>, CancellationToken, Task<IReadOnlyList<WriteResult>>> work;
    private readonly List<Waiting> queue = [];
    private int busy;

    /// <param name="database">Of the requests.</param>
    /// <param name="clock">The hub's.</param>
    /// <param name="module">Stands in the change log.</param>
    /// <param name="work">
    /// Does the writing, with an audit entry for each that is done, and gives the results in the order asked; what it refuses it leaves unwritten.
    /// </param>
    internal WriteGroup(NpgsqlDataSource database, TimeProvider clock, string module,
        Func<WriteTransaction, IReadOnlyList<T>, CancellationToken, Task<IReadOnlyList<WriteResult>>> work)
    {
        this.database = database;
        this.clock = clock;
        this.module = module;
        this.work = work;
    }

    /// <summary>Not cancelled once asked for: it is on its way with others.</summary>
    internal Task<Attempt> AttemptAsync(KeyedWrite write, T asked)
    {
        var waiting = new Waiting(write, asked);
        lock (queue)
        {
            queue.Add(waiting);
            if (busy == Lanes) return waiting.Task;
            busy++;
        }

        // Not in the name of the request that happens to be first: its trace, its cancellation and its thread are its own.
        ThreadPool.UnsafeQueueUserWorkItem(static group => _ = group.DrainAsync(), this, preferLocal: false);
        return waiting.Task;
    }

    private async Task DrainAsync()
    {
        for (var group = Take(); group.Count > 0; group = Take()) await WriteAsync(group);
    }

    /// <summary>The next ones; a key that occurs twice waits for its first to be done.</summary>
    private List<Waiting> Take()
    {
        lock (queue)
        {
            var keys = new HashSet<(string, string)>();
            var group = queue.Where(w => !w.Write.HasKey || keys.Add((w.Write.Account, w.Write.Key))).Take(MostTogether).ToList();
            queue.RemoveAll(group.ToHashSet().Contains);
            if (group.Count == 0) busy--;
            return group;
        }
    }

    private async Task WriteAsync(List<Waiting> group)
    {
        try
        {
            var attempts = await AttemptAsync(group);
            if (attempts is null)
            {
                await Task.WhenAll(group.Select(waiting => WriteAsync([waiting])));
                return;
            }

            for (var i = 0; i < group.Count; i++) group[i].SetResult(attempts[i]);
        }
#pragma warning disable CA1031 // Whatever it is, those who wait must be told.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            foreach (var waiting in group) waiting.SetException(failed);
        }
    }

    /// <summary>Null when the database refused the group before anything was committed; never for one alone.</summary>
    private async Task<IReadOnlyList<Attempt>?> AttemptAsync(List<Waiting> group)
    {
        await using var transaction = await WriteTransaction.BeginAsync(database, clock, CancellationToken.None);
        List<Attempt> attempts;
        try
        {
            // One that must wait for a row of another transaction does not hold up the others; PostgreSQL looks for rings only after a second.
            if (group.Count > 1) await DoAsync(transaction, "SET LOCAL lock_timeout = '200ms'");
            attempts = await WorkAsync(transaction, group);
            if (group.Count > 1) await DoAsync(transaction, "SET LOCAL lock_timeout TO DEFAULT");
        }
        catch (PostgresException) when (group.Count > 1)
        {
            return null;
        }

        if (!attempts.Exists(attempt => attempt is { Result: WriteResult.Done, IsRepeated: false })) return attempts;
        var position = await transaction.CommitAsync(module, CancellationToken.None);
        return [.. attempts.Select(attempt => attempt.IsRepeated ? attempt : attempt with { Position = position })];
    }

    private async Task<List<Attempt>> WorkAsync(WriteTransaction transaction, List<Waiting> group)
    {
        var claimed = await IdempotencyKeys.ClaimAsync(transaction, [.. group.Select(w => w.Write)], CancellationToken.None);
        var mine = group.FindAll(w => claimed.Contains(w.Write));
        var results = mine.Count > 0 ? await work(transaction, [.. mine.Select(w => w.Asked)], CancellationToken.None) : [];
        var attempts = mine.Zip(results).ToDictionary(pair => pair.First, pair => new Attempt(pair.Second, 0, IsRepeated: false));

        var done = attempts.Where(a => a.Value.Result is WriteResult.Done).Select(a => (a.Key.Write, (WriteResult.Done)a.Value.Result));
        await IdempotencyKeys.RememberAsync(transaction, [.. done], CancellationToken.None);
        var refused = attempts.Where(a => a.Value.Result is WriteResult.Refused).Select(a => a.Key.Write);
        await IdempotencyKeys.GiveBackAsync(transaction, [.. refused], CancellationToken.None);

        foreach (var again in group.Where(w => !claimed.Contains(w.Write)))
            attempts.Add(again, await IdempotencyKeys.RepeatedAsync(transaction, again.Write, CancellationToken.None));
        return [.. group.Select(waiting => attempts[waiting])];
    }

    private static async Task DoAsync(WriteTransaction transaction, string statement)
    {
        await using var command = new NpgsqlCommand(statement, transaction.Connection);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    private sealed class Waiting(KeyedWrite write, T asked) : TaskCompletionSource<Attempt>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public KeyedWrite Write => write;

        public T Asked => asked;
    }
}

using Npgsql;
using NpgsqlTypes;

namespace Liaison.Platform.Data;

/// <summary>
/// Reads the records of candidates: from the node's standby when that is proven to have all that the node's index has seen, otherwise from
/// the primary. A standby that is behind would turn a hit into <c>notKnown</c>.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class CandidateReads : IAsyncDisposable
{
    private const int StandbyConnections = 20;
    private const int PatienceSeconds = 2;

    /// <summary>A standby that is behind catches up in a moment; one that failed may stay away, and each try costs a search its patience.</summary>
    private static readonly TimeSpan AfterBehind = TimeSpan.FromMilliseconds(100), AfterFailure = TimeSpan.FromSeconds(5);

    private readonly NpgsqlDataSource primary;
    private readonly NpgsqlDataSource? standby;
    private readonly TimeProvider clock;
    private long notBefore;
    private long fromStandby;

    public CandidateReads(NpgsqlDataSource primary, NodeOptions node, TimeProvider clock)
    {
        (this.primary, this.clock) = (primary, clock);
        if (node.StandbyConnectionString is not { } address) return;
        standby = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(address)
        {
            MaxPoolSize = StandbyConnections, Timeout = PatienceSeconds, CommandTimeout = PatienceSeconds,
        }.ConnectionString);
    }

    /// <summary>How often the standby was good enough.</summary>
    public long FromStandby => Interlocked.Read(ref fromStandby);

    /// <param name="seen">What the index has seen, asked after it was searched.</param>
    /// <param name="query">Takes the records' keys as <c>$1</c> and gives one row for each that exists; one that is active is never deleted.</param>
    /// <param name="records">Keys of candidates.</param>
    /// <param name="row">Reads one row.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="NpgsqlException">The primary does not answer.</exception>
    public async Task<List<T>> ReadAsync<T>(
        Past seen, string query, long[] records, Func<NpgsqlDataReader, T> row, CancellationToken cancellation)
    {
        if (standby is not null && IsTurn()
            && await ReadProvenAsync(standby, seen, query, records, row, cancellation) is { } proven)
        {
            Interlocked.Increment(ref fromStandby);
            return proven;
        }

        await using var command = primary.CreateCommand(query);
        command.Parameters.Add(new() { Value = records });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await ReadAllAsync(reader, row, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (standby is not null) await standby.DisposeAsync();
    }

    /// <summary>Null when the standby has not proven itself, or did not answer.</summary>
    private async Task<List<T>?> ReadProvenAsync<T>(
        NpgsqlDataSource source, Past seen, string query, long[] records, Func<NpgsqlDataReader, T> row, CancellationToken cancellation)
    {
        try
        {
            // The proof comes first: the rows are then as new or newer, because a standby only moves forward.
            await using var batch = source.CreateBatch();
            batch.BatchCommands.Add(new("""
                SELECT count(*) FROM platform.change_log, platform.identity
                WHERE position = $1 AND change_set = $2 AND database = $3 AND history = $4
                """)
            {
                Parameters =
                {
                    new() { Value = seen.Position }, new() { Value = seen.ChangeSet },
                    new() { Value = seen.Database }, new() { Value = seen.History },
                },
            });
            batch.BatchCommands.Add(new(query)
            {
                Parameters = { new() { Value = records, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint } },
            });
            await using var reader = await batch.ExecuteReaderAsync(cancellation);
            var isProven = await reader.ReadAsync(cancellation) && reader.GetInt64(0) == 1;
            await reader.NextResultAsync(cancellation);
            var rows = await ReadAllAsync(reader, row, cancellation);
            // The index may have taken in a record a moment before it says so: what is missing here may be on the primary.
            if (isProven && rows.Count == records.Length)
            {
                Interlocked.Exchange(ref notBefore, 0);
                return rows;
            }

            Avoid(AfterBehind);
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException
            || (away is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Avoid(AfterFailure);
        }

        return null;
    }

    private void Avoid(TimeSpan pause) => Interlocked.Exchange(ref notBefore, After(pause));

    private long After(TimeSpan pause) => clock.GetTimestamp() + (long)(pause.TotalSeconds * clock.TimestampFrequency);

    /// <summary>After a failure one search tries, and the others go to the primary until it has been answered: a standby that hangs stops one.</summary>
    private bool IsTurn()
    {
        var pause = Interlocked.Read(ref notBefore);
        return pause == 0 || (clock.GetTimestamp() >= pause && Interlocked.CompareExchange(ref notBefore, After(AfterFailure), pause) == pause);
    }

    private static async Task<List<T>> ReadAllAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> row, CancellationToken cancellation)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation)) rows.Add(row(reader));
        return rows;
    }
}

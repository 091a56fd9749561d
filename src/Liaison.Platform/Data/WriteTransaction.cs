using Liaison.Kernel.Time;
using Liaison.Platform.Audit;
using Liaison.Platform.Outbox;
using Npgsql;

namespace Liaison.Platform.Data;

/// <summary>
/// One change set: a transaction that carries the records, their audit and outbox rows, and its position in the change log.
/// Not committed, it leaves nothing.
/// </summary>
/// <remarks>Not thread-safe: it belongs to one request.</remarks>
public sealed class WriteTransaction : IAsyncDisposable
{
    /// <summary>Held from drawing the position to the end of COMMIT, so that positions are in commit order.</summary>
    private const long PositionLock = 0x4C49_4149_0002;

    private readonly List<AuditedEntry> entries = [];
    private readonly NpgsqlTransaction transaction;
    private readonly bool ownsConnection;

    private WriteTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, TimeProvider clock, bool ownsConnection)
    {
        this.ownsConnection = ownsConnection;
        Connection = connection;
        this.transaction = transaction;
        At = clock.GetUtcNow().ToMicroseconds();
    }

    public NpgsqlConnection Connection { get; }

    /// <summary>Names the change set.</summary>
    public Guid ChangeSet { get; } = Guid.CreateVersion7();

    /// <summary>The moment that every row of the change set bears.</summary>
    public DateTimeOffset At { get; }

    /// <summary>How many records the change set touches: followers load a large one aside.</summary>
    public int Records { get; set; } = 1;

    public static async Task<WriteTransaction> BeginAsync(NpgsqlDataSource database, TimeProvider clock, CancellationToken cancellation)
    {
        var connection = await database.OpenConnectionAsync(cancellation);
        try
        {
            return new(connection, await connection.BeginTransactionAsync(cancellation), clock, ownsConnection: true);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>On a connection that goes on to be the caller's.</summary>
    public static async Task<WriteTransaction> BeginAsync(NpgsqlConnection connection, TimeProvider clock, CancellationToken cancellation) =>
        new(connection, await connection.BeginTransactionAsync(cancellation), clock, ownsConnection: false);

    /// <summary>Adds the audit entry of this change, with the events it causes.</summary>
    public void Add(AuditEntry entry, params IReadOnlyList<OutboxEvent> events) => entries.Add(new(entry, events));

    /// <summary>False while nothing was added that the audit must tell.</summary>
    internal bool HasEntries => entries.Count > 0;

    /// <summary>Makes durable what touches nobody's records, as a mark that the hub keeps for itself: it takes no place in the change log.</summary>
    internal Task CommitUnloggedAsync(CancellationToken cancellation) => transaction.CommitAsync(cancellation);

    /// <summary>Makes everything durable and returns the position of the change set.</summary>
    /// <exception cref="InvalidOperationException">There is no audit entry: a write without audit is a fault of the code.</exception>
    public async Task<long> CommitAsync(string module, CancellationToken cancellation)
    {
        if (entries.Count == 0) throw new InvalidOperationException("A change set needs an audit entry.");
        await AuditRows.WriteAsync(Connection, ChangeSet, [.. entries.Select(EncodedEntry.Of)], cancellation);
        await using var position = new NpgsqlBatch(Connection, transaction)
        {
            BatchCommands =
            {
                new($"SELECT pg_advisory_xact_lock({PositionLock})"),
                new("""
                    INSERT INTO platform.change_log (position, change_set, module, at, records)
                    SELECT coalesce(max(position), 0) + 1, $1, $2, $3, $4 FROM platform.change_log
                    RETURNING position
                    """)
                {
                    Parameters = { new() { Value = ChangeSet }, new() { Value = module }, new() { Value = At }, new() { Value = Records } },
                },
                new($"NOTIFY {ChangeLog.Channel}"),
                // In the same message: all writers of the database wait while the lock is held, and none for a round trip of another.
                new("COMMIT"),
            },
        };

        // From here on the write may be durable whatever happens to the request: it is not cancelled half-way.
        await using var reader = await position.ExecuteReaderAsync(CancellationToken.None);
        await reader.NextResultAsync(CancellationToken.None);
        await reader.ReadAsync(CancellationToken.None);
        var drawn = reader.GetInt64(0);
        // An error of what comes after the position, the COMMIT above all, is thrown by reading to the end.
        while (await reader.NextResultAsync(CancellationToken.None))
        {
        }

        return drawn;
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        if (ownsConnection) await Connection.DisposeAsync();
    }
}

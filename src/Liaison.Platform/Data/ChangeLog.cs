using Npgsql;

namespace Liaison.Platform.Data;

/// <summary>One committed change set.</summary>
/// <param name="Records">How many records it touched.</param>
public sealed record ChangeSet(long Position, Guid Id, string Module, int Records);

/// <summary>What was committed, in commit order: positions are drawn under a lock that is held to the end of COMMIT.</summary>
public static class ChangeLog
{
    /// <summary>The last position; 0 when nothing was ever written.</summary>
    public static async Task<long> LastAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(max(position), 0) FROM platform.change_log", connection);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>Names the past of this database; a restore or a failover that lost commits changes it.</summary>
    public static async Task<Guid> HistoryAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT history FROM platform.identity", connection);
        return (Guid)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The change sets after a position, in order, at most <paramref name="limit"/>.</summary>
    public static async Task<List<ChangeSet>> AfterAsync(NpgsqlConnection connection, long position, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT position, change_set, module, records FROM platform.change_log WHERE position > $1 ORDER BY position LIMIT $2", connection)
        {
            Parameters = { new() { Value = position }, new() { Value = limit } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var sets = new List<ChangeSet>();
        while (await reader.ReadAsync(cancellation)) sets.Add(new(reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt32(3)));
        return sets;
    }
}

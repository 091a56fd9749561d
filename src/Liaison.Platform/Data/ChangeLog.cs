using Npgsql;

namespace Liaison.Platform.Data;

/// <summary>One committed change set.</summary>
/// <param name="Records">How many records it touched.</param>
public sealed record ChangeSet(long Position, Guid Id, string Module, int Records);

/// <summary>What was committed, in commit order: positions are drawn under a lock that is held to the end of COMMIT.</summary>
public static class ChangeLog
{
    /// <summary>Where followers are told that something was committed. They look by themselves too; it only makes them look at once.</summary>
    public const string Channel = "liaison_changes";

    /// <summary>The last position; 0 when nothing was ever written.</summary>
    public static async Task<long> LastAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT coalesce(max(position), 0) FROM platform.change_log", connection);
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>The last position before a moment; 0 when there is none.</summary>
    public static async Task<long> LastAsync(NpgsqlConnection connection, DateTimeOffset before, CancellationToken cancellation) =>
        (await connection.ReadAsync("SELECT coalesce(max(position), 0) FROM platform.change_log WHERE at < $1", r => r.GetInt64(0), cancellation, before))[0];

    /// <summary>The last position and its change set; position 0 when nothing was ever written.</summary>
    public static async Task<ChangeSet?> LastSetAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT position, change_set, module, records FROM platform.change_log ORDER BY position DESC LIMIT 1", connection);
        return (await ReadAsync(command, cancellation)).SingleOrDefault();
    }

    /// <summary>The change set at a position, or null when there is none: the database is behind, or never was there.</summary>
    public static async Task<Guid?> AtAsync(NpgsqlConnection connection, long position, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT change_set FROM platform.change_log WHERE position = $1", connection)
        {
            Parameters = { new() { Value = position } },
        };
        return await command.ExecuteScalarAsync(cancellation) as Guid?;
    }

    /// <summary>Which database this is, and which past it has: a restore gives it another one.</summary>
    public static async Task<(Guid Database, Guid History)> IdentityAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT database, history FROM platform.identity", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetGuid(0), reader.GetGuid(1));
    }

    /// <summary>The change sets after a position, in order, at most <paramref name="limit"/>.</summary>
    public static async Task<List<ChangeSet>> AfterAsync(NpgsqlConnection connection, long position, int limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT position, change_set, module, records FROM platform.change_log WHERE position > $1 ORDER BY position LIMIT $2", connection)
        {
            Parameters = { new() { Value = position }, new() { Value = limit } },
        };
        return await ReadAsync(command, cancellation);
    }

    private static async Task<List<ChangeSet>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var sets = new List<ChangeSet>();
        while (await reader.ReadAsync(cancellation)) sets.Add(new(reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.GetInt32(3)));
        return sets;
    }
}

using Npgsql;

namespace Liaison.Platform.Audit;

/// <summary>How often an account did something.</summary>
public sealed record AccountUse(string Account, string Event, long Count, DateTimeOffset Last);

/// <summary>Counts what accounts did, for the member that answers for them.</summary>
public sealed class AuditUse(NpgsqlDataSource database)
{
    /// <summary>By account and event, of some accounts, from one moment up to another.</summary>
    /// <param name="connection">Any.</param>
    /// <param name="accounts">Names.</param>
    /// <param name="from">Counted.</param>
    /// <param name="until">Not counted any more.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task<IReadOnlyList<AccountUse>> OfAsync(
        NpgsqlConnection connection, string[] accounts, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellation)
    {
        // A day of the audit is read: it may take its time.
        await using var command = new NpgsqlCommand("""
            SELECT account, event, count(*), max(at) FROM audit.entry WHERE at >= $1 AND at < $2 AND account = ANY ($3) GROUP BY account, event
            """, connection)
        {
            Parameters = { new() { Value = from }, new() { Value = until }, new() { Value = accounts } }, CommandTimeout = 0,
        };
        return await ReadAsync(command, cancellation);
    }

    /// <summary>By account and event, of one member.</summary>
    public async Task<IReadOnlyList<AccountUse>> OfAsync(string member, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT account, event, count(*), max(at) FROM audit.entry WHERE at >= $1 AND member = $2 GROUP BY account, event ORDER BY account, event
            """);
        command.Parameters.Add(new() { Value = since });
        command.Parameters.Add(new() { Value = member });
        return await ReadAsync(command, cancellation);
    }

    private static async Task<IReadOnlyList<AccountUse>> ReadAsync(NpgsqlCommand command, CancellationToken cancellation)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<AccountUse>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3)));
        return rows;
    }
}

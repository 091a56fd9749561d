using Npgsql;

namespace Liaison.Platform.Audit;

/// <summary>How often an account did something.</summary>
public sealed record AccountUse(string Account, string Event, long Count, DateTimeOffset Last);

/// <summary>Counts what accounts did, for the member that answers for them.</summary>
public sealed class AuditUse(NpgsqlDataSource database)
{
    /// <summary>By account and event, of one member.</summary>
    public async Task<IReadOnlyList<AccountUse>> OfAsync(string member, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("""
            SELECT account, event, count(*), max(at) FROM audit.entry WHERE at >= $1 AND member = $2 GROUP BY account, event ORDER BY account, event
            """);
        command.Parameters.Add(new() { Value = since });
        command.Parameters.Add(new() { Value = member });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<AccountUse>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetFieldValue<DateTimeOffset>(3)));
        return rows;
    }
}

using Npgsql;

namespace Liaison.TravelDocuments.Storage;

/// <summary>How many records an account has ended lately without the approval of a second person, by single requests and by files.</summary>
internal static class WithdrawalCounts
{
    /// <summary>What one account may end within a day by itself.</summary>
    public const int MostADay = 1_000;

    public static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>Requests that run at the same time do not see one another: so many more may end.</summary>
    public static async Task<long> LatelyAsync(NpgsqlConnection connection, string account, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT coalesce(sum(records), 0)::bigint FROM travel_documents.withdrawal_count WHERE account = $1 AND at > $2", connection)
        {
            Parameters = { new() { Value = account }, new() { Value = now - Day } },
        };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    public static async Task AddAsync(NpgsqlConnection connection, string account, long records, DateTimeOffset at, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("INSERT INTO travel_documents.withdrawal_count (account, at, records) VALUES ($1, $2, $3)", connection)
        {
            Parameters = { new() { Value = account }, new() { Value = at }, new() { Value = records } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Removes what counts no more.</summary>
    public static async Task ForgetAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("DELETE FROM travel_documents.withdrawal_count WHERE at < $1", connection)
        {
            Parameters = { new() { Value = now - Day } },
        };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

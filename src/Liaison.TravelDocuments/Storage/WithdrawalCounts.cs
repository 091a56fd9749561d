using Liaison.Api;
using Liaison.Platform.Data;
using Liaison.TravelDocuments.Domain;
using Npgsql;

namespace Liaison.TravelDocuments.Storage;

/// <summary>
/// How many records an account has ended or silenced lately without the approval of a second person, by single requests and by files. A record is
/// silenced by a change that keeps it from others: it names them anew, or brings its review close.
/// </summary>
internal static class WithdrawalCounts
{
    /// <summary>What one account may end within a day by itself.</summary>
    public const int MostADay = 1_000;

    public static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>A review that near leaves the owner no time to notice.</summary>
    public const int CloseDays = 30;

    /// <summary>What <see cref="Silences"/> says, of rows d on file and s of a file. $1 is today with <see cref="CloseDays"/>.</summary>
    public const string SilencingRows = """
        (s.audience IS DISTINCT FROM d.audience AND s.audience IS NOT NULL)
        OR (s.review_given AND s.review_date < d.review_date AND s.review_date <= $1)
        """;

    public static bool Silences(ReportedDocument before, ReportedDocument after, DateOnly today) =>
        (after.Audience is not null && after.Audience != before.Audience)
        || (after.ReviewDate < before.ReviewDate && after.ReviewDate <= today.AddDays(CloseDays));

    /// <summary>Counts one for the day of the account.</summary>
    /// <returns>The problem when it has done as many as it may.</returns>
    public static async Task<Problem?> TakeOneAsync(WriteTransaction transaction, string account, CancellationToken cancellation)
    {
        if (await LatelyAsync(transaction.Connection, account, transaction.At, cancellation) >= MostADay)
        {
            return Problems.WithdrawalLimit.With(
                $"It ended or hid {MostADay} within 24 hours. Send the others as a file: a second person of your member approves it.");
        }

        await AddAsync(transaction.Connection, account, 1, transaction.At, cancellation);
        return null;
    }

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

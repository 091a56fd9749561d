using System.Globalization;
using Liaison.Platform.Imports;
using Liaison.TravelDocuments.Storage;
using Npgsql;

namespace Liaison.TravelDocuments.Import;

/// <summary>
/// When a file ends, or keeps from others, so much that a second person must approve it: more of its feed than an ordinary full file does, or more than its account
/// may end within a day by whatever way.
/// </summary>
internal sealed class MassWithdrawal(NpgsqlConnection connection, ImportTask task, ImportProgress progress)
{
    public const string Act = "travelDocuments.massWithdrawal";

    /// <summary>Of a feed's active records. The sender of a file may say less.</summary>
    public const int UsualPercent = 10;

    /// <summary>A feed that ends so few records, and at most half of them, is no accident, unless its sender set a limit of his own.</summary>
    private const int Harmless = 100;

    /// <summary>In the merge, when what the file names has ended: counts it for the day of its account.</summary>
    /// <param name="absent">How many more would end because the file does not name them.</param>
    /// <param name="silenced">How many it changed so that others do not find them, or soon will not.</param>
    /// <param name="at">Of the change set.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="ImportWaitsException">It takes a second person, and nobody was asked.</exception>
    /// <exception cref="ImportRefusedException">It takes a second person, who approved of less.</exception>
    public async Task JudgeAsync(long absent, long silenced, DateTimeOffset at, CancellationToken cancellation)
    {
        var all = progress.Withdrawn + absent + silenced;
        if (all == 0) return;
        var lately = await WithdrawalCounts.LatelyAsync(connection, task.Order.Account, at, cancellation);
        if (absent == 0 && lately + all <= WithdrawalCounts.MostADay)
        {
            await WithdrawalCounts.AddAsync(connection, task.Order.Account, all, at, cancellation);
            return;
        }

        var active = await ActiveAsync(cancellation) - progress.Recorded + progress.Withdrawn;
        var isHarmless = !task.LimitGiven && absent <= Harmless && absent * 2 <= active;
        var isMuch = !isHarmless && absent * 100 > active * task.MaxWithdrawals;
        if (!isMuch && lately + all <= Math.Max(WithdrawalCounts.MostADay, active * UsualPercent / 100))
        {
            await WithdrawalCounts.AddAsync(connection, task.Order.Account, all, at, cancellation);
            return;
        }

        if (task.Approved is not { } approved) throw new ImportWaitsException(all, active);
        if (all > approved)
        {
            throw new ImportRefusedException(new("", "tooManyWithdrawals", string.Create(CultureInfo.InvariantCulture,
                $"The file would end or hide {all} of the feed's {active} active records by now; {approved} were approved. Nothing was changed: send it again to have it approved anew.")));
        }
    }

    private async Task<long> ActiveAsync(CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT count(*) FROM travel_documents.document WHERE owner = $1 AND feed = $2 AND withdrawn_at IS NULL", connection)
        {
            Parameters = { new() { Value = task.Order.Member }, new() { Value = task.Order.Feed } }, CommandTimeout = 0,
        };
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }
}

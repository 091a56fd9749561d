using System.Globalization;
using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Outbox;
using Npgsql;

namespace Liaison.Members.Administration;

/// <summary>
/// Tells every bureau, once a day, what each of its units did on the day before: direct access is under its responsibility. A day that the hub was
/// off is told later.
/// </summary>
internal sealed class UnitUseReports(TimeProvider clock)
{
    private const string HubsAccount = "hub";

    /// <summary>Days that are made up for; of older ones the bureau can ask.</summary>
    private const int MostDaysBack = 31;

    /// <summary>After midnight (UTC) the last entries of a day may still be on their way to the audit.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    public Job Job => new("members.unitUse", TimeSpan.FromMinutes(10), RunAsync);

    public async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var last = DateOnly.FromDateTime((clock.GetUtcNow() - Margin).UtcDateTime).AddDays(-1);
        var told = await connection.ReadAsync("SELECT max(day) FROM members.use_told", r => r.IsDBNull(0) ? (DateOnly?)null : r.GetFieldValue<DateOnly>(0),
            cancellation);
        // A hub that has never told begins with yesterday.
        var first = told[0]?.AddDays(1) ?? last;
        if (first < last.AddDays(-MostDaysBack)) first = last.AddDays(-MostDaysBack);
        for (var day = first; day <= last; day = day.AddDays(1)) await TellAsync(connection, day, cancellation);
    }

    private async Task TellAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancellation)
    {
        var units = await connection.ReadAsync("SELECT name, member, unit FROM members.account WHERE unit IS NOT NULL",
            r => (Account: r.GetString(0), Member: r.GetString(1), Unit: r.GetString(2)), cancellation);
        var date = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var from = new DateTimeOffset(day, default, TimeSpan.Zero);
        var use = await AuditUse.OfAsync(connection, [.. units.Select(u => u.Account)], from, from.AddDays(1), cancellation);
        var byAccount = use.ToLookup(u => u.Account, StringComparer.Ordinal);
        const string Told = "INSERT INTO members.use_told (day, told_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        if (use.Count == 0)
        {
            await connection.DoAsync(Told, cancellation, day, clock.GetUtcNow());
            return;
        }

        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, cancellation);
        if (await connection.DoAsync(Told, cancellation, day, transaction.At) == 0) return;
        foreach (var member in units.Where(u => byAccount.Contains(u.Account)).GroupBy(u => u.Member))
        {
            OutboxEvent[] events =
            [
                .. member.GroupBy(u => u.Unit).Select(unit => new OutboxEvent(Guid.CreateVersion7(transaction.At), MemberEvents.UnitUse,
                    Payload(member.Key, unit.Key, date, [.. unit.SelectMany(u => byAccount[u.Account])]).Text)),
            ];
            var hub = new Caller(HubsAccount, member.Key, new HashSet<string>(), null);
            transaction.Add(AuditEntry.Of(hub, MemberEvents.UnitUseTold, "done", transaction.At) with
            {
                Asked = AuditJson.Of(("day", date), ("units", member.Select(u => u.Unit).Distinct().Order(StringComparer.Ordinal))).Text,
            }, events);
        }

        await transaction.CommitAsync(AccessChanges.Module, cancellation);
    }

    /// <summary>How often the unit's accounts did what; nothing of what they asked.</summary>
    private static AuditJson Payload(string member, string unit, string date, IReadOnlyList<AccountUse> use)
    {
        var counts = use.GroupBy(u => u.Event).OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => (e.Key, (object?)e.Sum(u => u.Count))).ToArray();
        return AuditJson.Of(("member", member), ("unit", unit), ("day", date), ("accounts", use.Select(u => u.Account).Distinct().Count()), ("use", AuditJson.Of(counts)));
    }
}

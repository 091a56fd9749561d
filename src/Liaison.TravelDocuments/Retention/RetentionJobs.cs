using System.Globalization;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Outbox;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Npgsql;

namespace Liaison.TravelDocuments.Retention;

/// <summary>
/// What becomes of records in time: owners are reminded, what nobody renews expires, what ended long ago is purged. Each run is one
/// transaction over a bounded number of records, found by an index that holds only those still to be looked at.
/// </summary>
internal sealed class RetentionJobs(RetentionOptions options, TimeProvider clock)
{
    /// <summary>A second's work. At this pace ten million records that fall due together are through in less than four days.</summary>
    public const int MostAtOnce = 1000;

    private const string Module = "travelDocuments", ByReview = "expired", HubsAccount = "hub";
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);

    public IReadOnlyList<Job> All =>
    [
        new("travelDocuments.remind", Pace, RemindAsync), new("travelDocuments.expire", Pace, ExpireAsync), new("travelDocuments.purge", Pace, PurgeAsync),
        new("travelDocuments.withdrawalCounts", TimeSpan.FromHours(1), (connection, stop) => WithdrawalCounts.ForgetAsync(connection, clock.GetUtcNow(), stop)),
    ];

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    public async Task RemindAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, cancellation);
        var due = await DocumentStore.RemindAsync(transaction, Today.AddDays(options.RemindBefore.Days), MostAtOnce, cancellation);
        foreach (var group in due.GroupBy(record => (record.Owner, record.ReviewDate)))
        {
            Guid[] ids = [.. group.Select(record => record.Id)];
            var date = group.Key.ReviewDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            transaction.Add(
                Entry(TravelDocumentEvents.Reminded, group.Key.Owner, transaction.At) with { Records = ids, Asked = AuditJson.Of(("reviewDate", date)).Text },
                Event(TravelDocumentEvents.ReviewDue, transaction.At, ("owner", group.Key.Owner), ("reviewDate", date), ("records", Texts(ids))));
        }

        if (due.Count > 0) await CommitAsync(transaction, due.Count, cancellation);
    }

    public async Task ExpireAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, cancellation);
        var due = await DocumentStore.LockDueAsync(
            transaction, Today.AddDays(-options.ExpireAfter.Days), transaction.At - options.AfterReminder, MostAtOnce, cancellation);
        foreach (var owner in due.GroupBy(stored => stored.Owner))
        {
            // One event for all, beside the entry of the first.
            OutboxEvent[] told =
            [
                Event(TravelDocumentEvents.Ended, transaction.At, ("owner", owner.Key), ("records", Texts([.. owner.Select(stored => stored.Id)]))),
            ];
            foreach (var stored in owner)
            {
                await DocumentStore.UpdateAsync(transaction, Ended(stored, transaction.At), WireDocument.Snapshot(stored), cancellation);
                transaction.Add(Entry(TravelDocumentEvents.Expired, stored.Owner, transaction.At) with
                {
                    Subject = stored.Document.Number.Key.Text,
                    Records = [stored.Id],
                }, told);
                told = [];
            }
        }

        if (due.Count > 0) await CommitAsync(transaction, due.Count, cancellation);
    }

    public async Task PurgeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, cancellation);
        var purged = await DocumentStore.PurgeAsync(transaction, transaction.At - options.KeepEnded, MostAtOnce, cancellation);
        foreach (var owner in purged.GroupBy(record => record.Owner, record => record.Id))
        {
            transaction.Add(Entry(TravelDocumentEvents.Purged, owner.Key, transaction.At) with { Records = [.. owner] });
        }

        if (purged.Count > 0) await CommitAsync(transaction, purged.Count, cancellation);
    }

    private static StoredDocument Ended(StoredDocument stored, DateTimeOffset at) => stored with
    {
        Version = stored.Version + 1,
        ChangedAt = at,
        ChangedBy = HubsAccount,
        Why = null,
        WithdrawnAt = at,
        WithdrawalReason = ByReview,
    };

    private static Task<long> CommitAsync(WriteTransaction transaction, int records, CancellationToken cancellation)
    {
        transaction.Records = records;
        return transaction.CommitAsync(Module, cancellation);
    }

    /// <summary>In the owner's name: its record ends by the rule that it accepted when it recorded it.</summary>
    private static AuditEntry Entry(AuditEventKind kind, string owner, DateTimeOffset at) =>
        AuditEntry.Of(new Caller(HubsAccount, owner, new HashSet<string>(), null), kind, "done", at);

    private static OutboxEvent Event(string type, DateTimeOffset at, params ReadOnlySpan<(string Name, object? Value)> payload) =>
        new(Guid.CreateVersion7(at), type, AuditJson.Of(payload).Text);

    private static IEnumerable<string> Texts(Guid[] ids) => ids.Select(id => id.ToString());
}

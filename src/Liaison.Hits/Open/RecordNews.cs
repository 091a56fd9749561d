using Liaison.Hits.Domain;
using Liaison.Hits.Storage;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Outbox;

namespace Liaison.Hits.Open;

/// <summary>What becomes of cases when their record ends, or when the owner says anew whom it is for.</summary>
internal sealed class RecordNews(RecordsNow records)
{
    public OutboxSubscription Ended { get; } = new("hits.recordsEnded", HitPayload.RecordsEnded, TakeEndedAsync);

    public OutboxSubscription Restricted => new("hits.restricted", HitPayload.Restricted, RestrictAsync);

    private static async Task TakeEndedAsync(WriteTransaction transaction, IReadOnlyList<OutboxRow> events, CancellationToken cancellation)
    {
        await HitStore.LockOpeningAsync(transaction.Connection, cancellation);
        await EndAsync(transaction, [.. events.SelectMany(HitPayload.Records).Distinct()], cancellation);
    }

    /// <summary>Open cases are withdrawn; everybody who ever asked, in cases that are still kept, is told: the ground of what was done is gone.</summary>
    /// <param name="transaction">That holds the lock of those who open.</param>
    /// <param name="records">Their ids.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task EndAsync(WriteTransaction transaction, Guid[] records, CancellationToken cancellation)
    {
        var files = await HitStore.OnRecordsAsync(transaction.Connection, records, cancellation);
        var writing = new HitWrites(transaction.Connection);
        foreach (var file in files)
        {
            var step = HitRules.Next(file.Case.State, HitAct.Withdraw, HitParty.Hub);
            var ended = step.Refusal is null ? HitSteps.After(file, step.To, transaction.At) : file.Told(file.Case with { Version = file.Case.Version + 1 });
            HitAsker[] untold = [.. ended.Askers.Where(a => a.ToldAt is null)];
            if (untold.Length == 0) continue;
            ended = ended with { Askers = [.. ended.Askers.Select(a => a with { ToldAt = a.ToldAt ?? transaction.At })] };
            writing.Update(file, ended);
            writing.Insert(file.Case.Id, new(ended.Case.Version, transaction.At, HitAct.Withdraw.Code(), ended.Case.State, file.Case.Owner, Hub.Account, null, null));
            transaction.Add(AuditEntry.Of(Hub.InTheNameOf(file.Case.Owner), HitEvents.RecordEnded, "done", transaction.At) with { Records = [file.Case.Id] },
            [
                HitNews.Of(file.Case, ended.Case, HitAct.Withdraw.Code(), null, transaction.At),
                .. untold.Select(a => new OutboxEvent(Guid.CreateVersion7(transaction.At), HitEvents.AskerTold,
                    AuditJson.Of(("hit", a.Hit.Id), ("asker", a.Hit.Asker), ("account", a.Hit.Account)).Text)),
            ]);
        }

        await writing.RunAsync(cancellation);
    }

    /// <summary>
    /// From then on whoever the record is no longer for sees no more of its case than its own question. By how the record stands now: of two things that were
    /// said of it, the earlier may be told later.
    /// </summary>
    private async Task RestrictAsync(WriteTransaction transaction, IReadOnlyList<OutboxRow> events, CancellationToken cancellation)
    {
        await HitStore.LockOpeningAsync(transaction.Connection, cancellation);
        Guid[] named = [.. events.SelectMany(HitPayload.Records).Distinct()];
        var now = await records.OfAsync(named, cancellation);
        var writing = new HitWrites(transaction.Connection);
        foreach (var file in await HitStore.OnRecordsAsync(transaction.Connection, named, cancellation))
        {
            if (!now.TryGetValue(file.Case.Record, out var record)) continue;
            var changed = file.Told(file.Case with { Version = file.Case.Version + 1, Audience = record.Audience, IsSealed = record.IsSealed });
            writing.Update(file, changed);
            writing.Insert(file.Case.Id, new(changed.Case.Version, transaction.At, "restrict", changed.Case.State, file.Case.Owner, Hub.Account, null, null));
            transaction.Add(AuditEntry.Of(Hub.InTheNameOf(file.Case.Owner), HitEvents.Restricted, "done", transaction.At) with { Records = [file.Case.Id] });
        }

        await writing.RunAsync(cancellation);
    }
}

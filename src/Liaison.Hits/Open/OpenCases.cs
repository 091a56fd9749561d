using Liaison.Hits.Domain;
using Liaison.Hits.Storage;
using Liaison.Kernel.Time;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Outbox;
using Liaison.Platform.Searches;

namespace Liaison.Hits.Open;

/// <summary>
/// Makes cases of hits: a new one, or one more asker of an open one. Of a record that ended meanwhile the case ends at once: whoever asked is told.
/// </summary>
internal sealed class OpenCases(RecordsNow stands, HitOptions options, KnownMembers members)
{
    public OutboxSubscription Subscription => new("hits.open", HitPayload.Opening, TakeAsync);

    private async Task TakeAsync(WriteTransaction transaction, IReadOnlyList<OutboxRow> events, CancellationToken cancellation)
    {
        // On one's own records a member needs nobody between.
        NewHit[] hits = [.. events.Select(HitPayload.Read).OfType<NewHit>().Where(h => !h.IsPossible && !h.IsUnderAnother && h.Owner != h.Asker)];
        if (hits.Length == 0) return;
        var opened = await RunAsync(transaction, hits, cancellation);
        foreach (var owner in opened.GroupBy(o => o.File.Owner))
        {
            transaction.Add(AuditEntry.Of(Hub.InTheNameOf(owner.Key), HitEvents.Opened, "done", transaction.At) with
            {
                Asked = AuditJson.Of(("hits", owner.Select(o => o.Asker.Hit.Id.ToString()))).Text,
                Records = [.. owner.Select(o => o.File.Id).Distinct()],
            }, [.. owner.Select(o => Told(o.File, o.Asker, transaction.At))]);
        }
    }

    /// <summary>Opens, or joins, in the transaction; the audit is the caller's.</summary>
    /// <returns>Each hit's asker with the case as it is then.</returns>
    public async Task<IReadOnlyList<(HitCase File, HitAsker Asker)>> RunAsync(
        WriteTransaction transaction, IReadOnlyList<NewHit> hits, CancellationToken cancellation)
    {
        await members.FilledAsync(cancellation);
        Guid[] records = [.. hits.Select(h => h.Record).Distinct()];
        await HitStore.LockOpeningAsync(transaction.Connection, cancellation);
        var now = await stands.OfAsync(records, cancellation);
        var known = await HitStore.JoinableAsync(transaction.Connection, records, transaction.At - options.JoinWithin, cancellation);
        var (joinable, files, made) = (new Dictionary<Guid, HitCase>(), new Dictionary<Guid, HitCase>(), new HashSet<Guid>());
        foreach (var file in known.Where(HitRules.TakesOthers)) joinable[file.Record] = file;
        var (writes, opened) = (new HitWrites(transaction.Connection), new List<(HitCase, HitAsker)>());
        var (askers, entries) = (new List<HitAsker>(), new List<(Guid, HitEntry)>());
        foreach (var told in hits)
        {
            // Whom it was for when it was found may be out of date: what was said of it since was taken up when there was no case.
            var hit = now.TryGetValue(told.Record, out var record) ? told with { Audience = record.Audience, IsSealed = record.IsSealed } : told;
            var (priority, deadlines) = Clock(hit);
            var joined = HitRules.IsOneDocument(hit) ? joinable.GetValueOrDefault(hit.Record) : null;
            var file = joined is null ? HitSteps.Open(Guid.CreateVersion7(transaction.At), hit, priority, deadlines, transaction.At)
                : HitSteps.Join(joined, priority, deadlines);
            if (joined is null) made.Add(file.Id);
            if (file.IsShared) joinable[hit.Record] = file;
            files[file.Id] = file;
            var asker = new HitAsker { Hit = hit, Case = file.Id, Version = 1, Priority = priority, DueAt = deadlines.DueAt };
            askers.Add(asker);
            entries.Add((file.Id, new(file.Version, transaction.At, joined is null ? "open" : "join", file.State, hit.Asker, hit.Account, hit.Id, null)));
            opened.Add((file, asker));
        }

        foreach (var file in files.Values)
        {
            if (made.Contains(file.Id)) writes.Insert(file);
            else writes.Update(file);
        }

        foreach (var asker in askers) writes.Insert(asker);
        foreach (var (file, entry) in entries) writes.Insert(file, entry);
        await writes.RunAsync(cancellation);
        if (records.Where(r => !Stands(now, r)).ToArray() is { Length: > 0 } ended) await RecordNews.EndAsync(transaction, ended, cancellation);
        return opened;
    }

    /// <summary>Whether the record is there to answer for, under the lock of those who open.</summary>
    public async Task<bool> StandsAsync(WriteTransaction transaction, Guid record, CancellationToken cancellation)
    {
        await HitStore.LockOpeningAsync(transaction.Connection, cancellation);
        return Stands(await stands.OfAsync([record], cancellation), record);
    }

    /// <summary>The event that tells of one more hit in a case.</summary>
    public static OutboxEvent Told(HitCase file, HitAsker asker, DateTimeOffset at) => new(Guid.CreateVersion7(at), HitEvents.CaseOpened, AuditJson.Of(
        ("case", file.Id), ("hit", asker.Hit.Id), ("owner", file.Owner), ("asker", asker.Hit.Asker), ("priority", file.Priority)).Text);

    private static bool Stands(Dictionary<Guid, RecordNow> now, Guid record) => now.TryGetValue(record, out var found) && found.IsActive;

    private (string Priority, HitDeadlines Deadlines) Clock(NewHit hit)
    {
        var priority = hit.Priority ?? (hit.IsPossible ? Priorities.Routine : Priorities.Urgent);
        var hours = members.RoutineDesk(hit.Owner) is { } desk && Hours(desk).Is(out var open) ? open : OpeningHours.Always;
        return (priority, HitClock.Of(hit.At, priority, options.Clocks[priority], hours));
    }

    private static Kernel.Parsing.Parsed<OpeningHours> Hours(Api.Members.Desk desk) =>
        OpeningHours.Parse(desk.Hours ?? "", desk.TimeZone ?? "", KnownMembers.Holidays(desk));
}

using Liaison.Hits.Domain;
using Liaison.Hits.Storage;
using Liaison.Platform.Attachments;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Searches;
using Npgsql;

namespace Liaison.Hits.Jobs;

/// <summary>
/// What the clock does with cases: reminds the desk, tells the duty room, gives up and tells the secretariat, closes what is over, removes what was
/// closed long ago. Each step is a change of the case like any other, in one transaction with its audit: it happens once, whichever node does it.
/// </summary>
internal sealed class HitJobs(HitOptions options, HitGauges gauges, TimeProvider clock)
{
    private const string Module = "hits";
    private const int MostAtOnce = 200;

    internal const int KeptRowsAtOnce = 5_000;

    public const int Count = 4;

    public IReadOnlyList<Job> All =>
    [
        new("hits.clock", TimeSpan.FromSeconds(2), RunClockAsync),
        Job.InParts("hits.close", TimeSpan.FromMinutes(10), CloseSomeAsync),
        Job.InParts("hits.purge", TimeSpan.FromHours(1), PurgeSomeAsync),
        Job.InParts("hits.forgetSearches", TimeSpan.FromMinutes(10), ForgetSomeAsync),
    ];

    /// <summary>Until nothing is due any more: after an outage a case may have several steps to make up for.</summary>
    public async Task RunClockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // Not while none is done: what somebody holds is done at the next turn.
        while (await StepAsync(connection, cancellation) > 0 && await AnyDueAsync(connection, cancellation))
        {
        }

        await gauges.LookAsync(connection, clock.GetUtcNow(), cancellation);
    }

    /// <summary>What was kept of searches goes after its time, and with it the marks of what was told of them.</summary>
    private async Task<bool> ForgetSomeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var before = clock.GetUtcNow() - options.KeepSearches;
        if (await KeptSearches.ForgetAsync(connection, before, KeptRowsAtOnce, cancellation) == KeptRowsAtOnce) return true;
        if (await CountAsync("SELECT hits.forget_leads($1, $2)", before) == KeptRowsAtOnce) return true;
        return await CountAsync("SELECT hits.forget_standing($1, $2)", clock.GetUtcNow() - options.CloseAfter) == KeptRowsAtOnce;

        async Task<long> CountAsync(string sql, DateTimeOffset moment) =>
            (await connection.ReadAsync(sql, r => r.GetInt64(0), cancellation, moment, KeptRowsAtOnce))[0];
    }

    private async Task<bool> CloseSomeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, cancellation);
        var over = await HitStore.SettledAsync(connection, transaction.At - options.CloseAfter, MostAtOnce, cancellation);
        var writing = new HitWrites(connection);
        foreach (var file in over)
        {
            var closed = HitSteps.After(file, HitState.Closed, transaction.At);
            closed = closed with { Askers = [.. closed.Askers.Select(a => a.Outcome is null ? a with { Outcome = "unknown", OutcomeAt = transaction.At } : a)] };
            Write(transaction, writing, file, closed, HitAct.Close.Code(), HitEvents.Closed);
        }

        await writing.RunAsync(cancellation);
        if (over.Count > 0) await transaction.CommitAsync(Module, cancellation);
        return over.Count == MostAtOnce;
    }

    private async Task<bool> PurgeSomeAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, cancellation);
        var purged = await connection.ReadAsync("SELECT purged, of_owner FROM hits.purge($1, $2)", r => (Id: r.GetGuid(0), Owner: r.GetString(1)), cancellation,
            transaction.At - options.KeepClosed, MostAtOnce);
        await AttachmentRows.RemoveAsync(connection, [.. purged.Select(p => p.Id)], cancellation);
        foreach (var owner in purged.GroupBy(p => p.Owner, p => p.Id))
            transaction.Add(AuditEntry.Of(Hub.InTheNameOf(owner.Key), HitEvents.Purged, "done", transaction.At) with { Records = [.. owner] });
        if (purged.Count > 0) await transaction.CommitAsync(Module, cancellation);
        return purged.Count == MostAtOnce;
    }

    private async Task<int> StepAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, cancellation);
        var due = await HitStore.DueAsync(connection, transaction.At, MostAtOnce, cancellation);
        var writing = new HitWrites(connection);
        foreach (var file in due)
        {
            if (!file.Case.Reminded) Write(transaction, writing, file, HitSteps.Reminded(file), "remind", HitEvents.Reminded);
            else if (file.Case.Level is HitLevel.Desk) Write(transaction, writing, file, HitSteps.At(file, HitLevel.DutyRoom), "escalate", HitEvents.Escalated);
            else
            {
                var lapsed = HitSteps.After(file, HitState.Unanswered, transaction.At);
                Write(transaction, writing, file, lapsed with { Case = lapsed.Case with { Level = HitLevel.Secretariat } }, "lapse", HitEvents.Lapsed);
            }
        }

        await writing.RunAsync(cancellation);
        if (due.Count > 0) await transaction.CommitAsync(Module, cancellation);
        return due.Count;
    }

    private async Task<bool> AnyDueAsync(NpgsqlConnection connection, CancellationToken cancellation) => (await connection.ReadAsync(
        "SELECT EXISTS (SELECT FROM hits.hit_case WHERE next_at <= $1)", r => r.GetBoolean(0), cancellation, clock.GetUtcNow()))[0];

    private static void Write(WriteTransaction transaction, HitWrites writing, HitFile from, HitFile to, string act, AuditEventKind kind)
    {
        var file = to.Case;
        writing.Update(from, to);
        writing.Insert(file.Id, new(file.Version, transaction.At, act, file.State, file.Owner, Hub.Account, null, null));
        transaction.Add(AuditEntry.Of(Hub.InTheNameOf(file.Owner), kind, "done", transaction.At) with { Records = [file.Id] },
            HitNews.Of(from.Case, file, act, null, transaction.At));
    }
}

using System.Globalization;
using Liaison.Api;
using Liaison.Hits.Domain;
using Liaison.Hits.Open;
using Liaison.Hits.Storage;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Outbox;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Wire = Liaison.Api.Hits;

namespace Liaison.Hits.Read;

/// <summary>What has become of a hit: now, or as soon as it changes.</summary>
internal sealed class ReadHit(NpgsqlDataSource database, HitWaits changes, CallerGate gate, KnownMembers members, AuditWriter audit, TimeProvider clock)
{
    private const int LongestWait = 60;

    /// <summary>Whoever waits is asked this often whether it still may.</summary>
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(5);

    public async Task<IResult> HandleAsync(HttpContext http, Guid id, string? wait, string? version)
    {
        if (!RequestContext.Parse(http, HitEvents.Read).Is(out var act, out var faults)) return Answers.Invalid(faults);
        if (Check(wait, version) is { Count: > 0 } problems) return Answers.Invalid(problems);
        act = act with { Records = [id] };
        var (caller, began, texts) = (act.Caller, clock.GetTimestamp(), HitTexts.Words.For(http.Request));
        var time = TimeSpan.FromSeconds(wait is null ? 0 : int.Parse(wait, CultureInfo.InvariantCulture));
        var (hit, key, stored) = await FindAsync(caller, id, texts, http.RequestAborted);
        var waits = true;
        while (waits && hit is not null && version == Text(hit.Version) && clock.GetElapsedTime(began) is var waited && waited < time)
        {
            var left = time - waited;
            waits = await changes.ChangedAsync(key, stored, left < Recheck ? left : Recheck, http.RequestAborted);
            var (still, problem) = await gate.RecheckAsync(http);
            if (still is null) return Answers.Problem(problem!);
            (caller, act) = (still, act with { Caller = still });
            (hit, key, stored) = await FindAsync(caller, id, texts, http.RequestAborted);
        }

        await audit.AppendAsync(act.Entry(hit is null ? "notKnown" : "done", clock.GetUtcNow()), [], http.RequestAborted);
        if (hit is null) return Answers.Problem(HitProblems.Unknown, "No hit of your member has this id.");
        http.Response.Headers.ETag = $"\"{Text(hit.Version)}\"";
        HitTexts.For(http);
        return Answers.Json(hit, LiaisonJson.Default.Hit);
    }

    /// <returns>And under which id which version is to be waited for.</returns>
    private async Task<(Wire.Hit? Hit, Guid Key, int Stored)> FindAsync(Caller caller, Guid id, Texts texts, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var moment = await connection.BeginTransactionAsync(HitStore.OfOneMoment, cancellation);
        if (await HitStore.FindAsync(connection, id, lockIt: false, cancellation) is { } file)
        {
            if (HitView.Of(caller, file, id) is not { } view) return default;
            return (WireHit.Of(view, await HitStore.EntriesAsync(connection, file.Case.Id, cancellation), members, texts), view.Id, view.StoredVersion);
        }

        // Not a case, or not yet: the event that the search wrote tells.
        if (await OutboxRows.FindAsync(connection, id, cancellation) is not ({ } row, var isDispatched) || HitPayload.Read(row) is not { } hit) return default;
        if (hit.Asker != caller.Member || hit.Owner == hit.Asker || hit.IsUnderAnother) return default;
        // What was a case and is none any more has been removed in time.
        return hit.IsPossible ? (WireHit.OfMatch(hit, HitKind.Possible.Code(), texts), id, 0) : isDispatched ? default : (WireHit.OfMatch(hit, "opening", texts), id, 0);
    }

    private static List<FieldProblem> Check(string? wait, string? version)
    {
        var problems = new List<FieldProblem>();
        if (wait is not null && !(int.TryParse(wait, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= LongestWait))
            problems.Add(new("wait", "wait", $"Give seconds, at most {LongestWait}."));
        if (version is not null && !int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            problems.Add(new("version", "version", "Give the version that you know, a number."));
        return problems;
    }

    private static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);
}

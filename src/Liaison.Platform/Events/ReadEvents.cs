using System.Globalization;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.Events;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Liaison.Platform.Events;

/// <summary>What the caller's member is told, in order, from a cursor on; also for systems that nobody can call.</summary>
internal sealed class ReadEvents(NpgsqlDataSource database, FeedWaits waits, CallerGate gate, Frontage frontage, AuditWriter audit, TimeProvider clock)
{
    private const int Usual = 100, Most = 500, LongestWait = 60;

    /// <summary>Whoever waits is asked this often whether it still may.</summary>
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(5);

    public async Task<IResult> HandleAsync(HttpContext http, string? after, string? wait, string? limit)
    {
        if (!RequestContext.Parse(http, EventRoutes.Read).Is(out var act, out var faults)) return Answers.Invalid(faults);
        var problems = new List<FieldProblem>();
        var seconds = Number(wait, 0, "wait", 0, LongestWait, problems);
        var most = Number(limit, Usual, "limit", 1, Most, problems);
        FeedCursor? from = null;
        if (after is not (null or FeedCursor.Latest))
        {
            if (FeedCursor.Parse(after).Is(out var cursor, out var wrong)) from = cursor;
            else problems.AddRange(wrong);
        }

        if (problems.Count > 0) return Answers.Invalid(problems);
        return await AnswerAsync(http, act, from, after is FeedCursor.Latest, TimeSpan.FromSeconds(seconds), most);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, Act act, FeedCursor? from, bool isLatest, TimeSpan time, int most)
    {
        var began = clock.GetTimestamp();
        var part = await ReadAsync(act.Caller.Member, isLatest ? null : from?.Position ?? 0, most, http.RequestAborted);
        // Without a cursor the oldest that is kept is the first.
        var position = isLatest ? part.Last : from?.Position ?? part.Removed;
        if ((from is { } given && given.History != part.History) || position < part.Removed || position > part.Last)
        {
            var gone = PlatformProblems.EventsGone.With("Events after this cursor are no longer here, or the database is another one. Read from the oldest that is kept, and look at what you may have missed.");
            await audit.AppendAsync(act.Refused(gone, clock.GetUtcNow()), [], http.RequestAborted);
            return Answers.Problem(gone);
        }

        var waiting = true;
        while (waiting && part.Events.Count == 0 && clock.GetElapsedTime(began) is var waited && waited < time)
        {
            var left = time - waited;
            waiting = await waits.BeyondAsync(act.Caller.Member, position, left < Recheck ? left : Recheck, http.RequestAborted);
            var (still, problem) = await gate.RecheckAsync(http);
            if (still is null) return Answers.Problem(problem!);
            act = act with { Caller = still };
            part = await ReadAsync(still.Member, position, most, http.RequestAborted);
        }

        var next = new FeedCursor(part.History, part.Events is [.., var last] ? last.Position : position);
        act = act with { Asked = AuditJson.Of(("after", position), ("events", part.Events.Count)) };
        await audit.AppendAsync(act.Entry("done", clock.GetUtcNow()), [], http.RequestAborted);
        http.Response.Headers[Headers.Cursor] = next.ToString();
        return Answers.Json(Batch(part), CloudEvent.BatchMediaType);
    }

    private byte[] Batch(FeedPart part) => JsonSerializer.SerializeToUtf8Bytes(
        [.. part.Events.Select(e => e.Wire(frontage.Source, new FeedCursor(part.History, e.Position)))], LiaisonJson.Default.CloudEventArray);

    private async Task<FeedPart> ReadAsync(string member, long? after, int most, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await FeedRows.ReadAsync(connection, member, after, most, cancellation);
    }

    private static int Number(string? text, int usual, string field, int least, int most, List<FieldProblem> problems)
    {
        if (text is null) return usual;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        problems.Add(new(field, field, $"Give a number from {least} to {most}."));
        return usual;
    }
}

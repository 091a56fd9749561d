using Liaison.Api;
using Liaison.Api.Events;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Events;
using Liaison.Platform.Secrets;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Liaison.Platform.Webhooks;

/// <summary>What a member does with its webhooks.</summary>
/// <remarks>Without Idempotency-Keys: they would keep an answer, and answers here may hold a secret.</remarks>
internal sealed class ActOnWebhook(NpgsqlDataSource database, WebhookCalls calls, KeyFile keys, Frontage frontage, AuditWriter audit, TimeProvider clock)
{
    private const int LongestUrl = 500, MostTypes = 50, LongestType = 100, MostWebhooks = 20;

    /// <summary>After a rotation both secrets sign for so long.</summary>
    private static readonly TimeSpan BothSign = TimeSpan.FromHours(24);

    public async Task<IResult> RegisterAsync(HttpContext http)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.WebhookRequest);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (Check(body.Value!) is { Count: > 0 } wrong) return Answers.Invalid(wrong);
        var (secret, told) = SealedSecret.Make(keys);
        var asked = AuditJson.Of(("url", body.Value!.Url), ("types", body.Value.Types?.ToArray()));
        return await RunAsync(http, WebhookRoutes.Registered, null, asked, async (transaction, caller, _) =>
        {
            if ((await WebhookRows.ListAsync(transaction.Connection, caller, http.RequestAborted)).Count >= MostWebhooks)
                return new(WebhookRoutes.NotNow.With($"At most {MostWebhooks} of a member. End one."));
            var made = new Webhook
            {
                Id = Guid.CreateVersion7(transaction.At), Member = caller, Url = body.Value.Url!, Types = [.. body.Value.Types ?? []], State = WebhookState.Checking,
                StateAt = transaction.At, Secret = secret,
            };
            return await WebhookRows.InsertAsync(transaction.Connection, made, http.RequestAborted) ? new(made, told)
                : new(WebhookRoutes.Exists.With("The hub calls this address already."));
        });
    }

    public Task<IResult> RotateAsync(HttpContext http, Guid id)
    {
        var (secret, told) = SealedSecret.Make(keys);
        return RunAsync(http, WebhookRoutes.Rotated, id, AuditJson.Empty, async (transaction, _, found) =>
        {
            await WebhookRows.RotateAsync(transaction.Connection, id, secret, transaction.At + BothSign, http.RequestAborted);
            return new(found! with { Secret = secret }, told);
        });
    }

    public Task<IResult> PauseAsync(HttpContext http, Guid id) => SetAsync(http, id, WebhookRoutes.Paused, WebhookState.Paused);

    public Task<IResult> EndAsync(HttpContext http, Guid id) => SetAsync(http, id, WebhookRoutes.Ended, WebhookState.Ended);

    /// <summary>Calls it first: an address that does not answer, or whose owner did not ask for it, is told nothing.</summary>
    public async Task<IResult> ResumeAsync(HttpContext http, Guid id)
    {
        var member = Access.Caller.Of(http).Member;
        var answer = "";
        await using (var connection = await database.OpenConnectionAsync(http.RequestAborted))
        {
            var found = await WebhookRows.FindAsync(connection, id, member, lockIt: false, http.RequestAborted);
            await connection.CloseAsync();
            if (found is not null) answer = await calls.TellAsync(found, Ping(found), http.RequestAborted);
        }

        return await RunAsync(http, WebhookRoutes.Resumed, id, AuditJson.Of(("answer", answer)), async (transaction, _, found) =>
        {
            if (answer != WebhookCalls.Ok) return new(WebhookRoutes.Unanswered.With($"A signed call to the address must be answered 2xx within ten seconds; it came to: {answer}."));
            await WebhookRows.SetStateAsync(transaction.Connection, id, WebhookState.Active, null, transaction.At, http.RequestAborted);
            return new(found! with { State = WebhookState.Active, Why = null, StateAt = transaction.At });
        });
    }

    public async Task<IResult> ReplayAsync(HttpContext http, Guid id)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.WebhookReplay);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        FeedCursor? after = null;
        if (body.Value!.After is { } text)
        {
            if (!FeedCursor.Parse(text).Is(out var cursor, out var wrong)) return Answers.Invalid(wrong);
            after = cursor;
        }

        var asked = AuditJson.Of(("event", body.Value.Event), ("after", body.Value.After));
        return await RunAsync(http, WebhookRoutes.Replayed, id, asked, async (transaction, member, found) =>
        {
            var connection = transaction.Connection;
            if (after is not { } from)
            {
                var revived = await WebhookRows.ReviveAsync(connection, id, body.Value.Event, transaction.At, http.RequestAborted);
                return revived == 0 ? new(WebhookRoutes.NotNow.With("There is no such event that could not be told.")) : new(found!);
            }

            await WebhookRows.AgainAsync(connection, id, from.Position, transaction.At, http.RequestAborted);
            // Asked afterwards: what was removed until then may have been missing. Refused, nothing of it stays.
            if (!await FeedRows.HasAllAfterAsync(connection, member, from, http.RequestAborted))
                return new(PlatformProblems.EventsGone.With("Events after this cursor are no longer here, or the database is another one. Replay from the oldest that is kept, and look at what was missed."));
            return new((await WebhookRows.FindAsync(connection, id, member, lockIt: false, http.RequestAborted))!);
        });
    }

    public async Task<IResult> ListAsync(HttpContext http)
    {
        if (!RequestContext.Parse(http, WebhookRoutes.Listed).Is(out var act, out var faults)) return Answers.Invalid(faults);
        List<Webhook> all;
        await using (var connection = await database.OpenConnectionAsync(http.RequestAborted))
            all = await WebhookRows.ListAsync(connection, act.Caller.Member, http.RequestAborted);
        await audit.AppendAsync(act.Entry("done", clock.GetUtcNow()), [], http.RequestAborted);
        return Answers.Json(new WebhookList([.. all.Select(w => Wire(w, null))]), LiaisonJson.Default.WebhookList);
    }

    public async Task<IResult> DeadAsync(HttpContext http, Guid id)
    {
        if (!RequestContext.Parse(http, WebhookRoutes.DeadRead).Is(out var act, out var faults)) return Answers.Invalid(faults);
        act = act with { Records = [id] };
        List<Delivery>? dead = null;
        await using (var connection = await database.OpenConnectionAsync(http.RequestAborted))
        {
            if (await WebhookRows.FindAsync(connection, id, act.Caller.Member, lockIt: false, http.RequestAborted) is not null)
                dead = await WebhookRows.DeadAsync(connection, id, 500, http.RequestAborted);
        }

        await audit.AppendAsync(act.Entry(dead is null ? WebhookRoutes.Unknown.Code : "done", clock.GetUtcNow()), [], http.RequestAborted);
        return dead is null ? Answers.Problem(Unknown()) : Answers.Json(new DeadEvents([.. dead.Select(d => new DeadEvent(
            d.Told.Event.Id, d.Told.Event.Type, d.Told.Event.Subject, d.Told.Event.At, d.Attempts, d.LastAnswer))]), LiaisonJson.Default.DeadEvents);
    }

    private Task<IResult> SetAsync(HttpContext http, Guid id, AuditEventKind kind, WebhookState state) => RunAsync(http, kind, id, AuditJson.Empty, async (transaction, _, found) =>
    {
        await WebhookRows.SetStateAsync(transaction.Connection, id, state, null, transaction.At, http.RequestAborted);
        if (state is WebhookState.Ended) await WebhookRows.ForgetAsync(transaction.Connection, id, http.RequestAborted);
        return new(found! with { State = state, Why = null, StateAt = transaction.At });
    });

    /// <param name="id">Of the webhook; null when it is to be made.</param>
    private async Task<IResult> RunAsync(HttpContext http, AuditEventKind kind, Guid? id, AuditJson asked, Func<WriteTransaction, string, Webhook?, Task<Result>> work)
    {
        if (!RequestContext.Parse(http, kind).Is(out var act, out var faults)) return Answers.Invalid(faults);
        act = act with { Asked = asked, Records = id is { } known ? [known] : [] };
        Result result;
        await using (var transaction = await WriteTransaction.BeginAsync(database, clock, http.RequestAborted))
        {
            var found = id is null ? null : await WebhookRows.FindAsync(transaction.Connection, id.Value, act.Caller.Member, lockIt: true, http.RequestAborted);
            result = id is not null && found is null ? new(Unknown()) : await work(transaction, act.Caller.Member, found);
            if (result.Webhook is { } done)
            {
                transaction.Add((act with { Records = [done.Id] }).Entry("done", transaction.At));
                await transaction.CommitAsync(WebhookRoutes.Module, http.RequestAborted);
            }
        }

        if (result.Problem is not { } problem) return Answers.Json(Wire(result.Webhook!, result.Secret), LiaisonJson.Default.Webhook, id is null ? 201 : 200);
        await audit.AppendAsync(act.Refused(problem, clock.GetUtcNow()), [], http.RequestAborted);
        return Answers.Problem(problem);
    }

    private CloudEvent Ping(Webhook webhook) => new FeedEvent(0, new(
        Guid.CreateVersion7(), webhook.Member, "webhooks.ping", clock.GetUtcNow(), webhook.Id.ToString(), "{}")).Wire(frontage.Source, null);

    private List<FieldProblem> Check(WebhookRequest request)
    {
        var problems = new List<FieldProblem>();
        if (request.Url is not { Length: > 0 and <= LongestUrl } url || !calls.MayBe(url))
            problems.Add(new("url", "url", $"An address over https, without name, password or fragment, of at most {LongestUrl} characters."));
        if (request.Types is { } types && (types.Count > MostTypes || types.Any(t => t is not { Length: > 0 and <= LongestType } || t.Any(c => !char.IsAsciiLetter(c) && c != '.'))))
            problems.Add(new("types", "types", $"At most {MostTypes} types of events, such as those that the feed shows."));
        return problems;
    }

    private static Problem Unknown() => WebhookRoutes.Unknown.With("Your member has no webhook of this id.");

    private static Api.Events.Webhook Wire(Webhook webhook, string? secret) => new()
    {
        Id = webhook.Id, Url = webhook.Url, Types = webhook.Types, State = WebhookRows.Code(webhook.State), Since = webhook.StateAt, Why = webhook.Why,
        Waiting = webhook.Waiting, Dead = webhook.Dead, Secret = secret,
    };

    /// <summary>What came of an act: the webhook after it, or why not.</summary>
    private sealed record Result(Webhook? Webhook, string? Secret, Problem? Problem)
    {
        public Result(Webhook webhook, string? secret = null)
            : this(webhook, secret, null)
        {
        }

        public Result(Problem problem)
            : this(null, null, problem)
        {
        }
    }
}

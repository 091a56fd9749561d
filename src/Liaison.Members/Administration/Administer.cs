using System.Text.Json;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Members.Storage;
using Liaison.Members.Tokens;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.Administration;

/// <summary>
/// Runs the acts of administrators: an ordinary one at once, a dangerous one when a second administrator approves it. Each is one change set
/// with its audit entry and the word to the nodes.
/// </summary>
internal sealed class Administer(Writes writes, AccessFollower follower, ICallers callers, IEnumerable<AdminAct> acts)
{
    public async Task<IResult> RunAsync<T>(HttpContext http, AdminAct<T> act)
        where T : class
    {
        var body = await RequestBody.ReadAsync(http, act.Body);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        // Here once and not in every field of every act: no text of PostgreSQL holds it, and JSON has no other way to write it.
        if (body.Bytes.AsSpan().IndexOf("\\u0000"u8) >= 0) return Answers.Problem(PlatformProblems.MalformedBody, "A text holds the character NUL. Leave it out.");
        if (!RequestContext.Parse(http, act.Event).Is(out var done, out var faults)) return Answers.Invalid(faults);
        var request = act.Complete(body.Value!, done.Caller);
        if (act.Check(request) is { Count: > 0 } problems) return Answers.Invalid(problems);

        if (act.AnswersSecret && RefuseKey(http) is { } kept) return kept;
        done = done with { Asked = act.Asked(request) };
        return await writes.RunAsync(http, body.Bytes, follower, done, async (transaction, cancellation) =>
        {
            var work = new AdminWork(transaction, done.Caller, done.Caller.Account, http.RequestServices, cancellation);
            if (await act.RefuseAsync(work, request) is { } refused) return new WriteResult.Refused(refused);
            if (!await act.IsDangerousAsync(work, request)) return await ApplyAsync(work, done, await act.ApplyAsync(work, request), "done");
            if (work.RefuseStale() is { } stale) return new WriteResult.Refused(stale);
            if (await FirstAdministrator.MayAloneAsync(work, act, request))
                return await ApplyAsync(work, done, await act.ApplyAsync(work, request), "doneAlone");
            var needs = http.GetEndpoint()!.Metadata.GetRequiredMetadata<RouteRule>().Permission.Code;
            return await AskAsync(work, done, act, JsonSerializer.SerializeToElement(request, act.Body), needs);
        });
    }

    /// <summary>The second administrator decides.</summary>
    public async Task<IResult> DecideAsync(HttpContext http)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.ApprovalDecision);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (RefuseKey(http) is { } kept) return kept;
        if (body.Value is not { Id: { } id, Decision: { } decision and ("approved" or "refused") })
            return Answers.Invalid([new("decision", "decision", "Give the id of a request and as decision approved or refused.")]);
        if (!RequestContext.Parse(http, MemberEvents.ApprovalDecided).Is(out var done, out var faults)) return Answers.Invalid(faults);
        done = done with { Records = [id], Asked = AuditJson.Of(("decision", decision)) };
        return await writes.RunAsync(http, body.Bytes, follower, done, async (transaction, cancellation) =>
        {
            var (waiting, problem) = await Approvals.LockAsync(transaction, id, done.Caller, decision, cancellation);
            if (waiting is null) return new WriteResult.Refused(problem!);
            var work = new AdminWork(transaction, done.Caller, waiting.Approval.AskedBy, http.RequestServices, cancellation);
            var told = done with { Asked = Told(waiting.Approval, decision) };
            if (work.RefuseStale() is { } stale) return new WriteResult.Refused(stale);
            return waiting.OfMember is { } member ? await DecideForModuleAsync(work, told, waiting.Approval, member, decision)
                : await DecideAsync(work, told, waiting, decision);
        });
    }

    /// <summary>An act of the administration: what is approved is done at once.</summary>
    private async Task<WriteResult> DecideAsync(AdminWork work, Act told, Waiting waiting, string decision)
    {
        var (asked, act) = (waiting.Approval, acts.Single(a => a.Code == waiting.Approval.Act));
        if (await act.RefuseAsync(work, asked.Body) is { } notYours) return new WriteResult.Refused(notYours);
        // Two answer for it: who could not ask for it now has not asked.
        if (decision == "approved" && (await callers.OfAccountAsync(asked.AskedBy, work.Cancellation) is not { } asker
            || await act.RefuseAsync(work with { Caller = asker }, asked.Body) is not null))
            return new WriteResult.Refused(Approvals.AskerMayNot(asked));
        if (decision == "approved" && waiting.Stands is { } stood && await act.StandsAsync(work, asked.Body) != stood)
        {
            return new WriteResult.Refused(MemberProblems.ChangedSince.With(
                $"What {asked.AskedBy} saw when asking is not what stands now. Refuse this, look at what stands, and have it asked for anew if it is still wanted."));
        }

        var result = decision == "approved" ? await act.ApplyAsync(work, asked.Body) : (AdminResult?)null;
        if (result?.Problem is { } changed) return new WriteResult.Refused(changed);
        var decided = await Approvals.DecideAsync(work.Transaction, asked, work.Caller.Account, decision, work.Cancellation);
        work.Transaction.Add(told.Entry(decision, work.Transaction.At));
        if (result is not { } applied) return Done(decided, null);
        await ForgetAsync(work, applied);
        work.Transaction.Add((told with { Kind = act.Event }).Entry("done", work.Transaction.At));
        using var now = JsonDocument.Parse(applied.Body);
        return Done(decided, now.RootElement.Clone());
    }

    /// <summary>A request of another module, which looks by itself what was decided. Only the member that it concerns decides, not even the secretariat.</summary>
    private static async Task<WriteResult> DecideForModuleAsync(AdminWork work, Act told, Approval asked, string member, string decision)
    {
        if (work.RefuseUnit() is { } unit) return new WriteResult.Refused(unit);
        if (work.Caller.Member != member)
            return new WriteResult.Refused(MemberProblems.OtherMember.With($"It concerns records of {member}: an administrator of {member} decides."));
        var decided = await Approvals.DecideAsync(work.Transaction, asked, work.Caller.Account, decision, work.Cancellation);
        work.Transaction.Add(told.Entry(decision, work.Transaction.At));
        return Done(decided, null);
    }

    /// <summary>The asker, and nobody else, gets the one-time link that came of an approval; once.</summary>
    public async Task<IResult> CollectAsync(HttpContext http)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.LinkRequest);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (RefuseKey(http) is { } kept) return kept;
        if (body.Value is not { Id: { } id }) return Answers.Invalid([new("id", "required", "Give the id of what was approved.")]);
        if (!RequestContext.Parse(http, MemberEvents.LinkCollected).Is(out var done, out var faults)) return Answers.Invalid(faults);
        done = done with { Records = [id] };
        return await writes.RunAsync(http, body.Bytes, follower, done, async (transaction, cancellation) =>
        {
            if (await Approvals.FindAsync(transaction, id, cancellation) is not { Approval: var asked } waiting || asked.AskedBy != done.Caller.Account
                || acts.SingleOrDefault(a => a.Code == asked.Act) is not { AnswersSecret: true } act)
                return new WriteResult.Refused(MemberProblems.UnknownApproval.With("Nothing that you asked for, and that gives a link, has this id."));
            if (asked.Decision != "approved")
                return new WriteResult.Refused(MemberProblems.NotApproved.With(asked.Decision is null ? "A second administrator has not decided yet." : "It was refused."));
            if (waiting.CollectedAt is not null || asked.DecidedAt + AccountRules.InvitationLasts <= transaction.At)
                return new WriteResult.Refused(MemberProblems.AlreadyDecided.With("The link was given once, or its time is over. Ask for a new one: liaison account invite."));
            var work = new AdminWork(transaction, done.Caller, asked.AskedBy, http.RequestServices, cancellation);
            if ((work.RefuseStale() ?? await act.RefuseAsync(work, asked.Body)) is { } notYours) return new WriteResult.Refused(notYours);
            var (account, problem) = await AccountRules.InviteAsync(work, asked.Body.GetProperty("name").GetString()!);
            if (account is null) return new WriteResult.Refused(problem!);
            await Approvals.CollectedAsync(transaction, id, cancellation);
            transaction.Add((done with { Asked = AuditJson.Of(("name", account.Name)) }).Entry("done", transaction.At));
            return new WriteResult.Done(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(account, LiaisonJson.Default.Account), null, null);
        });
    }

    /// <summary>An answer is kept with its key for a day: one that holds a secret must not be.</summary>
    private static IResult? RefuseKey(HttpContext http) => http.Request.Headers.ContainsKey(Headers.IdempotencyKey)
        ? Answers.Invalid([new(Headers.IdempotencyKey, "idempotencyKey", "Leave it out here: the answer may hold a secret, and is not kept.")])
        : null;

    private static AuditJson Told(Approval waiting, string decision) =>
        AuditJson.Of(("act", waiting.Act), ("askedBy", waiting.AskedBy), ("decision", decision), ("request", Approvals.WithoutKeys(waiting.Body)));

    private static WriteResult.Done Done(Approval approval, JsonElement? result) =>
        new(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(approval with { Result = result }, LiaisonJson.Default.Approval), null, null);

    private static async Task<WriteResult> ApplyAsync(AdminWork work, Act done, AdminResult result, string outcome)
    {
        if (result.Problem is { } problem) return new WriteResult.Refused(problem);
        await ForgetAsync(work, result);
        work.Transaction.Add(done.Entry(outcome, work.Transaction.At));
        return new WriteResult.Done(StatusCodes.Status200OK, result.Body, null, null);
    }

    private static async Task<WriteResult> AskAsync(AdminWork work, Act done, AdminAct act, JsonElement body, string needs)
    {
        var stands = await act.StandsAsync(work, body);
        var waiting = await Approvals.AskAsync(work.Transaction, act.Code, body, done.Caller.Account, needs, stands, work.Cancellation);
        work.Transaction.Add((done with { Records = [waiting.Id] }).Entry("awaitsApproval", work.Transaction.At));
        return new WriteResult.Done(StatusCodes.Status202Accepted, JsonSerializer.SerializeToUtf8Bytes(waiting, LiaisonJson.Default.Approval), null, null);
    }

    private static Task ForgetAsync(AdminWork work, AdminResult result) => result.Forget is null ? Task.CompletedTask
        : AccessChanges.ForgetAsync(work.Transaction, result.Forget == AdminResult.Everybody ? null : result.Forget, work.Cancellation);
}

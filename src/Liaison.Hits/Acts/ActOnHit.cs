using System.Text.Json;
using Liaison.Api;
using Liaison.Hits.Domain;
using Liaison.Hits.Storage;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;

namespace Liaison.Hits.Acts;

/// <summary>What a party does with a hit: the owner answers and closes, an asker says what came of it, the secretariat looks after what is unanswered.</summary>
internal sealed class ActOnHit(Writes writes, HitChanges changes, KnownMembers members)
{
    private static readonly HitAct[] OfOwners = [HitAct.Acknowledge, HitAct.Confirm, HitAct.Deny, HitAct.Withdraw];
    private static readonly HitAct[] OfSecretariats = [HitAct.Acknowledge, HitAct.Remind];

    public async Task<IResult> AnswerAsync(HttpContext http, Guid id)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.HitAnswerRequest);
        return body.Problem is { } malformed ? Answers.Problem(malformed)
            : await RunAsync(http, body.Bytes, new(id, HitParty.Owner, HitEvents.Answered, body.Value!.Note) { Code = body.Value.Act, Known = OfOwners });
    }

    public async Task<IResult> OutcomeAsync(HttpContext http, Guid id)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.HitOutcomeRequest);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        return HitBodies.CheckCode("outcome", body.Value!.Outcome, HitCodes.Outcomes) is { } unknown ? Answers.Invalid([unknown])
            : await RunAsync(http, body.Bytes, new(id, HitParty.Asker, HitEvents.OutcomeGiven, body.Value.Note)
            {
                Code = HitAct.GiveOutcome.Code(), Known = [HitAct.GiveOutcome], Outcome = body.Value.Outcome,
            });
    }

    public async Task<IResult> CloseAsync(HttpContext http, Guid id)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.HitClosureRequest);
        return body.Problem is { } malformed ? Answers.Problem(malformed)
            : await RunAsync(http, body.Bytes, new(id, HitParty.Owner, HitEvents.Closed, body.Value!.Note) { Code = HitAct.Close.Code(), Known = [HitAct.Close] });
    }

    public async Task<IResult> CareAsync(HttpContext http, Guid id)
    {
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.HitCareRequest);
        return body.Problem is { } malformed ? Answers.Problem(malformed)
            : await RunAsync(http, body.Bytes, new(id, HitParty.Secretariat, HitEvents.LookedAfter, body.Value!.Note) { Code = body.Value.Act, Known = OfSecretariats });
    }

    private async Task<IResult> RunAsync(HttpContext http, byte[] body, Intent intent)
    {
        FieldProblem?[] problems = [HitBodies.CheckCode("act", intent.Code, [.. intent.Known.Select(a => a.Code())]), HitBodies.CheckNote(intent.Note)];
        if (problems.OfType<FieldProblem>().ToArray() is { Length: > 0 } wrong) return Answers.Invalid(wrong);
        if (http.Request.Headers.IfMatch.Count != 1)
            return Answers.Problem(PlatformProblems.VersionRequired, "Read the hit and send its ETag as If-Match, so that nothing that was said meanwhile is passed over.");
        if (!RequestContext.Parse(http, intent.Kind).Is(out var act, out var faults)) return Answers.Invalid(faults);
        act = act with { Records = [intent.Id], Asked = AuditJson.Of(("act", intent.Code), ("outcome", intent.Outcome)) };
        var version = http.Request.Headers.IfMatch.ToString();
        return await writes.RunAsync(http, body, changes, act, (transaction, cancellation) => DoAsync(http, transaction, act, intent, version, cancellation));
    }

    private async Task<WriteResult> DoAsync(
        HttpContext http, WriteTransaction transaction, Platform.Audit.Act act, Intent intent, string version, CancellationToken cancellation)
    {
        var file = await HitStore.FindAsync(transaction.Connection, intent.Id, lockIt: true, cancellation);
        if (file is null || HitView.Of(act.Caller, file, intent.Id) is not { } view)
            return Refused(HitProblems.Unknown, "No hit of your member has this id.");
        // A carrier is told whom to ask; what comes of it is between the police.
        if (view.Party != intent.Party || act.Caller.MemberKind is MemberKind.Carrier) return Refused(HitProblems.NotYours, $"You are the {view.Party.Code()} of this hit.");
        if (version != view.ETag) return Refused(PlatformProblems.VersionConflict, $"The hit is at version {view.Version}. Read it, look, and send that ETag.");
        var what = HitCodes.Read<HitAct>(intent.Code)!.Value;
        var step = HitRules.Next(view.State, what, view.Party);
        if (step.Refusal is { } refusal) return Refused(refusal, $"It is {view.State.Code()}.");

        var changed = what is HitAct.GiveOutcome
            ? HitSteps.WithOutcome(file, view.Id, intent.Outcome!, intent.Note, transaction.At)
            : view.Party is HitParty.Secretariat ? HitSteps.Cared(file, what) : HitSteps.After(file, step.To, transaction.At);
        var writing = new HitWrites(transaction.Connection);
        writing.Update(file, changed);
        writing.Insert(changed.Case.Id, new(changed.Case.Version, transaction.At, intent.Code!, changed.Case.State, act.Caller.Member, act.Caller.Account,
            view.Asker?.Hit.Id, intent.Note));
        await writing.RunAsync(cancellation);
        transaction.Add(act.Entry("done", transaction.At), HitNews.Of(file.Case, changed.Case, intent.Code!, view.Asker?.Hit.Id, transaction.At));
        var after = view.After(changed);
        var wire = WireHit.Of(after, await HitStore.EntriesAsync(transaction.Connection, changed.Case.Id, cancellation), members, HitTexts.For(http));
        return new WriteResult.Done(StatusCodes.Status200OK, JsonSerializer.SerializeToUtf8Bytes(wire, LiaisonJson.Default.Hit), after.ETag, null);
    }

    private static WriteResult.Refused Refused(ProblemKind kind, string detail) => new(kind.With(detail));

    /// <summary>What somebody sets out to do with a hit.</summary>
    /// <param name="Id">Of the hit, or of the case.</param>
    /// <param name="Party">As which it may be done.</param>
    /// <param name="Kind">For the audit.</param>
    /// <param name="Note">In words.</param>
    private sealed record Intent(Guid Id, HitParty Party, AuditEventKind Kind, string? Note)
    {
        /// <summary>Of the act.</summary>
        public required string? Code { get; init; }

        public required HitAct[] Known { get; init; }

        public string? Outcome { get; init; }
    }
}

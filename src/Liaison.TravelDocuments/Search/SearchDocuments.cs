using Liaison.Api;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Telemetry;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Http;

namespace Liaison.TravelDocuments.Search;

/// <summary>
/// "Is this travel document reported?" parse → match → read → decide → audit → answer. Almost every answer is notKnown and never touches
/// the records; no answer leaves before its audit entry is durable.
/// </summary>
internal sealed class SearchDocuments(
    DocumentIndex index, CandidateRecords candidates, Remembering remembering, AuditWriter audit, HubMetrics metrics, TimeProvider clock)
{
    private static readonly Dictionary<long, StoredDocument> Nothing = [];

    public async Task<IResult> HandleAsync(HttpContext http)
    {
        var caller = Caller.Of(http);
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.SearchRequest);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        if (CarrierRules.Refuse(caller, body.Value!) is { Count: > 0 } notForCarriers) return Answers.Invalid(notForCarriers);
        var now = clock.GetUtcNow();
        if (!SearchQuestionParser.Parse(body.Value!, caller.DefaultPurpose, now).Is(out var question, out var problems))
            return Answers.Invalid(problems);
        if (AccessDecision.Refuse(caller, TravelDocumentPermissions.Search, question.Purpose, now) is { } refusal)
            return await DenyAsync(caller, question, refusal, now, http.RequestAborted);
        if (!index.IsComplete) return Answers.Problem(PlatformProblems.Unavailable, index.WhyNotReady ?? "");

        var (asOf, isStale) = (index.AsOf, index.IsStale);
        var proposals = Proposals.Ask(index, question);
        var records = proposals.Records.Count == 0 ? Nothing : await candidates.ReadAsync(proposals.Records, http.RequestAborted);
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (proposals.More) proposals = await candidates.EnoughAsync(caller, question, proposals, records, today, http.RequestAborted);
        var outcome = candidates.Decide(caller, question, proposals, records, today);

        var entry = Entry(caller, outcome, now);
        var kept = remembering.Of(question, entry.Id, entry.At, asOf.Position);
        await audit.AppendAsync(new AuditedEntry(entry, outcome.Events(entry.Id, entry.At), kept), http.RequestAborted);
        metrics.Searched(index.Name, outcome.Answer);
        return Answers.Json(outcome.ToAnswer(entry.Id, asOf, isStale), LiaisonJson.Default.SearchAnswer);
    }

    private async Task<IResult> DenyAsync(
        Caller caller, SearchQuestion question, Refusal refusal, DateTimeOffset now, CancellationToken cancellation)
    {
        var act = new Act(caller, TravelDocumentEvents.Searched)
        {
            Purpose = question.Purpose, Reference = question.Reference, Subject = question.Number.Key.Text, Asked = AskedJson.Of(question),
        };
        await audit.AppendAsync(act.Denied(refusal.Rule, now), [], cancellation);
        return Answers.Problem(refusal.Problem);
    }

    private static AuditEntry Entry(Caller caller, Outcome outcome, DateTimeOffset now) =>
        AuditEntry.Of(caller, TravelDocumentEvents.Searched, outcome.Answer, now) with
        {
            Purpose = outcome.Question.Purpose,
            Reference = outcome.Question.Reference,
            OnBehalfOf = outcome.Question.OnBehalfOf,
            Place = outcome.Question.Place,
            OccurredAt = outcome.Question.OccurredAt,
            Subject = outcome.Question.Number.Key.Text,
            Asked = AskedJson.Of(outcome.Question).Text,
            Records = [.. outcome.Records],
        };
}

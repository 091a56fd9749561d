using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Issuers;
using Liaison.Matching;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Outbox;
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
    DocumentIndex index, DocumentStore store, AuditWriter audit, HubMetrics metrics, TimeProvider clock)
{
    private const int MostWithIssuer = 100;
    private const int MostWithoutIssuer = 10;

    /// <summary>More than is ever listed, because records that no longer answer are dropped only after they were read.</summary>
    private const int MostCandidates = 1000;

    /// <summary>An issuer was given that is no code, only like one: no packed code has this value, so that nothing matches it exactly.</summary>
    private const ushort NoSuchIssuer = ushort.MaxValue;

    public async Task<IResult> HandleAsync(HttpContext http)
    {
        var caller = Caller.Of(http);
        var body = await RequestBody.ReadAsync(http, LiaisonJson.Default.SearchRequest);
        if (body.Problem is { } malformed) return Answers.Problem(malformed);
        var now = clock.GetUtcNow();
        if (!SearchQuestionParser.Parse(body.Value!, caller.DefaultPurpose, now).Is(out var question, out var problems))
            return Answers.Invalid(problems);
        if (!index.IsComplete) return Answers.Problem(PlatformProblems.Unavailable, index.WhyNotReady ?? "");

        var (asOf, isStale) = (index.AsOf, index.IsStale);
        var (findings, more) = await FindAsync(question, http.RequestAborted);
        var judged = HitRules.Judge(question, findings, DateOnly.FromDateTime(now.UtcDateTime));
        var most = question.IssuerAsked ? MostWithIssuer : MostWithoutIssuer;
        var shown = judged.Count > most ? [.. judged.Take(most)] : judged;
        var answer = shown.Count == 0 ? "notKnown" : shown[0].IsHit ? "hit" : "possible";

        var entry = Entry(caller, question, answer, shown, now);
        await audit.AppendAsync(entry, [.. shown.Where(j => j.IsHit).Select(j => Hit(caller, entry, j.Stored))], http.RequestAborted);
        metrics.Searched(index.Name, answer);
        return Answers.Json(Answer(question, entry.Id, asOf, answer, shown, more || judged.Count > most, isStale), LiaisonJson.Default.SearchAnswer);
    }

    /// <summary>Asks the index for the number printed and for the one repaired, and reads the records of the candidates.</summary>
    private async Task<(List<Finding> Findings, bool More)> FindAsync(SearchQuestion question, CancellationToken cancellation)
    {
        var (printed, more) = Ask(question, question.Number);
        var found = new Dictionary<long, (Candidate Candidate, bool ByRepair)>();
        if (question.Repaired is { } repaired)
        {
            foreach (var candidate in Ask(question, repaired).Candidates)
            {
                if (candidate.Number is NumberMatch.Exact or NumberMatch.Range) found.TryAdd(candidate.Record, (candidate, true));
            }
        }

        foreach (var candidate in printed)
        {
            // What is on file as printed needs no repair to be found.
            if (candidate.Number is NumberMatch.Exact or NumberMatch.Range) found[candidate.Record] = (candidate, false);
            else found.TryAdd(candidate.Record, (candidate, false));
        }

        if (found.Count == 0) return ([], false);
        var records = await store.FindAllAsync([.. found.Keys], cancellation);
        var byRecord = records.ToDictionary(r => r.Record);
        return ([.. found.Where(f => byRecord.ContainsKey(f.Key))
            .OrderBy(f => f.Value.Candidate.Number).ThenBy(f => f.Key)
            .Select(f => new Finding(f.Value.Candidate, f.Value.ByRepair, byRecord[f.Key]))], more);
    }

    private (IReadOnlyList<Candidate> Candidates, bool More) Ask(SearchQuestion question, DocumentNumber number)
    {
        uint kinds = 0;
        foreach (var kind in question.Kinds) kinds |= 1u << DocumentCodes.KindBit(kind);
        var asked = new Question
        {
            Number = number.Key,
            Issuer = question.Issuer is { } issuer ? IssuingCodes.Pack(issuer) : question.IssuerAsked ? NoSuchIssuer : (ushort)0,
            LookAlikeIssuers = question.LookAlikeIssuers.Select(IssuingCodes.Pack).ToArray(),
            Kinds = kinds,
            Near = question.Near,
        };
        var result = index.Search(asked, MostCandidates);
        return (result.Candidates, result.More);
    }

    private static AuditEntry Entry(Caller caller, SearchQuestion question, string answer, IReadOnlyList<Judgement> shown, DateTimeOffset now) =>
        AuditEntry.Of(caller, TravelDocumentEvents.Searched, answer, now) with
        {
            Purpose = question.Purpose,
            Reference = question.Reference,
            OnBehalfOf = question.OnBehalfOf,
            Place = question.Place,
            OccurredAt = question.OccurredAt,
            Subject = question.Number.Key.Text,
            Asked = AskedJson.Of(question).Text,
            Records = [.. shown.Select(j => j.Stored.Id)],
        };

    private static OutboxEvent Hit(Caller caller, AuditEntry entry, StoredDocument stored) => new(
        Guid.CreateVersion7(entry.At), TravelDocumentEvents.Hit,
        AuditJson.Of(("search", entry.Id), ("record", stored.Id), ("owner", stored.Owner), ("asker", caller.Member)).Text);

    private static SearchAnswer Answer(
        SearchQuestion question, Guid searchId, AsOf asOf, string answer, IReadOnlyList<Judgement> shown, bool more, bool isStale) => new()
    {
        Answer = answer,
        SearchId = searchId,
        AsOf = asOf,
        Stale = isStale,
        Matches = [.. shown.Select(Match)],
        More = more,
        Notes = Notes(question, isStale),
        Mrz = question.Mrz is { } mrz ? MrzAnswer.Of(mrz, question.Kinds) : null,
    };

    private static DocumentMatch Match(Judgement judgement) => new()
    {
        Confidence = judgement.IsHit ? "hit" : "possible",
        Reasons = judgement.Reasons,
        Notes = judgement.Notes,
        Document = WireDocument.Of(judgement.Stored),
        Confirm = $"Ask the National Central Bureau of {judgement.Stored.Owner} to confirm before you act, quoting the record's id.",
    };

    private static List<Explanation> Notes(SearchQuestion question, bool isStale)
    {
        var notes = new List<Explanation>();
        if (isStale) notes.Add(Reason.IndexBehind);
        if (!question.IssuerAsked) notes.Add(Reason.WeakWithoutIssuer);
        if (question.Mrz is { } mrz)
        {
            string[] failed = [.. MrzAnswer.Checks(mrz.Checks).Where(c => c.Value == "invalid").Select(c => c.Key)];
            if (failed.Length > 0) notes.Add(Reason.CheckDigitFailed(failed));
        }

        return notes;
    }
}

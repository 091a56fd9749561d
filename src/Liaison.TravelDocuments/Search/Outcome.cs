using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Outbox;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Search;

/// <summary>What comes of one question: the same whether it is asked alone or among millions.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer"><c>hit</c>, <c>possible</c> or <c>notKnown</c>.</param>
/// <param name="Shown">The matches, strongest first, no more than are listed.</param>
/// <param name="More">True when more records match.</param>
internal sealed record Outcome(SearchQuestion Question, string Answer, IReadOnlyList<Judgement> Shown, bool More)
{
    public const string Hit = "hit", Possible = "possible", NotKnown = "notKnown";

    private const int MostWithIssuer = 100;
    private const int MostWithoutIssuer = 10;

    public IEnumerable<Guid> Records => Shown.Select(j => j.Stored.Id);

    /// <param name="records">Those of the proposals that were read, by internal key.</param>
    /// <param name="today">The day that the rules judge by.</param>
    public static Outcome Decide(
        SearchQuestion question, Proposals proposals, IReadOnlyDictionary<long, StoredDocument> records, DateOnly today)
    {
        var judged = HitRules.Judge(question, proposals.With(records), today);
        var most = question.IssuerAsked ? MostWithIssuer : MostWithoutIssuer;
        var shown = judged.Count > most ? [.. judged.Take(most)] : judged;
        var answer = shown.Count == 0 ? NotKnown : shown[0].IsHit ? Hit : Possible;
        return new(question, answer, shown, proposals.More || judged.Count > most);
    }

    /// <summary>The event of each hit.</summary>
    /// <param name="line">The line of a batch; null for a search of its own.</param>
    public IEnumerable<OutboxEvent> Hits(Caller caller, Guid searchId, DateTimeOffset at, long? line = null) =>
        Shown.Where(j => j.IsHit).Select(j => new OutboxEvent(
            Guid.CreateVersion7(at), TravelDocumentEvents.Hit,
            AuditJson.Of(("search", searchId), ("line", line), ("record", j.Stored.Id), ("owner", j.Stored.Owner), ("asker", caller.Member)).Text));

    public SearchAnswer ToAnswer(Guid searchId, AsOf asOf, bool isStale) => new()
    {
        Answer = Answer,
        SearchId = searchId,
        AsOf = asOf,
        Stale = isStale,
        Matches = [.. Shown.Select(Match)],
        More = More,
        Notes = Notes(Question, isStale),
        Mrz = Question.Mrz is { } mrz ? MrzAnswer.Of(mrz, Question.Kinds) : null,
    };

    private static DocumentMatch Match(Judgement judgement) => new()
    {
        Confidence = judgement.IsHit ? Hit : Possible,
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

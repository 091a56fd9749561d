using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Outbox;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Search;

/// <summary>What comes of one question: the same whether it is asked alone or among millions.</summary>
/// <param name="Asker">Who asks.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer"><c>hit</c>, <c>possible</c> or <c>notKnown</c>.</param>
/// <param name="Shown">The matches, strongest first, no more than are listed.</param>
/// <param name="More">True when more records match.</param>
/// <param name="Silent">Hits that are not there for the asker: nothing but the events to their owners may tell of them.</param>
internal sealed record Outcome(
    Caller Asker, SearchQuestion Question, string Answer, IReadOnlyList<Judgement> Shown, bool More, IReadOnlyList<Judgement> Silent)
{
    public const string Hit = "hit", Possible = "possible", NotKnown = "notKnown";

    private const int MostWithIssuer = 100;
    private const int MostWithoutIssuer = 10;

    public IEnumerable<Guid> Records => Shown.Select(j => j.Stored.Id);

    /// <param name="caller">Who asks.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="proposals">What the index has for it.</param>
    /// <param name="records">Those of the proposals that were read, by internal key.</param>
    /// <param name="today">The day that the rules judge by.</param>
    public static Outcome Decide(
        Caller caller, SearchQuestion question, Proposals proposals, IReadOnlyDictionary<long, StoredDocument> records, DateOnly today)
    {
        // Almost every search ends here.
        if (records.Count == 0) return new(caller, question, NotKnown, [], false, []);
        var (visible, hidden) = (new List<Finding>(), new List<Finding>());
        foreach (var finding in proposals.With(records)) (finding.Stored.IsFor(caller) ? visible : hidden).Add(finding);
        var judged = HitRules.Judge(question, visible, today);
        var most = question.IssuerAsked ? MostWithIssuer : MostWithoutIssuer;
        var shown = judged.Count > most ? [.. judged.Take(most)] : judged;
        var answer = shown.Count == 0 ? NotKnown : shown[0].IsHit ? Hit : Possible;
        // A record that is not there must not say that there is more.
        var more = judged.Count > most || (proposals.More && shown.Count > 0);
        return new(caller, question, answer, shown, more, [.. HitRules.Judge(question, hidden, today).Where(j => j.IsHit)]);
    }

    /// <summary>The event of each hit, and of each that the asker is not told of.</summary>
    /// <param name="line">The line of a batch; null for a search of its own.</param>
    public IEnumerable<OutboxEvent> Hits(Guid searchId, DateTimeOffset at, long? line = null) =>
        Shown.Where(j => j.IsHit).Select(j => (TravelDocumentEvents.Hit, j)).Concat(Silent.Select(j => (TravelDocumentEvents.SilentHit, j)))
            .Select(told => new OutboxEvent(Guid.CreateVersion7(at), told.Item1, AuditJson.Of(
                ("search", searchId), ("line", line), ("record", told.j.Stored.Id), ("owner", told.j.Stored.Owner), ("asker", Asker.Member)).Text));

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

    private DocumentMatch Match(Judgement judgement) => new()
    {
        Confidence = judgement.IsHit ? Hit : Possible,
        Reasons = judgement.Reasons,
        Notes = judgement.Notes,
        Document = WireDocument.For(Asker.Member, judgement.Stored),
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

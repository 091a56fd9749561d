using System.Globalization;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Api.TravelDocuments;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Outbox;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Search;

/// <summary>What comes of one question: the same whether it is asked alone or among millions.</summary>
/// <param name="Asker">Who asks.</param>
/// <param name="Question">The question.</param>
/// <param name="Answer"><c>hit</c>, <c>possible</c> or <c>notKnown</c>; to a carrier <c>refer</c> or <c>notKnown</c>.</param>
internal sealed record Outcome(Caller Asker, SearchQuestion Question, string Answer)
{
    public const string Hit = "hit", Possible = "possible", NotKnown = "notKnown", Refer = "refer";

    private const int MostWithIssuer = 100;
    private const int MostWithoutIssuer = 10;

    /// <summary>By record. Null until the events are made: an id that no event bears would lead nowhere.</summary>
    private Dictionary<Guid, Guid>? hitIds;

    /// <summary>The matches that the asker may read, strongest first, no more than are listed.</summary>
    public IReadOnlyList<Judgement> Shown { get; private init; } = [];

    /// <summary>Where the owner of the first of these is reached; null when it named no desk.</summary>
    public Desk? Desk { get; private init; }

    /// <summary>True when more records match that the asker may read.</summary>
    public bool More { get; private init; }

    /// <summary>Matches of which the asker learns only whom to ask.</summary>
    public IReadOnlyList<Judgement> Sealed { get; private init; } = [];

    /// <summary>Hits for which a carrier is sent to a desk.</summary>
    public IReadOnlyList<Judgement> Referred { get; private init; } = [];

    /// <summary>Hits that are not there for the asker: nothing but the events to their owners may tell of them.</summary>
    public IReadOnlyList<Judgement> Silent { get; private init; } = [];

    /// <summary>When it was asked, of a question whose answer comes later; null of one that is answered at once.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>Those that the asker was shown.</summary>
    public IEnumerable<Guid> Records => Shown.Select(j => j.Stored.Id);

    /// <param name="caller">Who asks.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="proposals">What the index has for it.</param>
    /// <param name="records">Those of the proposals that were read, by internal key.</param>
    /// <param name="today">The day that the rules judge by.</param>
    /// <param name="members">Whose desks a carrier is sent to.</param>
    public static Outcome Decide(Caller caller, SearchQuestion question, Proposals proposals, IReadOnlyDictionary<long, StoredDocument> records,
        DateOnly today, KnownMembers members)
    {
        // Almost every search ends here.
        if (records.Count == 0) return new(caller, question, NotKnown);
        var (visible, hidden) = (new List<Finding>(), new List<Finding>());
        foreach (var finding in proposals.With(records)) (finding.Stored.SightOf(caller) is Sight.Nothing ? hidden : visible).Add(finding);
        var judged = HitRules.Judge(question, visible, today);
        var silent = HitRules.Judge(question, hidden, today).Where(j => j.IsHit).ToArray();
        if (caller.MemberKind is MemberKind.Carrier)
        {
            Judgement[] hits = [.. judged.Where(j => j.IsHit)];
            return new(caller, question, hits.Length > 0 ? Refer : NotKnown)
            {
                Referred = hits, Silent = silent, Desk = hits.Length > 0 ? members.UrgentDesk(hits[0].Stored.Owner) : null,
            };
        }

        // Sealed ones take no place of those that are listed, nor do they count: how many they are is their owners' to say.
        Judgement[] seen = [.. judged.Where(j => j.Stored.SightOf(caller) is Sight.Full)];
        var most = Most(question);
        return new(caller, question, judged.Count == 0 ? NotKnown : judged[0].IsHit ? Hit : Possible)
        {
            Shown = seen.Length > most ? seen[..most] : seen,
            Sealed = [.. judged.Where(j => j.Stored.SightOf(caller) is Sight.Sealed)],
            More = seen.Length > most,
            Silent = silent,
        };
    }

    /// <summary>True when what was read fills an answer, so that nothing weaker can change it.</summary>
    public static bool IsFull(
        Caller caller, SearchQuestion question, Proposals proposals, IReadOnlyDictionary<long, StoredDocument> records, DateOnly today) =>
        proposals.With(records).Count(f => f.Stored.Answers(today) && f.Stored.SightOf(caller) is Sight.Full) > Most(question);

    private static int Most(SearchQuestion question) => question.IssuerAsked ? MostWithIssuer : MostWithoutIssuer;

    /// <summary>
    /// The event of each match, by what the asker was told of it. What the asker is told of gets its id here: under it the hit goes on as a case.
    /// </summary>
    /// <param name="line">The line of a batch; null for a search of its own.</param>
    /// <param name="before">Of a batch: what its lines before made known.</param>
    public IReadOnlyList<OutboxEvent> Events(Guid searchId, DateTimeOffset at, long? line = null, ToldBefore? before = null) =>
        Shown.Count + Sealed.Count + Referred.Count + Silent.Count == 0 ? [] : [.. Told(searchId, at, line, before).Select(told => told.Event)];

    /// <summary>As <see cref="Events"/>, each with its record and whether only the owner is told.</summary>
    public IReadOnlyList<(OutboxEvent Event, StoredDocument Stored, bool IsSilent)> Told(Guid searchId, DateTimeOffset at, long? line, ToldBefore? before = null)
    {
        var events = new List<(OutboxEvent, StoredDocument, bool)>();
        foreach (var judgement in Shown)
        {
            // What is possible in its own records a member judges itself.
            if (judgement.IsHit || judgement.Stored.Owner != Asker.Member)
                Tell(judgement.IsHit || AskedAt is not null ? TravelDocumentEvents.Hit : TravelDocumentEvents.Possible, judgement, null);
        }

        // The owner is told of each; to the asker they are one, or it would learn how many they are.
        foreach (var owner in Sealed.GroupBy(j => j.Stored.Owner)) TellTogether(TravelDocumentEvents.SealedMatch, owner);
        TellTogether(TravelDocumentEvents.Referred, Referred);
        foreach (var judgement in Silent)
        {
            var id = Guid.CreateVersion7(at);
            if (before?.Find(TravelDocumentEvents.SilentHit, judgement, Question, id, searchId) is not null) continue;
            events.Add((new(id, TravelDocumentEvents.SilentHit, Payload(judgement, searchId, line).Text), judgement.Stored, true));
        }

        return events;

        void TellTogether(string type, IEnumerable<Judgement> judgements)
        {
            Guid? first = null;
            foreach (var judgement in judgements)
            {
                var id = Tell(type, judgement, first);
                first ??= id;
            }
        }

        Guid Tell(string type, Judgement judgement, Guid? under)
        {
            var id = Guid.CreateVersion7(at);
            var earlier = before?.Find(type, judgement, Question, id, searchId);
            if (under is null && judgement.Stored.Owner != Asker.Member) (hitIds ??= []).Add(judgement.Stored.Id, earlier?.Id ?? id);
            // Another piece says too what it told of and does not show, or it would be news to its asker when the owner amends it.
            if (earlier is { } same && (same.IsOfPiece || type is TravelDocumentEvents.Hit or TravelDocumentEvents.Possible)) return same.Id;
            events.Add((new(id, type, PayloadOfCase(judgement, searchId, line, under ?? earlier?.Id).Text), judgement.Stored, false));
            return earlier?.Id ?? id;
        }
    }

    private AuditJson Payload(Judgement judgement, Guid searchId, long? line) => AuditJson.Of(
        ("search", searchId), ("line", line), ("record", judgement.Stored.Id), ("owner", judgement.Stored.Owner), ("asker", Asker.Member),
        ("confidence", Confidence(judgement)), ("asked", WhenAsked));

    /// <summary>What comes later is told of as a hit: nobody looks at the document any more, so somebody has to.</summary>
    private string? Confidence(Judgement judgement) => judgement.IsHit || AskedAt is not null ? null : Possible;

    private string? WhenAsked => AskedAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    /// <summary>With what a case needs to know of the asker.</summary>
    /// <param name="under">Of several that are one to the asker, the id that it was given.</param>
    private AuditJson PayloadOfCase(Judgement judgement, Guid searchId, long? line, Guid? under) => AuditJson.Of(
        ("search", searchId), ("line", line), ("record", judgement.Stored.Id), ("owner", judgement.Stored.Owner), ("asker", Asker.Member),
        ("confidence", Confidence(judgement)), ("asked", WhenAsked), ("under", under), ("account", Asker.Account),
        ("unit", Asker.Units.Count > 0 ? Asker.Units[^1].Unit : null), ("reasons", judgement.Reasons.Select(r => r.Code)),
        ("vague", Question.IsVague ? true : null), ("place", Question.Place), ("priority", Question.Priority),
        ("audience", judgement.Stored.Document.Audience?.ToString()),
        ("sealed", judgement.Stored.Document.IsSealed ? true : null));

    private Guid? HitId(Judgement judgement) => hitIds is not null && hitIds.TryGetValue(judgement.Stored.Id, out var id) ? id : null;

    /// <param name="line">The line of a batch; null for a search of its own.</param>
    public SearchAnswer ToAnswer(Guid searchId, AsOf asOf, bool isStale, long? line = null) => Asker.MemberKind is MemberKind.Carrier
        // Apart from what others are answered, so that nothing added there ever comes to a carrier.
        ? new()
        {
            Answer = Answer, SearchId = searchId, AsOf = asOf, Stale = isStale, Matches = [], More = false, Notes = [],
            Refer = Referred.Count == 0 ? null : Referral(Referred[0], Reference(searchId, line)),
        }
        : new()
        {
            Answer = Answer,
            SearchId = searchId,
            AsOf = asOf,
            Stale = isStale,
            Matches = [.. Shown.Select(Match)],
            Sealed = Sealed.Count == 0 ? null : [.. Sealed.DistinctBy(j => j.Stored.Owner).Select(j => Seal(j, Reference(searchId, line)))],
            More = More,
            Notes = Notes(Question, isStale),
            Mrz = Question.Mrz is { } mrz ? MrzAnswer.Of(mrz, Question.Kinds) : null,
        };

    private static string Reference(Guid searchId, long? line) =>
        line is null ? $"{searchId}" : string.Create(CultureInfo.InvariantCulture, $"{searchId}/{line}");

    private Referral Referral(Judgement hit, string reference) => new(hit.Stored.Owner, reference,
        $"Do not carry the holder before you have asked the desk of {hit.Stored.Owner}, quoting the reference.") { Contact = Desk, HitId = HitId(hit) };

    /// <summary>One for each owner, the strongest: how many records match is the owner's to say.</summary>
    private SealedMatch Seal(Judgement judgement, string reference) => new()
    {
        Confidence = judgement.IsHit ? Hit : Possible,
        HitId = HitId(judgement),
        Owner = judgement.Stored.Owner,
        Reasons = [Reason.Sealed],
        Confirm = $"Ask the National Central Bureau of {judgement.Stored.Owner}, quoting the search {reference}.",
    };

    private DocumentMatch Match(Judgement judgement) => new()
    {
        Confidence = judgement.IsHit ? Hit : Possible,
        HitId = HitId(judgement),
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

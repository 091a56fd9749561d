using System.Text.Json;
using Liaison.Hits.Domain;
using Liaison.Hits.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Events;
using Liaison.Platform.Outbox;

namespace Liaison.Hits;

/// <summary>
/// What members are told of hits. The owner learns of its case; who asked learns that its own hit changed and reads what it may: here nothing is decided
/// that <see cref="WireHit"/> decides. Whom the record is not for any more is told of what it still sees: what it does itself, and that the case is over.
/// </summary>
internal sealed class HitFeed(KnownMembers members, ICallers callers)
{
    private static readonly HashSet<string> Types = [HitEvents.CaseOpened, HitEvents.Changed, HitEvents.AskerTold, HitEvents.Message];

    public OutboxSubscription Subscription => new("hits.feed", Types, TakeAsync);

    private async Task TakeAsync(WriteTransaction transaction, IReadOnlyList<OutboxRow> rows, CancellationToken cancellation)
    {
        await members.FilledAsync(cancellation);
        var news = rows.Select(News.Read).ToArray();
        Guid[] toAll = [.. news.Where(n => n.IsForAllAskers).Select(n => n.Case!.Value).Distinct()];
        Guid[] toOne = [.. news.Where(n => n.Hit is not null).Select(n => n.Hit!.Value).Distinct()];
        var askers = await HitStore.AskersAsync(transaction.Connection, toAll, toOne, cancellation);
        var kept = await KeptAsync(askers, cancellation);
        var byCase = askers.ToLookup(a => a.Case);
        await MemberFeed.AddAsync(transaction, [.. news.SelectMany(n => Of(n, byCase, kept))], cancellation);
    }

    /// <summary>The hits of those whom the record is not for any more, as the accounts that asked are today: their units count as well as their member.</summary>
    private async Task<HashSet<Guid>> KeptAsync(IReadOnlyList<FedAsker> askers, CancellationToken cancellation)
    {
        var (kept, known) = (new HashSet<Guid>(), new Dictionary<string, Caller?>());
        foreach (var asker in askers.Where(a => a.Audience is not null))
        {
            if (!known.TryGetValue(asker.Account, out var caller)) known.Add(asker.Account, caller = await callers.OfAccountAsync(asker.Account, cancellation));
            // Of an account that is no more nobody can say what it could see.
            if (caller is null || caller.Member != asker.Member || AccessDecision.Look(caller, asker.Owner, asker.Audience, asker.IsSealed) is Sight.Nothing)
                kept.Add(asker.Hit);
        }

        return kept;
    }

    private IEnumerable<MemberEvent> Of(News news, ILookup<Guid, FedAsker> askers, HashSet<Guid> kept) => news.Row.Type switch
    {
        HitEvents.CaseOpened => [news.ToOwner(("case", news.Case), ("hit", news.Hit)), news.ToAsker(news.Hit!.Value, news.Asker!)],
        HitEvents.Message or HitEvents.AskerTold when (news.IsByOwner || news.Row.Type is HitEvents.AskerTold) && kept.Contains(news.Hit!.Value) => [],
        HitEvents.Message when news.IsByOwner => [news.ToAsker(news.Hit!.Value, news.Asker!, ("message", news.Message))],
        HitEvents.Message => [news.ToOwner(("case", news.Case), ("hit", news.Hit), ("message", news.Message))],
        HitEvents.AskerTold => [news.ToAsker(news.Hit!.Value, news.Asker!)],
        _ => Changed(news, askers, kept),
    };

    private IEnumerable<MemberEvent> Changed(News news, ILookup<Guid, FedAsker> askers, HashSet<Guid> kept)
    {
        (string, object?)[] data = [("case", news.Case), ("hit", news.Hit), ("act", news.Act), ("state", news.State), ("level", news.Level)];
        yield return news.ToOwner(data);
        if (news.Level == HitLevel.Secretariat.Code() && members.Secretariat is { } secretariat && secretariat != news.Owner)
            yield return news.To(secretariat, news.Case!.Value, ("case", news.Case), ("act", news.Act), ("state", news.State));
        if (!news.IsForAskers) yield break;
        foreach (var asker in askers[news.Case!.Value])
        {
            var concerned = news.Hit is null ? news.IsOver || !kept.Contains(asker.Hit) : news.Hit == asker.Hit;
            if (concerned) yield return news.ToAsker(asker.Hit, asker.Member);
        }
    }

    /// <summary>An event of the outbox with what its payload says.</summary>
    private sealed record News(OutboxRow Row)
    {
        public Guid? Case { get; private init; }
        public Guid? Hit { get; private init; }
        public Guid? Message { get; private init; }
        public string? Owner { get; private init; }
        public string? Asker { get; private init; }
        public string? Act { get; private init; }
        public string? State { get; private init; }
        public string? Level { get; private init; }
        public bool IsByOwner { get; private init; }

        /// <summary>The act after which no answer is waited for any more.</summary>
        public bool IsOver { get; private init; }

        /// <summary>What passes between the owner and the hub is nobody else's.</summary>
        public bool IsForAskers => Act is not null && !WireHit.IsBetweenOwnerAndHub(Act);

        public bool IsForAllAskers => Row.Type == HitEvents.Changed && IsForAskers;

        public static News Read(OutboxRow row)
        {
            using var json = JsonDocument.Parse(row.Payload);
            var payload = json.RootElement;
            return new(row)
            {
                Case = Id("case"), Hit = Id("hit"), Message = Id("message"), Owner = Text("owner"), Asker = Text("asker"), Act = Text("act"), State = Text("state"),
                Level = Text("level"), IsByOwner = IsTrue("byOwner"), IsOver = IsTrue("over"),
            };

            bool IsTrue(string name) => payload.TryGetProperty(name, out var value) && value.GetBoolean();
            Guid? Id(string name) => payload.TryGetProperty(name, out var value) ? value.GetGuid() : null;
            string? Text(string name) => payload.TryGetProperty(name, out var value) ? value.GetString() : null;
        }

        public MemberEvent ToOwner(params ReadOnlySpan<(string, object?)> data) =>
            new(Row.Id, Owner!, Row.Type, Row.At, Case.ToString(), AuditJson.Of(data).Text);

        /// <summary>By its own hit alone: the case and its state are told where it is asked for.</summary>
        public MemberEvent ToAsker(Guid hit, string member, params ReadOnlySpan<(string, object?)> data) => To(member, hit, [("hit", hit), .. data]);

        /// <summary>With an id of its own: one event of the outbox is several to those whom it concerns.</summary>
        public MemberEvent To(string member, Guid subject, params ReadOnlySpan<(string, object?)> data) =>
            new(Guid.CreateVersion7(Row.At), member, Row.Type, Row.At, subject.ToString(), AuditJson.Of(data).Text);
    }
}

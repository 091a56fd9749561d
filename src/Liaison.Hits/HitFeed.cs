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
/// that <see cref="WireHit"/> decides.
/// </summary>
internal sealed class HitFeed(KnownMembers members)
{
    private static readonly HashSet<string> Types = [HitEvents.CaseOpened, HitEvents.Changed, HitEvents.AskerTold, HitEvents.Message];

    public OutboxSubscription Subscription => new("hits.feed", Types, TakeAsync);

    private async Task TakeAsync(WriteTransaction transaction, IReadOnlyList<OutboxRow> rows, CancellationToken cancellation)
    {
        await members.FilledAsync(cancellation);
        var news = rows.Select(News.Read).ToArray();
        Guid[] toAll = [.. news.Where(n => n.IsForAllAskers).Select(n => n.Case!.Value).Distinct()];
        var askers = (await HitStore.AskersAsync(transaction.Connection, toAll, cancellation)).ToLookup(a => a.Case, a => (a.Hit, a.Member));
        await MemberFeed.AddAsync(transaction, [.. news.SelectMany(n => Of(n, askers))], cancellation);
    }

    private IEnumerable<MemberEvent> Of(News news, ILookup<Guid, (Guid Hit, string Member)> askers) => news.Row.Type switch
    {
        HitEvents.CaseOpened => [news.ToOwner(("case", news.Case), ("hit", news.Hit)), news.ToAsker(news.Hit!.Value, news.Asker!)],
        HitEvents.Message when news.IsByOwner => [news.ToAsker(news.Hit!.Value, news.Asker!, ("message", news.Message))],
        HitEvents.Message => [news.ToOwner(("case", news.Case), ("hit", news.Hit), ("message", news.Message))],
        HitEvents.AskerTold => [news.ToAsker(news.Hit!.Value, news.Asker!)],
        _ => Changed(news, askers),
    };

    private IEnumerable<MemberEvent> Changed(News news, ILookup<Guid, (Guid Hit, string Member)> askers)
    {
        (string, object?)[] data = [("case", news.Case), ("hit", news.Hit), ("act", news.Act), ("state", news.State), ("level", news.Level)];
        yield return news.ToOwner(data);
        if (news.Level == HitLevel.Secretariat.Code() && members.Secretariat is { } secretariat && secretariat != news.Owner)
            yield return news.To(secretariat, news.Case!.Value, ("case", news.Case), ("act", news.Act), ("state", news.State));
        if (!news.IsForAskers) yield break;
        foreach (var (hit, member) in askers[news.Case!.Value])
        {
            if (news.Hit is null || news.Hit == hit) yield return news.ToAsker(hit, member);
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
                Level = Text("level"), IsByOwner = payload.TryGetProperty("byOwner", out var by) && by.GetBoolean(),
            };

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

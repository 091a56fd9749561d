using Liaison.Api;
using Liaison.Api.Hits;
using Liaison.Api.Members;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Microsoft.Extensions.DependencyInjection;

namespace ApiTests.Hits;

/// <summary>A hub whose clock a test sets forward.</summary>
public sealed class MovedHub(TestCluster cluster) : HubFixture(cluster)
{
    internal MovedClock Moved { get; } = new();

    internal string Spool => SpoolOfFirst;

    /// <summary>Where the first node has its index of kept searches.</summary>
    internal string KeptSearches => First.IndexFolder("keptSearches");

    protected override TimeProvider Clock => Moved;

    /// <summary>What is kept of searches soon fills the memory for it.</summary>
    protected override HitOptions Hits => new() { KeptParts = 2 };

    /// <summary>A file of a few lines is a large one.</summary>
    protected override NodeOptions Node(string nodeFolder) => base.Node(nodeFolder) with { LargeChangeSet = 20 };
}

/// <summary>An owner who does not answer is reminded, then its duty room is told, then the secretariat.</summary>
public sealed class EscalationTests(MovedHub hub) : IClassFixture<MovedHub>
{
    [Fact]
    public async Task The_ladder_is_climbed_step_by_step_once_each_and_the_owner_may_still_answer()
    {
        var (_, id) = await hub.MetAsync("ES0000001");
        await hub.OpenedAsync(id);
        await hub.UntilDispatchedAsync();
        var secretariat = (await hub.As(Callers.Administrator).EventsAsync("latest", null, null, default)).Value!.Cursor;
        var file = (await hub.OwnersAsync(id)).Value!.Id;
        hub.Moved.Move(TimeSpan.FromMinutes(29));
        Assert.Equal(["open"], Acts(await AsOwnerAsync(id, h => h.Events!.Count > 0)));
        hub.Moved.Move(TimeSpan.FromMinutes(2));
        Assert.Equal(["open", "remind"], Acts(await AsOwnerAsync(id, h => h.Events!.Count > 1)));
        // Who asked is not told how its question is gone after at the desk.
        Assert.Equal(["open"], Acts((await hub.As(Callers.Germany).HitAsync(id, null, null, default)).Value!));
        Assert.Equal("unknownHit", (await hub.As(Callers.Administrator).HitAsync(file, null, null, default)).Problem!.Code);

        hub.Moved.Move(TimeSpan.FromMinutes(30));
        var escalated = await hub.UntilAsync(id, Callers.Germany, h => h.Level == "dutyRoom");
        Assert.Equal("open", escalated.State);
        hub.Moved.Move(TimeSpan.FromMinutes(60));
        var lapsed = await hub.UntilAsync(id, Callers.Germany, h => h.State == "unanswered");
        Assert.Equal(("secretariat", null), (lapsed.Level, lapsed.Answer));
        Assert.Equal(["open", "remind", "escalate", "lapse"], Acts((await hub.OwnersAsync(id)).Value!));
        Assert.Equal(3L, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event IN ('hits.reminded', 'hits.escalated', 'hits.lapsed') AND $1 = ANY(records)", file));
        Assert.Equal(3L, await hub.ScalarAsync<long>("SELECT count(*) FROM platform.outbox WHERE type = 'hits.changed' AND payload->>'case' = $1", file.ToString()));

        // Of a case the secretariat is told when it is to care, and before that nothing.
        await hub.UntilDispatchedAsync();
        var told = (await hub.As(Callers.Administrator).EventsAsync(secretariat, null, 500, default)).Value!.Events.Single(e => e.Subject == file.ToString());
        Assert.Equal(("hits.changed", "lapse", "unanswered"), (told.Type, told.Data.GetProperty("act").GetString(), told.Data.GetProperty("state").GetString()));
        Assert.Equal(["act", "case", "state"], told.Data.EnumerateObject().Select(p => p.Name).Order());

        await CareAsync(id, file);
        Assert.Equal("confirmed", (await hub.AnswerAsync(id, "confirm")).Value!.State);
        Assert.Equal("confirmed", (await hub.OpenedAsync(id)).State);
    }

    [Fact]
    public async Task Who_joins_in_a_hurry_hurries_a_case_that_lies_with_the_duty_room()
    {
        var (_, id) = await hub.MetAsync("ES0000041");
        await hub.OpenedAsync(id);
        hub.Moved.Move(TimeSpan.FromMinutes(61));
        await hub.UntilAsync(id, Callers.Germany, h => h.Level == "dutyRoom");
        var hurried = await hub.MetAgainAsync("ES0000041", Callers.France, "immediate");
        Assert.Equal("dutyRoom", (await hub.OpenedAsync(hurried, Callers.France)).Level);
        Assert.Equal("immediate", (await hub.OwnersAsync(hurried)).Value!.Priority);
        // Twenty minutes are twice the time of the one, and far from twice the time of the other.
        hub.Moved.Move(TimeSpan.FromMinutes(21));
        Assert.Equal("secretariat", (await hub.UntilAsync(hurried, Callers.France, h => h.State == "unanswered")).Level);
        Assert.Equal((await hub.OwnersAsync(id)).Value!.Id, (await hub.OwnersAsync(hurried)).Value!.Id);
    }

    [Fact]
    public async Task Nobody_joins_a_case_whose_clock_has_done_all_its_steps()
    {
        var (_, id) = await hub.MetAsync("ES0000051");
        await hub.OpenedAsync(id);
        hub.Moved.Move(TimeSpan.FromHours(3));
        await hub.UntilAsync(id, Callers.Germany, h => h.State == "unanswered");
        Assert.Equal("acknowledged", (await hub.AnswerAsync(id, "acknowledge")).Value!.State);
        var next = await hub.MetAgainAsync("ES0000051", Callers.France);
        Assert.Equal(("open", "desk"), (await hub.OpenedAsync(next, Callers.France)) is var hit ? (hit.State, hit.Level) : default);
        hub.Moved.Move(TimeSpan.FromMinutes(31));
        Assert.Equal(["open", "remind"], Acts(await AsOwnerAsync(next, h => h.Events!.Count > 1)));
    }

    [Fact]
    public async Task Who_waits_is_woken_when_the_secretariat_takes_it_up_and_not_when_it_reminds_the_owner()
    {
        var (_, id) = await hub.MetAsync("ES0000061");
        await hub.OpenedAsync(id);
        hub.Moved.Move(TimeSpan.FromHours(3));
        var unanswered = await hub.UntilAsync(id, Callers.Germany, h => h.State == "unanswered");
        var file = (await hub.OwnersAsync(id)).Value!.Id;
        await CaredAsync("remind");
        Assert.Equal(unanswered.Version, (await hub.OpenedAsync(id)).Version);
        var waiting = hub.As(Callers.Germany).HitAsync(id, 60, unanswered.Version, default);
        await CaredAsync("acknowledge");
        var told = (await waiting).Value!;
        Assert.Equal((unanswered.Version + 1, "acknowledge", "unanswered"), (told.Version, told.Events![^1].Act, told.State));

        async Task CaredAsync(string act)
        {
            var etag = (await hub.As(Callers.Administrator).HitAsync(file, null, null, default)).ETag!;
            var cared = await hub.As(Callers.Administrator).ActOnHitAsync(Routes.HitCare(file), etag, new() { Act = act }, LiaisonJson.Default.HitCareRequest, default);
            Assert.True(cared.Problem is null, cared.Body);
        }
    }

    /// <summary>LIAISON_HIT_JOIN_HOURS, which are 24.</summary>
    [Fact]
    public async Task Who_meets_the_document_later_than_others_may_join_has_a_case_of_its_own()
    {
        var (_, id) = await hub.MetAsync("ES0000071");
        await hub.OpenedAsync(id);
        await hub.AnswerAsync(id, "confirm");
        hub.Moved.Move(TimeSpan.FromHours(23));
        var joins = await hub.MetAgainAsync("ES0000071", Callers.France);
        Assert.Equal("confirmed", (await hub.OpenedAsync(joins, Callers.France)).State);
        hub.Moved.Move(TimeSpan.FromHours(2));
        var later = await hub.MetAgainAsync("ES0000071", Callers.Kingdom);
        Assert.Equal(("open", null), (await hub.OpenedAsync(later, Callers.Kingdom)) is var hit ? (hit.State, hit.Answer) : default);
        Guid[] cases = [(await hub.OwnersAsync(id)).Value!.Id, (await hub.OwnersAsync(joins)).Value!.Id, (await hub.OwnersAsync(later)).Value!.Id];
        Assert.Equal((cases[0], false), (cases[1], cases[0] == cases[2]));
    }

    [Fact]
    public async Task What_became_due_while_nobody_looked_is_made_up_for()
    {
        var (_, id) = await hub.MetAsync("ES0000011");
        await hub.OpenedAsync(id);
        hub.Moved.Move(TimeSpan.FromDays(3));
        await hub.UntilAsync(id, Callers.Germany, h => h.State == "unanswered");
        Assert.Equal(["open", "remind", "escalate", "lapse"], Acts((await hub.OwnersAsync(id)).Value!));
    }

    [Fact]
    public async Task What_is_answered_is_let_alone_closed_by_the_hub_and_removed_in_the_end()
    {
        var (_, id) = await hub.MetAsync("ES0000021");
        await hub.OpenedAsync(id);
        Assert.Equal("confirmed", (await hub.AnswerAsync(id, "confirm")).Value!.State);
        var file = (await hub.OwnersAsync(id)).Value!.Id;
        hub.Moved.Move(TimeSpan.FromDays(29));
        Assert.Equal(["open", "confirm"], Acts((await hub.OwnersAsync(id)).Value!));
        hub.Moved.Move(TimeSpan.FromDays(2));
        Assert.Equal("unknown", (await hub.UntilAsync(id, Callers.Germany, h => h.State == "closed")).Outcome);
        hub.Moved.Move(TimeSpan.FromDays(1096));
        for (var tries = 0; tries < 300 && await hub.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM hits.asker WHERE hit = $1)", id); tries++) await Task.Delay(100);
        Assert.Equal("unknownHit", (await hub.As(Callers.Germany).HitAsync(id, null, null, default)).Problem!.Code);
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'hits.purged' AND $1 = ANY(records)", file));
    }

    [Fact]
    public async Task A_clock_that_can_wait_keeps_the_desks_hours_and_holidays()
    {
        var today = DateOnly.FromDateTime(hub.Moved.GetUtcNow().UtcDateTime);
        var desk = new Desk
        {
            Urgency = "routine", Name = "Office", Contact = "+00 1", Languages = ["en"], TimeZone = "UTC", Hours = "Mon-Sun 00:00-24:00",
            Holidays = [.. Enumerable.Range(0, 3).Select(day => today.AddDays(day).ToString("yyyy-MM-dd", null))],
        };
        var wrong = await hub.As(Callers.UtopiaBureau).AdministerAsync(Routes.Desks, desk with { Hours = "when we like" }, LiaisonJson.Default.Desk, default);
        Assert.Equal("openingHours", wrong.Problem!.Errors!.Single().Code);
        Assert.Null((await hub.As(Callers.UtopiaBureau).AdministerAsync(Routes.Desks, desk, LiaisonJson.Default.Desk, default)).Problem);
        // The node's memory of desks follows within a moment.
        var members = hub.Services.GetRequiredService<KnownMembers>();
        await hub.UntilAsync(() => Task.FromResult(members.RoutineDesk("UTO")?.Holidays is not null), "the node knows the desk");
        var (_, id) = await hub.MetAsync("ES0000031", priority: "routine");
        var hit = await hub.OpenedAsync(id);
        var opens = new DateTimeOffset(today.AddDays(3), default, TimeSpan.Zero);
        Assert.Equal((opens.AddHours(8), "Office"), (hit.DueAt!.Value, hit.Desk!.Name));
        var (_, hurried) = await hub.MetAsync("ES0000032", priority: "immediate");
        Assert.Equal(TimeSpan.FromMinutes(10), (await hub.OpenedAsync(hurried)) is var fast ? fast.DueAt - fast.At : null);
    }

    private async Task CareAsync(Guid id, Guid file)
    {
        var secretariat = hub.As(Callers.Administrator);
        var seen = await secretariat.HitAsync(file, null, null, default);
        Assert.Equal(("secretariat", "unanswered", null, null), (seen.Value!.Role, seen.Value.State, seen.Value.Record, seen.Value.Askers));
        Assert.DoesNotContain("DEU", seen.Body, StringComparison.Ordinal);
        Assert.Contains((await secretariat.HitsAsync("unanswered", null, null, default)).Value!.Items, h => h.Id == file);
        var reminded = await secretariat.ActOnHitAsync(Routes.HitCare(file), seen.ETag!, new() { Act = "remind" }, LiaisonJson.Default.HitCareRequest, default);
        Assert.Equal("unanswered", reminded.Value!.State);
        Assert.Equal("remind", (await hub.OwnersAsync(id)).Value!.Events![^1].Act);
        var confirm = await secretariat.ActOnHitAsync(Routes.HitAnswer(file), reminded.ETag!, new() { Act = "confirm" }, LiaisonJson.Default.HitAnswerRequest, default);
        Assert.Equal("hitNotYours", confirm.Problem!.Code);
    }

    private Task<Hit> AsOwnerAsync(Guid id, Func<Hit, bool> wished) => hub.UntilAsync(id, Callers.Utopia, wished);

    private static string[] Acts(Hit hit) => [.. hit.Events!.Select(e => e.Act)];
}

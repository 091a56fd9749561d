using System.Text.Json;
using ApiTests.CommandLine;
using ApiTests.Hits;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.Events;
using Liaison.Api.TravelDocuments;
using Liaison.Cli;

namespace ApiTests.Events;

/// <summary>What members are told, in order, each its own.</summary>
public sealed class FeedTests(Hits.MovedHub hub) : IClassFixture<Hits.MovedHub>
{
    [Fact]
    public async Task Owner_and_asker_are_told_of_a_hit_each_by_the_id_that_it_knows()
    {
        var (owner, asker, other) = (await LatestAsync(Callers.Utopia), await LatestAsync(Callers.Germany), await LatestAsync(Callers.Kingdom));
        var (_, hit) = await hub.MetAsync("EV0000001");
        await hub.OpenedAsync(hit);
        await hub.AnswerAsync(hit, "confirm", "Take it.");
        await hub.As(Callers.Germany).WriteHitMessageAsync(hit, new() { Text = "Thank you." }, null, default);
        await hub.As(Callers.Utopia).WriteHitMessageAsync(hit, new() { Text = "You are welcome." }, null, default);
        await hub.OutcomeAsync(hit, "documentSeized");
        await hub.UntilDispatchedAsync();
        var file = (await hub.OwnersAsync(hit)).Value!.Id;

        // A test that moves the clock lets other cases lapse.
        CloudEvent[] owners = [.. (await ReadAsync(Callers.Utopia, owner)).Events.Where(e => e.Subject == file.ToString())];
        Assert.Equal(["hits.caseOpened", "hits.changed confirm", "hits.message", "hits.changed giveOutcome"], owners.Select(Word));
        Assert.All(owners, e => Assert.Equal(file, e.Data.GetProperty("case").GetGuid()));
        CloudEvent[] askers = [.. (await ReadAsync(Callers.Germany, asker)).Events.Where(e => e.Subject == hit.ToString())];
        Assert.Equal(["hits.caseOpened", "hits.changed", "hits.message", "hits.changed"], askers.Select(Word));
        Assert.DoesNotContain(file.ToString(), JsonSerializer.Serialize(askers, LiaisonJson.Default.CloudEventArray), StringComparison.Ordinal);
        Assert.DoesNotContain((await ReadAsync(Callers.Kingdom, other)).Events, e => e.Subject == hit.ToString() || e.Subject == file.ToString());
        Assert.Equal(8, owners.Concat(askers).Select(e => e.Id).Distinct().Count());
        Assert.True(await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'events.read' AND account = 'germany'") > 1);
    }

    [Fact]
    public async Task The_form_is_a_batch_of_cloud_events_and_goes_on_at_any_cursor()
    {
        var from = await LatestAsync(Callers.France);
        var (_, hit) = await hub.MetAsync("EV0000011", Callers.France);
        await hub.OpenedAsync(hit, Callers.France);
        for (var i = 0; i < 4; i++) await hub.AnswerAsync(hit, i % 2 == 0 ? "confirm" : "deny");
        await hub.UntilDispatchedAsync();
        using var response = await hub.Http(Callers.France).GetAsync(new Uri($"{Routes.Events}?after={from}&limit=2", UriKind.Relative));
        Assert.Equal("application/cloudevents-batch+json", response.Content.Headers.ContentType!.ToString());
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        // What others of this hub's tests caused may come between.
        var first = json.RootElement.EnumerateArray().First(e => e.TryGetProperty("subject", out _));
        Assert.Equal(["specversion", "id", "source", "type", "time", "subject", "datacontenttype", "data", "cursor"], first.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("1.0", "urn:liaison:hub", "application/json"), (Text("specversion"), Text("source"), Text("datacontenttype")));

        var all = (await ReadAsync(Callers.France, from)).Events;
        Assert.Equal(5, all.Count(e => e.Subject == hit.ToString()));
        string? cursor = from;
        foreach (var expected in all)
        {
            var part = (await hub.As(Callers.France).EventsAsync(cursor, null, 1, default)).Value!;
            Assert.Equal(expected.Id, part.Events.Single().Id);
            Assert.Equal(part.Cursor, part.Events[0].Cursor);
            cursor = part.Cursor;
        }

        string? Text(string name) => first.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Whoever_waits_is_answered_when_something_happens()
    {
        var from = await LatestAsync(Callers.Germany);
        var waiting = hub.As(Callers.Germany).EventsAsync(from, 60, null, default);
        await hub.MetAsync("EV0000021");
        var told = await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.NotEmpty(told.Value!.Events);
        Assert.Contains((await ReadAsync(Callers.Germany, from)).Events, e => e.Type == "hits.caseOpened");
        Assert.Empty((await hub.As(Callers.Germany).EventsAsync("latest", 0, null, default)).Value!.Events);
    }

    [Fact]
    public async Task The_owner_alone_is_told_of_what_the_asker_may_not_know()
    {
        var (owner, asker) = (await LatestAsync(Callers.Utopia), await LatestAsync(Callers.Germany));
        var record = await hub.RecordedAsync(Documents.Stolen("EV0000031") with { Restrictions = new(null, ["FRA"]) });
        Assert.Equal("notKnown", (await hub.FoundAsync(new SearchRequest { Number = "EV0000031", Issuer = "UTO" }, Callers.Germany)).Answer);
        await hub.UntilDispatchedAsync();
        var told = (await ReadAsync(Callers.Utopia, owner)).Events.Single(e => e.Type == "travelDocuments.silentHit");
        Assert.Equal((record.Id, "DEU"), (told.Data.GetProperty("record").GetGuid(), told.Data.GetProperty("asker").GetString()));
        // Hits of before may change meanwhile.
        Assert.All((await ReadAsync(Callers.Germany, asker)).Events, e => Assert.Equal("hits.changed", e.Type));
    }

    [Fact]
    public async Task Who_may_not_see_the_record_any_more_is_told_that_its_question_is_over_and_no_more()
    {
        var (record, hit) = await hub.MetAsync("EV0000061");
        await hub.OpenedAsync(hit);
        var unit = await hub.MetAgainAsync("EV0000061", Callers.BorderPost);
        await hub.OpenedAsync(unit, Callers.BorderPost);
        await hub.As(Callers.Utopia).ChangeAsync(record, "\"1\"", Documents.Stolen("EV0000061") with { Why = "w", Restrictions = new(null, ["FRA/BORDER"]) }, default);
        var (asker, others) = (await LatestAsync(Callers.Germany), await LatestAsync(Callers.France));
        var kept = await hub.OpenedAsync(hit);
        await hub.AnswerAsync(hit, "acknowledge");
        await hub.As(Callers.Utopia).WriteHitMessageAsync(hit, new() { Text = "Not for you." }, null, default);
        // Nobody waits for longer than for what it may see.
        Assert.Equal(kept.Version, (await hub.As(Callers.Germany).HitAsync(hit, 1, kept.Version, default)).Value!.Version);
        var waiting = hub.As(Callers.Germany).HitAsync(hit, 30, kept.Version, default);
        await hub.AnswerAsync(hit, "confirm");
        var over = (await waiting).Value!;
        Assert.Equal("closed", over.State);
        Assert.NotEqual(kept.Version, over.Version);
        await hub.AnswerAsync(hit, "deny");
        await hub.OutcomeAsync(unit, "travellerContinued", Callers.BorderPost);
        await hub.As(Callers.Utopia).WithdrawAsync(record, "\"2\"", new() { Reason = "returnedAndValid" }, default);
        await hub.UntilDispatchedAsync();
        Assert.Equal(over.Version, (await hub.OpenedAsync(hit)).Version);
        Assert.Equal(["hits.changed"], (await ReadAsync(Callers.Germany, asker)).Events.Where(e => e.Subject == hit.ToString()).Select(Word));
        // Its own unit the record is for: acknowledged, confirmed, denied, its own outcome, the record's end.
        Assert.Equal([.. Enumerable.Repeat("hits.changed", 5), "hits.recordEnded"],
            (await ReadAsync(Callers.France, others)).Events.Where(e => e.Subject == unit.ToString()).Select(Word));

        // What it says itself moves its version, and it is told of it.
        asker = await LatestAsync(Callers.Germany);
        var said = (await hub.OutcomeAsync(hit, "documentSeized")).Value!;
        Assert.NotEqual(over.Version, said.Version);
        Assert.Equal((said.Version, "documentSeized"), (await hub.OpenedAsync(hit)) is var own ? (own.Version, own.Outcome) : default);
        await hub.UntilDispatchedAsync();
        Assert.Single((await ReadAsync(Callers.Germany, asker)).Events, e => e.Subject == hit.ToString());
    }

    [Fact]
    public async Task Who_missed_events_is_told_so()
    {
        var first = await LatestAsync(Callers.BorderPost);
        Assert.Equal("cursor", (await hub.As(Callers.Kingdom).EventsAsync("nonsense", null, null, default)).Problem!.Errors!.Single().Code);
        Assert.Equal("eventsGone", (await hub.As(Callers.Kingdom).EventsAsync($"{Guid.NewGuid():N}-0", null, null, default)).Problem!.Code);
        Assert.Equal("eventsGone", (await hub.As(Callers.Kingdom).EventsAsync(first.Split('-')[0] + "-99999", null, null, default)).Problem!.Code);

        var (_, hit) = await hub.MetAsync("EV0000041", Callers.Kingdom);
        await hub.OpenedAsync(hit, Callers.Kingdom);
        await hub.UntilDispatchedAsync();
        Assert.NotEmpty((await ReadAsync(Callers.Kingdom, null)).Events);
        hub.Moved.Move(TimeSpan.FromDays(31));
        for (var tries = 0; tries < 300 && await hub.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM platform.member_event WHERE subject = $1)", hit.ToString()); tries++) await Task.Delay(100);
        Assert.Equal("eventsGone", (await hub.As(Callers.Kingdom).EventsAsync(first.Split('-')[0] + "-0", null, null, default)).Problem!.Code);
        // Who begins anew begins with what is there.
        Assert.Null((await hub.As(Callers.Kingdom).EventsAsync(null, null, null, default)).Problem);
    }

    [Fact]
    public async Task From_the_command_line()
    {
        using var shell = new HubShell(hub.Address, Callers.Germany);
        var from = await LatestAsync(Callers.Germany);
        var (_, hit) = await hub.MetAsync("EV0000051");
        await hub.OpenedAsync(hit);
        await hub.UntilDispatchedAsync();
        Assert.Equal(ExitCode.Done, await shell.RunAsync("events", "follow", "--after", from, "--once"));
        Assert.Contains($"hits.caseOpened  {hit}", shell.Out, StringComparison.Ordinal);
        Assert.StartsWith("Up to here: --after ", shell.Err, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, await shell.RunAsync("events", "follow", "--after", from, "--once", "--json"));
        Assert.Equal(hit.ToString(), JsonSerializer.Deserialize(shell.Out.Split('\n')[0], LiaisonJson.Answers.CloudEvent)!.Subject);
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("events", "follow", "--after", from, "--all"));
    }

    private static string Word(CloudEvent told) => told.Type + (told.Data.TryGetProperty("act", out var act) ? " " + act.GetString() : "");

    private async Task<string> LatestAsync(string who)
    {
        await hub.UntilDispatchedAsync();
        return (await hub.As(who).EventsAsync("latest", null, null, default)).Value!.Cursor;
    }

    private async Task<EventBatch> ReadAsync(string who, string? after)
    {
        var reply = await hub.As(who).EventsAsync(after, null, 500, default);
        Assert.True(reply.Problem is null, reply.Body);
        return reply.Value!;
    }
}

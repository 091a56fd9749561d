using ApiTests.TravelDocuments;
using Liaison.Api.Hits;
using Liaison.Api.TravelDocuments;

namespace ApiTests.Hits;

/// <summary>
/// Two passports, and how each of them ends: docs/how-a-hit-ends.md tells it in words. A traveller shows one at the check-in and at the border; an
/// hour later it is reported stolen. The owner confirms in time. Of the other nobody answers.
/// </summary>
public sealed class HitStoryTests(TestCluster cluster) : HubFixture(cluster)
{
    private const string Late = "HS0000001", Silent = "HS0000002";

    private readonly MovedClock clock = new();

    protected override TimeProvider Clock => clock;

    [Fact]
    public async Task How_a_hit_ends()
    {
        // An airline and an officer of Germany see a passport of Utopia, of which nothing is known.
        var shown = new SearchRequest { Number = Late, Issuer = "UTO", Kind = "passport" };
        Assert.Equal("notKnown", (await this.FoundAsync(shown, Callers.Airline)).Answer);
        Assert.Equal("notKnown", (await this.FoundAsync(shown with { Place = "Kehl" }, Callers.Germany)).Answer);

        // An hour later Utopia reports it stolen. Both are told, each what it may know.
        clock.Move(TimeSpan.FromHours(1));
        var record = await this.RecordedAsync(Documents.Stolen(Late));
        var lead = await this.LeadAsync(record.Id, Callers.Germany);
        Assert.Equal(("delayed", "open", "UTO", record.Id), (lead.Kind, lead.State, lead.Owner, lead.Record));
        Assert.InRange(lead.At!.Value - lead.AskedAt!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(62));
        var referred = await UntilListedAsync(Callers.Airline, h => h.Kind == "referred");
        Assert.Equal((null, "UTO"), (referred.Record, referred.Owner));
        Assert.NotNull(referred.Reference);

        // Utopia sees who asked, where and when, and has an hour.
        var file = (await this.OwnersAsync(lead.Id)).Value!;
        Assert.Equal(file.Id, (await this.OwnersAsync(referred.Id)).Value!.Id);
        Assert.Equal(["AIRWAYS ", "DEU Kehl"], file.Askers!.Select(a => $"{a.Member} {a.Place}").Order());
        Assert.InRange(file.DueAt!.Value - clock.GetUtcNow(), TimeSpan.FromMinutes(58), TimeSpan.FromHours(1));
        clock.Move(TimeSpan.FromMinutes(10));
        Assert.Equal("acknowledged", (await this.AnswerAsync(lead.Id, "acknowledge")).Value!.State);

        // They write to each other; the airline sees nothing of it.
        Assert.Null((await As(Callers.Germany).WriteHitMessageAsync(lead.Id, new() { Text = "The traveller is in the transit zone until 18:00." }, null, default)).Problem);
        Assert.Equal("The traveller is in the transit zone until 18:00.",
            Assert.Single((await As(Callers.Utopia).HitMessagesAsync(lead.Id, default)).Value!.Items).Text);
        Assert.NotNull((await As(Callers.Airline).HitMessagesAsync(lead.Id, default)).Problem);
        await this.UntilDispatchedAsync();
        Assert.Contains((await As(Callers.Utopia).EventsAsync(null, 0, null, default)).Value!.Events, e => e.Type == "hits.message");

        // It confirms inside its time. Germany waits for that and says what came of it; Utopia learns it and closes.
        Assert.Equal("confirmed", (await this.AnswerAsync(lead.Id, "confirm", "Stolen from its holder; seize it.")).Value!.State);
        var told = await this.UntilAsync(lead.Id, Callers.Germany, h => h.State == "confirmed");
        Assert.Contains("Stolen from its holder; seize it.", told.Events!.Select(e => e.Note));
        var carrier = await As(Callers.Airline).HitAsync(referred.Id, null, null, default);
        Assert.Equal("confirmed", carrier.Value!.State);
        Assert.DoesNotContain("seize", carrier.Body, StringComparison.Ordinal);
        Assert.Equal("outcome", (await this.OutcomeAsync(lead.Id, "documentSeized")).Value!.State);
        Assert.Equal(("outcome", "documentSeized"), ((await this.OwnersAsync(lead.Id)).Value!.State,
            (await this.OwnersAsync(lead.Id)).Value!.Askers!.Single(a => a.Member == "DEU").Outcome));
        Assert.Equal("closed", (await this.CloseAsync(lead.Id)).Value!.State);

        await NobodyAnswersAsync();
        await FiguresTellAsync();

        // Each step stands in the audit, and no number in what goes from module to module.
        Assert.Equal(1L, await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'hits.foundLate' AND $1 = ANY(records)", record.Id));
        Assert.Equal(0L, await ScalarAsync<long>("SELECT count(*) FROM platform.outbox WHERE strpos(payload::text, $1) > 0", Late));
    }

    /// <summary>The other passport is a hit at once, and its owner sleeps.</summary>
    private async Task NobodyAnswersAsync()
    {
        var (_, hit) = await this.MetAsync(Silent);
        await this.OpenedAsync(hit);
        clock.Move(TimeSpan.FromMinutes(31));
        await this.UntilAsync(hit, Callers.Utopia, h => h.Events!.Any(e => e.Act == "remind"));
        clock.Move(TimeSpan.FromMinutes(30));
        await this.UntilAsync(hit, Callers.Germany, h => h.Level == "dutyRoom");
        clock.Move(TimeSpan.FromMinutes(60));
        var unanswered = await this.UntilAsync(hit, Callers.Germany, h => h.State == "unanswered");
        Assert.Equal("secretariat", unanswered.Level);
        var lying = Assert.Single((await As(Callers.Administrator).HitsAsync("unanswered", null, null, default)).Value!.Items);
        Assert.Equal(("secretariat", null), (lying.Role, lying.Record));
        Assert.Equal("outcome", (await this.OutcomeAsync(hit, "travellerContinued")).Value!.State);
    }

    private async Task FiguresTellAsync()
    {
        var own = (await As(Callers.Germany).HitFiguresAsync(default)).Value!.Items.ToDictionary(f => f.Reason!);
        Assert.Equal(["delayed", "numberExact"], own.Keys.Order());
        Assert.Equal((1, 1, 0, 0, 1.0), Counts(own["delayed"]));
        Assert.Equal((1, 0, 0, 1, null), Counts(own["numberExact"]));
        Assert.Equal((1, 1), (own["delayed"].Outcomes["documentSeized"], own["numberExact"].Outcomes["travellerContinued"]));
        Assert.InRange(own["delayed"].MedianSeconds!.Value, 600, 720);

        static (long, long, long, long, double?) Counts(HitFigure figure) =>
            (figure.Hits, figure.Confirmed, figure.NotConfirmed, figure.Unanswered, figure.Precision);
    }

    private async Task<Hit> UntilListedAsync(string asker, Func<Hit, bool> wished)
    {
        for (var tries = 0; tries < 300; tries++)
        {
            if ((await As(asker).HitsAsync(null, null, null, default)).Value!.Items.FirstOrDefault(wished) is { } hit) return hit;
            await Task.Delay(50);
        }

        Assert.Fail("No such hit came.");
        return null;
    }
}

namespace ApiTests.Hits;

/// <summary>From the search to the outcome: Utopia owns, others ask.</summary>
public sealed class HitTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_hit_becomes_a_case_that_the_owner_confirms_while_the_asker_waits()
    {
        var (record, id) = await hub.MetAsync("HT0000001");
        var open = await hub.OpenedAsync(id);
        Assert.Equal((id, "asker", "open", 1, "UTO", "hit", record), (open.Id, open.Role, open.State, open.Version, open.Owner, open.Kind, open.Record));
        Assert.Equal((TimeSpan.FromHours(1), "urgent", "desk"), (open.DueAt - open.At, open.Priority, open.Level));
        Assert.Null(open.Askers);

        var waiting = hub.As(Callers.Germany).HitAsync(id, 30, open.Version, default);
        var owners = await hub.OwnersAsync(id);
        Assert.Equal(("owner", "open", record, "DEU", "germany"), (owners.Value!.Role, owners.Value.State, owners.Value.Record, owners.Value.Askers!.Single().Member, owners.Value.Askers![0].Account));
        Assert.False(waiting.IsCompleted);
        Assert.Equal("acknowledged", (await hub.AnswerAsync(id, "acknowledge")).Value!.State);
        Assert.Equal("acknowledged", (await waiting).Value!.State);
        Assert.Equal("confirmed", (await hub.AnswerAsync(id, "confirm", "Take it.")).Value!.State);
        var told = await hub.UntilAsync(id, Callers.Germany, hit => hit.Answer is not null);
        Assert.Equal(("confirmed", "confirmed", "Take it."), (told.State, told.Answer, told.Events![^1].Note));

        Assert.Equal("hitNotNow", (await hub.CloseAsync(id)).Problem!.Code);
        Assert.Equal(("outcome", "documentSeized"), ((await hub.OutcomeAsync(id, "documentSeized")).Value!.State, (await hub.OwnersAsync(id)).Value!.Askers![0].Outcome));
        Assert.Equal("outcome", (await hub.OwnersAsync(id)).Value!.State);
        Assert.Equal("closed", (await hub.CloseAsync(id)).Value!.State);
        Assert.Equal("closed", (await hub.OpenedAsync(id)).State);
        Assert.Equal("hitClosed", (await hub.AnswerAsync(id, "deny")).Problem!.Code);
        Assert.Equal("hitClosed", (await hub.OutcomeAsync(id, "unknown")).Problem!.Code);
        Assert.Equal("hits.opened hits.answered hits.answered hits.outcomeGiven hits.closed", await hub.ScalarAsync<string>("""
            SELECT string_agg(event, ' ' ORDER BY at) FROM audit.entry WHERE event LIKE 'hits.%' AND outcome = 'done' AND event <> 'hits.read'
                AND ($1 = ANY(records) OR (SELECT case_id FROM hits.asker WHERE hit = $1) = ANY(records))
            """, id));
    }
}

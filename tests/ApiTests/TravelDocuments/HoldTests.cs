namespace ApiTests.TravelDocuments;

public sealed class HoldTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task The_owner_holds_and_releases_and_both_are_in_the_history_and_the_audit()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("HD0000001"));
        var owner = hub.As(Callers.Utopia);
        var held = (await owner.HoldAsync(record.Id, new() { Why = "Proceedings" }, default)).Value!;
        Assert.Equal((2, held.ChangedAt), (held.Version, held.HeldSince!.Value));
        Assert.Equal("holdUnchanged", (await owner.HoldAsync(record.Id, new() { Why = "Again" }, default)).Problem!.Code);
        // A change keeps it, and only the owner is shown it.
        var changed = (await owner.ChangeAsync(record.Id, "\"2\"", Documents.Stolen("HD0000001") with { Why = "place", EventPlace = "Zenda" }, default)).Value!;
        Assert.Equal(held.HeldSince, changed.HeldSince);
        Assert.Null((await hub.FoundAsync("HD0000001")).Matches.Single().Document.HeldSince);
        Assert.Null((await owner.ReleaseAsync(record.Id, new() { Why = "Closed" }, default)).Value!.HeldSince);
        Assert.Equal("holdUnchanged", (await owner.ReleaseAsync(record.Id, new() { Why = "Again" }, default)).Problem!.Code);
        Assert.Equal([null, "Proceedings", "place", "Closed"], (await owner.VersionsAsync(record.Id, default)).Value!.Items.Select(v => v.Why));
        Assert.Equal("travelDocuments.held done;travelDocuments.held holdUnchanged;travelDocuments.released done;travelDocuments.released holdUnchanged",
            await hub.ScalarAsync<string>("""
                SELECT string_agg(event || ' ' || outcome, ';' ORDER BY event, outcome) FROM audit.entry
                WHERE records = ARRAY[$1] AND event IN ('travelDocuments.held', 'travelDocuments.released')
                """, record.Id));
    }

    [Fact]
    public async Task It_needs_a_reason_and_the_owner()
    {
        var record = await hub.RecordedAsync(Documents.Stolen("HD0000011"));
        Assert.Equal("whyRequired", (await hub.As(Callers.Utopia).HoldAsync(record.Id, new(), default)).Problem!.Errors.Single().Code);
        Assert.Equal("notIssuingAuthority", (await hub.As(Callers.France).HoldAsync(record.Id, new() { Why = "w" }, default)).Problem!.Code);
        Assert.Equal("unknownRecord", (await hub.As(Callers.Utopia).HoldAsync(Guid.CreateVersion7(), new() { Why = "w" }, default)).Problem!.Code);
        Assert.Equal("unknownRecord", (await hub.As(Callers.Airline).HoldAsync(record.Id, new() { Why = "w" }, default)).Problem!.Code);
    }
}

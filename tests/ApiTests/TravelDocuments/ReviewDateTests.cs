namespace ApiTests.TravelDocuments;

/// <summary>A hub whose clock a test may set forward.</summary>
public sealed class MovedHub(TestCluster cluster) : HubFixture(cluster)
{
    internal MovedClock Moved { get; } = new();

    protected override TimeProvider Clock => Moved;

    /// <summary>After the jump the index first has to see for itself that it is not behind.</summary>
    public async Task MoveAsync(TimeSpan by)
    {
        Moved.Move(by);
        await WaitUntilReadyAsync();
    }
}

public sealed class ReviewDateTests(MovedHub hub) : IClassFixture<MovedHub>
{
    [Fact]
    public async Task A_record_answers_to_its_review_date_and_no_longer_and_is_renewed_by_a_change()
    {
        var today = DateOnly.FromDateTime(hub.Moved.GetUtcNow().UtcDateTime);
        var due = Documents.Stolen("RD000001") with { ReviewDate = $"{today.AddDays(40):yyyy-MM-dd}" };
        var recorded = await hub.RecordedAsync(due);
        var renewed = await hub.RecordedAsync(Documents.Stolen("RD000002") with { ReviewDate = due.ReviewDate });
        Assert.Equal("hit", (await hub.FoundAsync("RD000001")).Answer);

        await hub.MoveAsync(TimeSpan.FromDays(38));
        Assert.Equal("hit", (await hub.FoundAsync("RD000001")).Answer);
        var reply = await hub.As(Callers.Utopia).ChangeAsync(renewed.Id, "\"1\"",
            Documents.Stolen("RD000002") with { ReviewDate = $"{today.AddYears(5):yyyy-MM-dd}", Why = "Still missing" },
            CancellationToken.None);
        Assert.True(reply.Problem is null, reply.Body);

        await hub.MoveAsync(TimeSpan.FromDays(3));
        Assert.Equal("notKnown", (await hub.FoundAsync("RD000001")).Answer);
        Assert.Equal("hit", (await hub.FoundAsync("RD000002")).Answer);

        // The record is still there for its owner, who may renew it late.
        var read = await hub.As(Callers.Utopia).ReadAsync(recorded.Id, CancellationToken.None);
        Assert.Equal(recorded.ReviewDate, read.Value!.ReviewDate);
        await hub.RestartAsync();
        Assert.Equal("notKnown", (await hub.FoundAsync("RD000001")).Answer);
        var late = await hub.As(Callers.Utopia).ChangeAsync(recorded.Id, read.ETag!,
            Documents.Stolen("RD000001") with { Why = "Renewed", ReviewDate = $"{today.AddYears(5):yyyy-MM-dd}" }, CancellationToken.None);
        Assert.True(late.Problem is null, late.Body);
        Assert.Equal("hit", (await hub.FoundAsync("RD000001")).Answer);
    }

    [Fact]
    public async Task A_key_is_remembered_for_a_day()
    {
        var client = hub.As(Callers.Utopia);
        var first = await client.RecordAsync(Documents.Stolen("RD000011"), "day-key", CancellationToken.None);
        await hub.MoveAsync(TimeSpan.FromHours(23));
        Assert.Equal(first.Body, (await client.RecordAsync(Documents.Stolen("RD000011"), "day-key", CancellationToken.None)).Body);
        await hub.MoveAsync(TimeSpan.FromHours(2));
        var other = await client.RecordAsync(Documents.Stolen("RD000012"), "day-key", CancellationToken.None);
        Assert.Equal("RD000012", other.Value?.Number);
    }
}

using System.Text.Json.Nodes;
using ApiTests.TravelDocuments;
using Npgsql;

namespace ApiTests.Members;

/// <summary>A bureau is told, day by day and once, what its units did.</summary>
public sealed class UnitUseTests(TestCluster cluster) : HubFixture(cluster)
{
    private readonly MovedClock clock = new();

    protected override TimeProvider Clock => clock;

    [Fact]
    public async Task A_bureau_is_told_once_a_day_over_all_nodes_what_each_unit_did()
    {
        await using var other = await StartHubAsync();
        // At noon, so that no day ends while the test counts.
        clock.Move(clock.GetUtcNow().Date.AddHours(36) - clock.GetUtcNow().UtcDateTime);
        var day = clock.GetUtcNow().UtcDateTime.Date;
        for (var i = 0; i < 3; i++) await this.FoundAsync(new() { Number = "UU0000001", Issuer = "UTO" }, Callers.BorderPost);
        await this.FoundAsync(new() { Number = "UU0000001", Issuer = "UTO" }, Callers.France);
        await this.FoundAsync(new() { Number = "UU0000001", Issuer = "UTO" }, Callers.Germany);
        Assert.Empty(await ToldAsync(day));

        clock.Move(TimeSpan.FromHours(24));
        var told = Assert.Single(await UntilToldAsync(day));
        Assert.Equal(("FRA", "FRA/BORDER/CDG", 1), (told["member"]!.GetValue<string>(), told["unit"]!.GetValue<string>(), told["accounts"]!.GetValue<int>()));
        Assert.Equal(3, told["use"]!["travelDocuments.searched"]!.GetValue<int>());
        Assert.DoesNotContain("UU0000001", told.ToJsonString(), StringComparison.Ordinal);

        // Nothing on the next two days, then a day of use: each is looked at once.
        clock.Move(TimeSpan.FromDays(2));
        await this.FoundAsync(new() { Number = "UU0000002", Issuer = "UTO" }, Callers.BorderPost);
        clock.Move(TimeSpan.FromDays(1));
        Assert.Single(await UntilToldAsync(day.AddDays(3)));
        Assert.Single(await ToldAsync(day));
        Assert.Empty(await ToldAsync(day.AddDays(1)));
        Assert.Equal(2L, await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE event = 'members.unitUseTold' AND outcome = 'done' AND member = 'FRA'"));
    }

    private async Task<List<JsonNode>> UntilToldAsync(DateTime day)
    {
        var told = await ToldAsync(day);
        for (var tries = 0; tries < 300 && told.Count == 0; tries++)
        {
            await Task.Delay(50);
            told = await ToldAsync(day);
        }

        return told;
    }

    private async Task<List<JsonNode>> ToldAsync(DateTime day)
    {
        await using var connection = new NpgsqlConnection(OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT payload::text FROM platform.outbox WHERE type = 'members.unitUse' AND payload->>'day' = $1", connection)
        {
            Parameters = { new() { Value = $"{day:yyyy-MM-dd}" } },
        };
        await using var row = await command.ExecuteReaderAsync();
        var told = new List<JsonNode>();
        while (await row.ReadAsync()) told.Add(JsonNode.Parse(row.GetString(0))!);
        return told;
    }
}

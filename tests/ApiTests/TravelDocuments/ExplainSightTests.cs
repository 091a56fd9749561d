using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

/// <summary>The owner is told who is kept from its record and by what; what is told agrees with what is answered; nobody else is told anything.</summary>
public sealed class ExplainSightTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Theory]
    [InlineData("not DEU", "DEU", "restricted", "not for DEU")]
    [InlineData("not DEU", "FRA", null, "keeps nothing from FRA")]
    [InlineData("not @EU", "FRA", "restricted", "not for @EU, and FRA belongs to it")]
    [InlineData("not @EU", "GBR", null, "")]
    [InlineData("not FRA/BORDER", "FRA", null, "")]
    [InlineData("not FRA/BORDER", "FRA/BORDER/CDG", "restricted", "not for FRA/BORDER, and FRA/BORDER/CDG belongs to it")]
    [InlineData("only GBR", "DEU", "restricted", "for GBR only")]
    [InlineData("only GBR", "AIRWAYS", "restricted", "")]
    [InlineData("only GBR", "UTO", null, "owns the record")]
    [InlineData("sealed", "FRA", "sealed", "whom to ask")]
    [InlineData("sealed", "UTO", null, "owns the record")]
    [InlineData("ended", "FRA", "ended", "no search finds it")]
    [InlineData("", "AIRWAYS", "carrier", "which desk to ask")]
    [InlineData("", "FRA", null, "")]
    public async Task The_owner_is_told_what_keeps_its_record_from_whom(string how, string of, string? reason, string words)
    {
        var record = await RecordedAsync(how);
        var sight = (await hub.As(Callers.Utopia).SightAsync(record.Id, of, default)).Value!;
        Assert.Equal((of, reason is null, reason), (sight.Of, sight.Visible, sight.Reason));
        Assert.Contains(words, sight.Explanation, StringComparison.Ordinal);
        if (Asker(of) is not { } asker) return;
        var answer = await hub.FoundAsync(new SearchRequest { Number = record.Number, Issuer = "UTO", Kind = "passport" }, asker);
        Assert.Equal(sight.Visible, answer.Matches.Count > 0);
    }

    [Fact]
    public async Task Nobody_else_is_told_more_than_by_reading_the_history()
    {
        var hidden = (await RecordedAsync("not DEU")).Id;
        foreach (var asker in (string[])[Callers.Germany, Callers.France, Callers.Administrator, Callers.Airline])
        {
            foreach (var of in (string[])["DEU", "FRA", "nobody", "@EU", ""])
                Assert.Equal((await hub.As(asker).VersionsAsync(hidden, default)).Problem!.Code, (await hub.As(asker).SightAsync(hidden, of, default)).Problem!.Code);
        }

        Assert.Equal("unknownRecord", (await hub.As(Callers.Germany).SightAsync(hidden, "DEU", default)).Problem!.Code);
        Assert.Equal("notOwner", (await hub.As(Callers.France).SightAsync(hidden, "DEU", default)).Problem!.Code);
        Assert.Equal(0, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM audit.entry WHERE event = 'access.denied' AND account = 'germany' AND records = ARRAY[$1]", hidden));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@EU")]
    [InlineData("NOBODY")]
    [InlineData("FRA//X")]
    public async Task What_is_no_member_and_no_unit_is_refused(string of)
    {
        var reply = await hub.As(Callers.Utopia).SightAsync((await RecordedAsync("")).Id, of, default);
        Assert.Null(reply.Value);
        Assert.Contains("\"of\"", reply.Body, StringComparison.Ordinal);
    }

    private static string? Asker(string of) => of switch
    {
        "DEU" => Callers.Germany, "FRA" => Callers.France, "GBR" => Callers.Kingdom, "FRA/BORDER/CDG" => Callers.BorderPost, _ => null,
    };

    private static int made;

    private async Task<TravelDocument> RecordedAsync(string how)
    {
        var number = $"WY{Interlocked.Increment(ref made):D7}";
        var record = Documents.Stolen(number);
        if (how.StartsWith("not ", StringComparison.Ordinal)) record = record with { Restrictions = new([how[4..]], null) };
        if (how.StartsWith("only ", StringComparison.Ordinal)) record = record with { Restrictions = new(null, [how[5..]]) };
        if (how == "sealed") record = record with { Sealed = true };
        var recorded = await hub.RecordedAsync(record);
        if (how == "ended") Assert.Null((await hub.As(Callers.Utopia).WithdrawAsync(recorded.Id, "\"1\"", new() { Reason = "falseReport" }, default)).Problem);
        return recorded;
    }
}

using System.Text;
using ApiTests.CommandLine;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.Hits;
using Liaison.Cli;
using Liaison.Platform.Data;
using Npgsql;

namespace ApiTests.Hits;

/// <summary>"Tell me when this number appears."</summary>
public sealed class StandingQuestionTests(MovedHub hub) : IClassFixture<MovedHub>
{
    [Fact]
    public async Task Who_let_a_question_stand_is_told_once_when_the_number_is_recorded()
    {
        var question = await AskAsync(Request("SQ0000001"));
        Assert.Equal(("asker", "stands", "DEU", "SQ0000001", "UTO", "Case 12"), (question.Role, question.State, question.Member, question.Number, question.Issuer, question.Reason));
        Assert.Equal("borderControl", question.Purpose);
        Assert.Equal(0L, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM hits.standing_question WHERE position('SQ0000001'::bytea IN question) > 0 OR standing_question::text LIKE '%SQ0000001%'"));
        Assert.Equal("SQ0000001", await hub.ScalarAsync<string>("SELECT subject FROM audit.entry WHERE event = 'hits.questionStands' AND $1 = ANY(records)", question.Id));

        var record = await hub.RecordedAsync(Documents.Stolen("SQ0000001"));
        var lead = await hub.LeadAsync(record.Id, Callers.Germany);
        Assert.Equal("delayed", lead.Kind);
        await hub.OpenedAsync(lead.Id);
        await hub.ChangedAsync(record, r => r with { EventPlace = "Port" });
        await hub.SweptAsync();
        var asker = Assert.Single((await hub.OwnersAsync(lead.Id)).Value!.Askers!);
        Assert.Equal((question.Id, "germany"), (asker.Search, asker.Account));
    }

    [Fact]
    public async Task It_asks_by_the_rules_of_a_search()
    {
        var (range, card, near, hidden) = (await AskAsync(Request("SQ1000150")), await AskAsync(Request("SQ1000151") with { Kind = "identityCard" }),
            await AskAsync(Request("SQ1000900")), await AskAsync(Request("SQ1000700")));
        var blanks = await hub.RecordedAsync(Documents.Blanks("SQ1000100", "SQ1000200"));
        await hub.RecordedAsync(Documents.Stolen("SQ1000901"));
        await hub.RecordedAsync(Documents.Stolen("SQ1000700") with { Restrictions = new(["DEU"], null) });
        await hub.LeadAsync(blanks.Id, Callers.Germany);
        await hub.SweptAsync();
        Assert.Equal(1L, await ToldAsync(range));
        Assert.Equal((0L, 0L), (await ToldAsync(card), await ToldAsync(near)));
        Assert.True(await hub.ScalarAsync<bool>("SELECT bool_and(silent) FROM hits.lead WHERE search = $1", hidden.Id));
    }

    [Fact]
    public async Task It_ends_on_its_last_day_or_when_its_member_ends_it()
    {
        var today = DateOnly.FromDateTime(hub.Moved.GetUtcNow().UtcDateTime).ToString("yyyy-MM-dd", null);
        var (over, ended, stands) = (await AskAsync(Request("SQ2000001") with { Until = today }), await AskAsync(Request("SQ2000002")), await AskAsync(Request("SQ2000003")));
        Assert.Equal("unknownQuestion", (await hub.As(Callers.France).EndStandingAsync(ended.Id, default)).Problem!.Code);
        Assert.Equal("ended", (await hub.As(Callers.Germany).EndStandingAsync(ended.Id, default)).Value!.State);
        Assert.Equal("hitNotNow", (await hub.As(Callers.Germany).EndStandingAsync(ended.Id, default)).Problem!.Code);
        hub.Moved.Move(TimeSpan.FromDays(1));
        await hub.RecordedAsync(Documents.Stolen("SQ2000001"));
        await hub.RecordedAsync(Documents.Stolen("SQ2000002"));
        await hub.LeadAsync((await hub.RecordedAsync(Documents.Stolen("SQ2000003"))).Id, Callers.Germany);
        Assert.Equal((0L, 0L, 1L), (await ToldAsync(over), await ToldAsync(ended), await ToldAsync(stands)));
        var listed = (await hub.As(Callers.Germany).StandingAsync(null, 500, default)).Value!.Items.ToDictionary(q => q.Id, q => q.State);
        Assert.Equal(["ended", "ended", "stands"], [listed[over.Id], listed[ended.Id], listed[stands.Id]]);
    }

    [Fact]
    public async Task Only_the_asker_sees_it_unless_it_said_so_and_never_its_reason()
    {
        var (kept, shown) = (await AskAsync(Request("SQ3000001")), await AskAsync(Request("SQ3000002") with { OwnerVisible = true }));
        var owners = (await hub.As(Callers.Utopia).StandingAsync(null, 500, default)).Value!.Items.Where(q => q.Member == "DEU").ToArray();
        Assert.DoesNotContain(owners, q => q.Id == kept.Id);
        var seen = Assert.Single(owners, q => q.Id == shown.Id);
        Assert.Equal(("owner", "SQ3000002", null), (seen.Role, seen.Number, seen.Reason));
        Assert.DoesNotContain((await hub.As(Callers.France).StandingAsync(null, 500, default)).Value!.Items, q => q.Member == "DEU");
    }

    /// <summary>
    /// The file is committed and was gone through, and is not in the index yet: a search does not find its record, and so somebody lets the question stand.
    /// Its load hangs because it reads versions, which going through does not; that lock is waited for while the merge still holds its own.
    /// </summary>
    [Fact]
    public async Task A_record_that_was_on_its_way_into_the_index_is_told_too()
    {
        await using var loading = new NpgsqlConnection(hub.OwnerConnectionString);
        await using var merging = new NpgsqlConnection(hub.OwnerConnectionString);
        await loading.OpenAsync();
        await merging.OpenAsync();
        await using var held = await merging.BeginTransactionAsync();
        await merging.DoAsync("LOCK TABLE travel_documents.document IN SHARE MODE", default);
        var lines = string.Concat(Enumerable.Range(0, 30).Select(i => $"SQ60000{i:D2},UTO,passport,stolen\n"));
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes("number,issuer,kind,status\n" + lines)) { Headers = { ContentType = new("text/csv") } };
        var job = (await hub.As(Callers.Utopia).ImportAsync(content, null, null, null, null, default)).Value!;
        await hub.MergeWaitsAsync();
        await using var late = await loading.BeginTransactionAsync();
        var locked = loading.DoAsync("LOCK TABLE travel_documents.version IN ACCESS EXCLUSIVE MODE", default);
        await hub.UntilTrueAsync($"SELECT EXISTS ({Imports.Merging} AND pid = ANY (pg_blocking_pids({loading.ProcessID})))");
        await held.CommitAsync();
        await locked;
        await hub.GoneThroughAsync();
        var search = await hub.FoundAsync(new() { Number = "SQ6000017", Issuer = "UTO" }, Callers.Germany);
        Assert.Equal("notKnown", search.Answer);
        // The file is gone through once more for the search, before the question stands: only the question itself can have that done again.
        await MovedUntilToldAsync(search.SearchId);
        var question = await AskAsync(Request("SQ6000017"));
        await late.CommitAsync();
        Assert.Equal("done", (await hub.EndedAsync(job.Id)).Value!.State);
        // What a search finds when it is let stand is not told, although the file is gone through after it.
        Assert.Equal("hit", (await hub.FoundAsync("SQ6000018")).Answer);
        var found = await AskAsync(Request("SQ6000018"));
        await MovedUntilToldAsync(question.Id);
        Assert.Equal((1L, 0L), (await ToldAsync(question), await ToldAsync(found)));

        Task MovedUntilToldAsync(Guid asked) => hub.UntilTrueAsync($"SELECT EXISTS (SELECT FROM hits.lead WHERE search = '{asked}')", between: () => hub.Moved.Move(TimeSpan.FromSeconds(1)));
    }

    /// <summary>A node that has read no records yet does not know what a search finds, so it can say of none that it came later.</summary>
    [Fact]
    public async Task Nothing_is_let_stand_at_a_node_whose_index_is_being_loaded()
    {
        await using var holding = new NpgsqlConnection(hub.OwnerConnectionString);
        await holding.OpenAsync();
        await using var held = await holding.BeginTransactionAsync();
        await holding.DoAsync("LOCK TABLE travel_documents.document IN ACCESS EXCLUSIVE MODE", default);
        await using var other = await hub.StartHubAsync(untilReady: false);
        using var http = new HttpClient { BaseAddress = new Uri(other.Urls.First()) };
        var reply = await new LiaisonClient(http, Callers.Germany).AskStandingAsync(Request("SQ7000001"), null, default);
        Assert.Equal("unavailable", reply.Problem!.Code);
        Assert.Contains("records are being loaded", reply.Problem.Detail, StringComparison.Ordinal);
        await held.CommitAsync();
        await other.StopAsync();
    }

    [Theory]
    [InlineData("", "UTO", "Case 12", 30, "numberRequired")]
    [InlineData("X1", "QQQ", "Case 12", 30, "issuerUnknown")]
    [InlineData("X1", "UTO", " ", 30, "reasonRequired")]
    [InlineData("X1", "UTO", "Case 12", -1, "untilRange")]
    [InlineData("X1", "UTO", "Case 12", 400, "untilRange")]
    public async Task What_is_wrong_with_it_is_said(string number, string issuer, string reason, int days, string code)
    {
        var request = Request(number, days) with { Issuer = issuer, Reason = reason };
        Assert.Equal(code, (await hub.As(Callers.Germany).AskStandingAsync(request, null, default)).Problem!.Errors.Single().Code);
    }

    [Fact]
    public async Task Who_may_not_search_lets_nothing_stand()
    {
        Assert.Equal("permissionMissing", (await hub.As(Callers.Airline).AskStandingAsync(Request("SQ4000001") with { Kind = "passport" }, null, default)).Problem!.Code);
        Assert.Equal("permissionMissing", (await hub.As(Callers.Searcher).AskStandingAsync(Request("SQ4000001"), null, default)).Problem!.Code);
    }

    [Fact]
    public async Task The_command_line_watches_lists_and_ends()
    {
        using var shell = new HubShell(hub.Address, Callers.Germany);
        var until = DateOnly.FromDateTime(hub.Moved.GetUtcNow().UtcDateTime).AddDays(30).ToString("yyyy-MM-dd", null);
        Assert.Equal(ExitCode.Done, await shell.RunAsync("watch", "add", "SQ5000001", "--issuer", "UTO", "--until", until, "--reason", "Case 12"));
        Assert.Contains("WATCHED", shell.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, await shell.RunAsync("watch", "list"));
        Assert.Contains("SQ5000001", shell.Out, StringComparison.Ordinal);
        var id = (await hub.As(Callers.Germany).StandingAsync(null, 1, default)).Value!.Items.Single().Id;
        Assert.Equal(ExitCode.Done, await shell.RunAsync("watch", "end", id.ToString()));
        Assert.Contains("ENDED", shell.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, await shell.RunAsync("watch", "end", id.ToString()));
    }

    private StandingQuestionRequest Request(string number, int days = 30) => new()
    {
        Number = number, Issuer = "UTO", Reason = "Case 12", Until = DateOnly.FromDateTime(hub.Moved.GetUtcNow().UtcDateTime).AddDays(days).ToString("yyyy-MM-dd", null),
    };

    private async Task<StandingQuestion> AskAsync(StandingQuestionRequest request)
    {
        var reply = await hub.As(Callers.Germany).AskStandingAsync(request, null, default);
        Assert.True(reply.Problem is null, reply.Body);
        return reply.Value!;
    }

    private Task<long> ToldAsync(StandingQuestion question) => hub.ScalarAsync<long>("SELECT count(*) FROM hits.lead WHERE search = $1", question.Id);
}

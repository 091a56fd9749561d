using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Api.TravelDocuments;
using Npgsql;

namespace ApiTests.TravelDocuments;

/// <summary>Whoever ends very much needs a second person of the same member; until then nothing has changed, whatever happens.</summary>
public sealed class MassWithdrawalTests(TestCluster cluster) : HubFixture(cluster)
{
    private const string Header = "number,issuer,kind,status,eventPlace,withdraw\n";
    private readonly MovedClock clock = new();

    protected override TimeProvider Clock => clock;

    [Fact]
    public async Task It_goes_on_when_a_second_person_of_the_owner_approves_it_and_once_over_all_nodes()
    {
        await using var other = await StartHubAsync();
        var job = await WaitingAsync("whole", "MA", by: Callers.UtopiaChief);
        Assert.Equal((150L, 150L), (job.Approval!.Withdrawals, job.Approval.Records));
        Assert.Equal("hit", (await this.FoundAsync("MA000007")).Answer);

        Assert.Equal("ownRequest", await DecideAsync(Callers.UtopiaChief, job.Approval.Id));
        Assert.Equal("otherMember", await DecideAsync(Callers.Bureau, job.Approval.Id));
        Assert.Equal("otherMember", await DecideAsync(Callers.Administrator, job.Approval.Id));
        Assert.Equal("permissionMissing", await DecideAsync(Callers.Utopia, job.Approval.Id));
        var listed = JsonSerializer.Deserialize(await Http(Callers.UtopiaBureau).GetStringAsync(new Uri(Routes.Approvals, UriKind.Relative)),
            LiaisonJson.Answers.ApprovalList)!.Items.Single(a => a.Id == job.Approval.Id);
        Assert.Equal(("travelDocuments.massWithdrawal", "utopia-chief", job.Id), (listed.Act, listed.AskedBy, listed.Body.GetProperty("import").GetGuid()));

        Assert.Null(await DecideAsync(Callers.UtopiaBureau, job.Approval.Id));
        var done = (await this.EndedAsync(job.Id)).Value!;
        Assert.Equal(("done", 150L, 1L), (done.State, done.Withdrawn, done.Recorded));
        Assert.Equal("notKnown", (await this.FoundAsync("MA000007")).Answer);
        Assert.Equal("alreadyDecided", await DecideAsync(Callers.UtopiaBureau, job.Approval.Id));
        Assert.Equal(["received", "awaitsApproval", "done"], await OutcomesAsync(job.Id));
        Assert.Empty(Directory.GetFiles(SpoolOfFirst, "*.waiting"));
        Assert.Equal(1L, await ScalarAsync<long>(
            "SELECT count(*) FROM audit.entry WHERE event = 'members.approvalDecided' AND outcome = 'approved' AND $1 = ANY (records)", job.Approval.Id));
    }

    [Fact]
    public async Task It_is_there_after_a_restart()
    {
        var job = await WaitingAsync("lasting", "MB");
        await RestartAsync();
        Assert.Equal("waiting", (await As(Callers.Utopia).ImportAsync(job.Id, CancellationToken.None)).Value!.State);
        Assert.Null(await DecideAsync(Callers.UtopiaBureau, job.Approval!.Id));
        await RestartAsync();
        Assert.Equal(("done", 150L), ((await this.EndedAsync(job.Id)).Value!.State, (await this.EndedAsync(job.Id)).Value!.Withdrawn));
    }

    [Theory]
    [InlineData("refused", "approvalRefused")]
    [InlineData("expired", "approvalExpired")]
    [InlineData("changed", "fileChanged")]
    [InlineData("overtaken", "overtaken")]
    public async Task It_does_not_go_on_otherwise(string how, string code)
    {
        var letter = how[1].ToString().ToUpperInvariant();
        var job = await WaitingAsync($"not-{how}", $"M{letter}");
        var file = Path.Combine(SpoolOfFirst, $"{job.Id:N}.waiting");
        if (how == "refused") Assert.Null(await DecideAsync(Callers.UtopiaBureau, job.Approval!.Id, "refused"));
        if (how == "changed") await File.AppendAllTextAsync(file, $"M{letter}999998,UTO,passport,stolen,,\n");
        if (how == "overtaken") Assert.Equal("done", (await this.ImportAsync(Rows($"M{letter}", 150), "text/csv", feed: $"not-{how}", mode: "full")).Value!.State);
        if (how is "changed" or "overtaken") Assert.Null(await DecideAsync(Callers.UtopiaBureau, job.Approval!.Id));
        if (how == "expired")
        {
            clock.Move(TimeSpan.FromDays(7) + TimeSpan.FromMinutes(5));
            Assert.Equal("alreadyDecided", await DecideAsync(Callers.UtopiaBureau, job.Approval!.Id));
        }

        var ended = (await this.EndedAsync(job.Id)).Value!;
        Assert.Equal(("failed", code, 0L), (ended.State, ended.Problem!.Code, ended.Withdrawn));
        Assert.Equal(["received", "awaitsApproval", code], await OutcomesAsync(job.Id));
        Assert.Equal("hit", (await this.FoundAsync($"M{letter}000007")).Answer);
        for (var tries = 0; tries < 200 && File.Exists(file); tries++) await Task.Delay(50);
        Assert.False(File.Exists(file));
    }

    /// <summary>What was stolen, or has left, must not have asked for anything.</summary>
    [Fact]
    public async Task Nobody_approves_what_an_account_asked_that_may_not_write_any_more()
    {
        var job = await WaitingAsync("gone", "MG", by: Callers.UtopiaChief);
        await ScalarAsync<string>("UPDATE members.account SET permissions = '{members.manage}' WHERE name = 'utopia-chief' RETURNING name");
        Assert.Equal("alreadyDecided", await DecideAsync(Callers.UtopiaBureau, job.Approval!.Id));
        // Refused it can be: else it would stand in the way of the member's other files for a week.
        Assert.Null(await DecideAsync(Callers.UtopiaBureau, job.Approval.Id, "refused"));
    }

    [Fact]
    public async Task Beyond_the_day_of_an_account_a_delta_waits_and_a_single_withdrawal_is_refused()
    {
        var many = Enumerable.Range(0, 1_001).Select(i => $"MD{i:D6},UTO,passport,stolen,,").ToArray();
        Assert.Equal("done", (await this.ImportAsync(Encoding.UTF8.GetBytes(Header + string.Join('\n', many)), "text/csv", feed: "loop")).Value!.State);
        // A thousand in two files are the account's own; one more is not.
        foreach (var part in many[..1_000].Chunk(500))
            Assert.Equal(("done", 500L), await WithdrawnAsync("loop", part));
        var job = (await this.ImportAsync(Encoding.UTF8.GetBytes(Header + many[1_000] + "falseReport\n"), "text/csv", feed: "loop")).Value!;
        Assert.Equal(("waiting", 1L), (job.State, job.Approval!.Withdrawals));
        var single = await this.RecordedAsync(Documents.Stolen("MD999999"));
        var refused = await As(Callers.Utopia).WithdrawAsync(single.Id, "\"1\"", new() { Reason = "falseReport" }, CancellationToken.None);
        Assert.Equal("withdrawalLimit", refused.Problem!.Code);
        Assert.Equal("hit", (await this.FoundAsync("MD999999")).Answer);

        clock.Move(TimeSpan.FromHours(25));
        var next = await As(Callers.Utopia).WithdrawAsync(single.Id, "\"1\"", new() { Reason = "falseReport" }, CancellationToken.None);
        Assert.NotNull(next.Value);
    }

    [Fact]
    public async Task A_file_that_would_end_more_by_then_than_was_approved_is_refused_and_few_files_of_a_member_wait()
    {
        var many = Enumerable.Range(0, 1_200).Select(i => $"MH{i:D6},UTO,passport,stolen,,").ToArray();
        await this.ImportAsync(Encoding.UTF8.GetBytes(Header + string.Join('\n', many[..1_100])), "text/csv", feed: "grown");
        var job = (await this.ImportAsync(Ends(many), "text/csv", feed: "grown")).Value!;
        Assert.Equal(("waiting", 1_100L), (job.State, job.Approval!.Withdrawals));
        await this.ImportAsync(Encoding.UTF8.GetBytes(Header + string.Join('\n', many[1_100..])), "text/csv", feed: "grown");
        Assert.Null(await DecideAsync(Callers.UtopiaBureau, job.Approval.Id));
        Assert.Equal(("failed", "tooManyWithdrawals"), ((await this.EndedAsync(job.Id)).Value!.State, (await this.EndedAsync(job.Id)).Value!.Problem!.Code));
        Assert.Equal("hit", (await this.FoundAsync("MH000001")).Answer);

        for (var i = 0; i < 4; i++) Assert.Equal("waiting", (await this.ImportAsync(Ends(many), "text/csv", feed: "grown")).Value!.State);
        Assert.Equal("tooManyWaiting", (await this.ImportAsync(Ends(many), "text/csv", feed: "grown")).Value!.Problem!.Code);
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_holds_up_no_other()
    {
        var broken = await WaitingAsync("broken", "MN");
        var good = await WaitingAsync("good", "MP");
        // The oldest is looked at first, and somebody else holds it.
        await using (new FileStream(Path.Combine(SpoolOfFirst, $"{broken.Id:N}.waiting"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            foreach (var job in new[] { broken, good }) Assert.Null(await DecideAsync(Callers.UtopiaBureau, job.Approval!.Id));
            Assert.Equal("done", (await this.EndedAsync(good.Id)).Value!.State);
            Assert.Equal("waiting", (await As(Callers.Utopia).ImportAsync(broken.Id, CancellationToken.None)).Value!.State);
        }

        Assert.Equal("done", (await this.EndedAsync(broken.Id)).Value!.State);
    }

    private async Task<(string State, long Withdrawn)> WithdrawnAsync(string feed, string[] rows)
    {
        var job = (await this.ImportAsync(Ends(rows), "text/csv", feed: feed)).Value!;
        return (job.State, job.Withdrawn);
    }

    private static byte[] Ends(string[] rows) => Encoding.UTF8.GetBytes(Header + string.Concat(rows.Select(r => r + "falseReport\n")));

    private static byte[] Rows(string prefix, int count) =>
        Encoding.UTF8.GetBytes(Header + string.Concat(Enumerable.Range(0, count).Select(i => $"{prefix}{i:D6},UTO,passport,stolen,,\n")));

    /// <summary>What nobody but the owner finds, or soon nobody, is as good as ended.</summary>
    [Theory]
    [InlineData("onlyFor", "UTO", "MK")]
    [InlineData("reviewDate", "tomorrow", "ML")]
    public async Task A_file_that_hides_very_much_waits_too(string column, string value, string prefix)
    {
        var feed = $"hidden-{prefix}".ToLowerInvariant();
        if (value == "tomorrow") value = clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var numbers = Enumerable.Range(0, 1_001).Select(i => $"{prefix}{i:D6},UTO,passport,stolen").ToArray();
        Assert.Equal("done", (await FileAsync("", "")).State);
        var job = await FileAsync("," + column, "," + value);
        Assert.Equal(("waiting", 1_001L), (job.State, job.Approval?.Withdrawals));
        Assert.Equal("hit", (await this.FoundAsync(prefix + "000007")).Answer);

        Assert.Null(await DecideAsync(Callers.UtopiaBureau, job.Approval!.Id));
        Assert.Equal(("done", 1_001L), ((await this.EndedAsync(job.Id)).Value!.State, (await this.EndedAsync(job.Id)).Value!.Changed));

        async Task<ImportJob> FileAsync(string named, string said) => (await this.ImportAsync(
            Encoding.UTF8.GetBytes($"number,issuer,kind,status{named}\n" + string.Concat(numbers.Select(n => n + said + "\n"))), "text/csv", feed: feed)).Value!;
    }

    [Fact]
    public async Task Single_changes_that_hide_are_counted_with_the_ends()
    {
        var record = await this.RecordedAsync(Documents.Stolen("MM000001"));
        await ScalarAsync<string>("INSERT INTO travel_documents.withdrawal_count (account, at, records) VALUES ('utopia', $1, 1000) RETURNING account", clock.GetUtcNow());
        var utopia = As(Callers.Utopia);
        var change = Documents.Stolen("MM000001") with { Why = "w", Restrictions = new(null, ["UTO"]) };
        Assert.Equal("withdrawalLimit", (await utopia.ChangeAsync(record.Id, "\"1\"", change, CancellationToken.None)).Problem!.Code);
        Assert.Equal("hit", (await this.FoundAsync("MM000001")).Answer);
        Assert.NotNull((await utopia.ChangeAsync(record.Id, "\"1\"", change with { Restrictions = null }, CancellationToken.None)).Value);
    }

    /// <summary>A feed of 150 records, and a full file that names another one.</summary>
    private async Task<ImportJob> WaitingAsync(string feed, string prefix, string by = Callers.Utopia)
    {
        Assert.Equal("done", (await this.ImportAsync(Rows(prefix, 150), "text/csv", feed: feed, mode: "full")).Value!.State);
        var waits = await this.ImportAsync(
            Encoding.UTF8.GetBytes(Header + $"{prefix}999999,UTO,passport,stolen,,\n"), "text/csv", feed: feed, mode: "full", by: by);
        Assert.True(waits.Value?.State == "waiting", waits.Body);
        return waits.Value;
    }

    /// <returns>The problem's code, or null when it was decided.</returns>
    private async Task<string?> DecideAsync(string by, Guid id, string decision = "approved")
    {
        using var response = await Http(by).PostAsJsonAsync(
            new Uri(Routes.ApprovalDecision, UriKind.Relative), new ApprovalDecision { Id = id, Decision = decision }, LiaisonJson.Default.ApprovalDecision);
        return response.IsSuccessStatusCode ? null
            : JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(), LiaisonJson.Answers.Problem)!.Code;
    }

    private async Task<string[]> OutcomesAsync(Guid import)
    {
        await using var connection = new NpgsqlConnection(OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("""
            SELECT array_agg(outcome ORDER BY at, id) FROM audit.entry WHERE event = 'travelDocuments.imported' AND strpos(asked, $1) > 0
            """, connection) { Parameters = { new() { Value = import.ToString() } } };
        return (string[])(await command.ExecuteScalarAsync())!;
    }
}

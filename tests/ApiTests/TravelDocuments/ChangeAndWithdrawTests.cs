using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

public sealed class ChangeAndWithdrawTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_document_found_stays_on_file_and_hits_with_a_note()
    {
        var recorded = await hub.RecordedAsync(Documents.Stolen("CW000001"));
        var changed = await ChangeAsync(recorded, Documents.Stolen("CW000001") with { Found = new("2026-03-01", "Rome"), Why = "Found" });
        Assert.Equal(2, changed.Version);

        var answer = await hub.FoundAsync("CW000001");
        Assert.Equal("hit", answer.Answer);
        var match = Assert.Single(answer.Matches);
        Assert.Contains(match.Notes, n => n.Code == "foundStillNotValid" && n.Text == "Found, still not valid: ask the owner.");
        Assert.Equal(new Found("2026-03-01", "Rome"), match.Document.Found);
    }

    [Theory]
    [InlineData("enteredInError")]
    [InlineData("falseReport")]
    [InlineData("returnedAndValid")]
    public async Task A_withdrawn_document_is_not_known_from_that_moment_and_its_history_stays(string reason)
    {
        var number = "CW" + reason.ToUpperInvariant();
        var recorded = await hub.RecordedAsync(Documents.Stolen(number));
        var ended = (await hub.As(Callers.Utopia).WithdrawAsync(
            recorded.Id, "\"1\"", new() { Reason = reason, Why = "Owner called" }, CancellationToken.None)).Value!;
        Assert.Equal(reason, ended.Withdrawal!.Reason);
        Assert.Equal("notKnown", (await hub.FoundAsync(number)).Answer);

        var history = (await hub.As(Callers.Utopia).VersionsAsync(recorded.Id, CancellationToken.None)).Value!.Items;
        Assert.Equal([1, 2], history.Select(v => v.Version));
        Assert.Equal("Owner called", history[1].Why);
        Assert.All(history, v => Assert.Equal("utopia", v.By));
        Assert.Equal(recorded, history[0].Document);
        Assert.Equal(ended, history[1].Document);

        var again = await Documents.RefusedAsync(hub.As(Callers.Utopia).WithdrawAsync(
            recorded.Id, "\"2\"", new() { Reason = reason }, CancellationToken.None));
        Assert.Equal((409, "alreadyWithdrawn"), (again.Status, again.Code));
        var anew = await hub.RecordedAsync(Documents.Stolen(number) with { Reentry = true, Why = "Stolen a second time" });
        Assert.NotEqual(recorded.Id, anew.Id);
        Assert.Equal("hit", (await hub.FoundAsync(number)).Answer);
    }

    [Fact]
    public async Task Two_who_change_the_same_version_do_not_overwrite_each_other()
    {
        var recorded = await hub.RecordedAsync(Documents.Stolen("CW000002"));
        var replies = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => hub.As(Callers.Utopia).ChangeAsync(
            recorded.Id, "\"1\"", Documents.Stolen("CW000002") with { EventPlace = $"Place {i}", Why = "Corrected" }, CancellationToken.None)));
        Assert.Single(replies, r => r.Value is { Version: 2 });
        Assert.All(replies.Where(r => r.Value is null), r => Assert.Equal((412, "versionConflict"), (r.Problem!.Status, r.Problem.Code)));
    }

    [Fact]
    public async Task A_change_without_a_version_or_a_reason_is_refused()
    {
        var recorded = await hub.RecordedAsync(Documents.Stolen("CW000003"));
        var silent = await Documents.RefusedAsync(hub.As(Callers.Utopia).ChangeAsync(
            recorded.Id, "\"1\"", Documents.Stolen("CW000003"), CancellationToken.None));
        Assert.Equal("whyRequired", Assert.Single(silent.Errors).Code);

        using var body = new StringContent("""{"reason":"falseReport"}""", null, "application/json");
        using var blind = await hub.Http(Callers.Utopia).PostAsync(new Uri(Routes.TravelDocumentWithdrawal(recorded.Id), UriKind.Relative), body);
        Assert.Equal(428, (int)blind.StatusCode);
    }

    [Fact]
    public async Task Another_members_record_cannot_be_changed_withdrawn_or_its_history_read()
    {
        var recorded = await hub.RecordedAsync(Documents.Stolen("CW000004"));
        var france = hub.As(Callers.France);
        var change = await Documents.RefusedAsync(france.ChangeAsync(
            recorded.Id, "\"1\"", Documents.Stolen("CW000004") with { Why = "x" }, CancellationToken.None));
        var withdrawal = await Documents.RefusedAsync(france.WithdrawAsync(
            recorded.Id, "\"1\"", new() { Reason = "falseReport" }, CancellationToken.None));
        var history = await Documents.RefusedAsync(france.VersionsAsync(recorded.Id, CancellationToken.None));
        Assert.Equal(("notIssuingAuthority", "notIssuingAuthority", "notOwner"), (change.Code, withdrawal.Code, history.Code));
        Assert.Equal("hit", (await hub.FoundAsync("CW000004")).Answer);
    }

    [Theory]
    [InlineData("CW000006", "passport")]
    [InlineData("CW000005", "visa")]
    public async Task Issuer_kind_and_number_cannot_be_changed(string number, string kind)
    {
        var recorded = (await hub.As(Callers.Utopia).RecordAsync(Documents.Stolen("CW000005"), "cw5", CancellationToken.None)).Value!;
        var problem = await Documents.RefusedAsync(hub.As(Callers.Utopia).ChangeAsync(
            recorded.Id, "\"1\"", Documents.Stolen(number, kind: kind) with { Why = "x" }, CancellationToken.None));
        Assert.Equal((409, "identityFixed"), (problem.Status, problem.Code));
    }

    [Fact]
    public async Task A_correction_does_not_renew_the_record()
    {
        var soon = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(30);
        var recorded = await hub.RecordedAsync(Documents.Stolen("CW000008") with { ReviewDate = soon.ToString("O", null) });
        var corrected = await ChangeAsync(recorded, Documents.Stolen("CW000008") with { EventPlace = "Oslo", Why = "Place added" });
        Assert.Equal(soon, corrected.ReviewDate);
        var renewed = await ChangeAsync(corrected,
            Documents.Stolen("CW000008") with { ReviewDate = soon.AddYears(5).ToString("O", null), Why = "Renewed" });
        Assert.Equal(soon.AddYears(5), renewed.ReviewDate);
    }

    [Fact]
    public async Task A_documents_own_expiry_never_hides_it_and_the_answer_says_so()
    {
        await hub.RecordedAsync(Documents.Stolen("CW000007") with { IssueDate = "2005", ExpiryDate = "2015-06" });
        var match = Assert.Single((await hub.FoundAsync("CW000007")).Matches);
        Assert.Equal("hit", match.Confidence);
        Assert.Contains(match.Notes, n => n.Code == "documentExpired");
    }

    [Fact]
    public async Task Lists_are_the_callers_own_and_pages_join_without_gap()
    {
        for (var i = 0; i < 5; i++) await hub.RecordedAsync(Documents.Stolen($"LI00000{i}", "FRA"), Callers.France);
        await hub.RecordedAsync(Documents.Stolen("LI000005"));
        var all = (await hub.As(Callers.France).ListAsync(null, 500, CancellationToken.None)).Value!.Items;
        var paged = new List<Guid>();
        string? next = null;
        do
        {
            var page = (await hub.As(Callers.France).ListAsync(next, 2, CancellationToken.None)).Value!;
            paged.AddRange(page.Items.Select(d => d.Id));
            next = page.Next;
        }
        while (next is not null);
        Assert.Equal(all.Select(d => d.Id), paged);
        Assert.All(all, d => Assert.Equal("FRA", d.Owner));
        for (var i = 0; i < 5; i++) Assert.Contains(all, d => d.Number == $"LI00000{i}");

        var problem = await Documents.RefusedAsync(hub.As(Callers.France).ListAsync("'; drop", 0, CancellationToken.None));
        Assert.Equal(["limit", "cursor"], problem.Errors.Select(e => e.Code));
    }

    private async Task<TravelDocument> ChangeAsync(TravelDocument document, TravelDocumentRequest request)
    {
        var reply = await hub.As(Callers.Utopia).ChangeAsync(document.Id, $"\"{document.Version}\"", request, CancellationToken.None);
        Assert.True(reply.Problem is null, reply.Body);
        return reply.Value!;
    }
}

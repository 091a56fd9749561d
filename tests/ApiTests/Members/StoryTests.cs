using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Api.TravelDocuments;

namespace ApiTests.Members;

/// <summary>
/// One document, and who may know of it: docs/who-may-know.md tells it in words. France records a document that one member is not to see; that
/// member finds nothing, another finds it, a carrier is referred, Europol sees what its agreement says, and a border post acts under its
/// bureau's grant until that is withdrawn. Each step stands in the audit.
/// </summary>
public sealed class StoryTests(TestCluster cluster) : HubFixture(cluster)
{
    private const string Number = "ST1234567";

    [Fact]
    public async Task Who_may_know_of_a_document()
    {
        // Europol is admitted, and may search for criminal investigation: two administrators each time.
        await ApprovedAsync(Routes.Members, new MemberRequest { Code = "EUROPOL", Kind = "partner", Name = "Europol" }, LiaisonJson.Default.MemberRequest);
        await ApprovedAsync(Routes.Agreements, new AgreementRequest
        {
            Member = "EUROPOL", Dataset = "travelDocuments", Access = "search", Purposes = ["criminalInvestigation"],
        }, LiaisonJson.Default.AgreementRequest);
        await PostAsync(Callers.Administrator, Routes.Accounts, new AccountRequest
        {
            Name = "analyst", Member = "EUROPOL", Kind = "system", Title = "Analysis", Permissions = ["travelDocuments.search", "travelDocuments.read"],
            DefaultPurpose = "criminalInvestigation",
        }, LiaisonJson.Default.AccountRequest, 200);
        var europol = await TokenAsync("analyst");

        // France records a passport that is not for Germany.
        var recorded = await As(Callers.France).RecordAsync(Documents.Stolen(Number) with
        {
            Issuer = "FRA", Restrictions = new(["DEU"], null),
        }, null, CancellationToken.None);
        Assert.True(recorded.Value is not null, recorded.Body);

        // Germany finds nothing, byte for byte as for a number that was never recorded. The United Kingdom finds it.
        var (hidden, unknown) = (await AskAsync(Callers.Germany, Number), await AskAsync(Callers.Germany, "ST7654321"));
        Assert.Equal(Neutral(unknown), Neutral(hidden));
        Assert.Equal("notKnown", hidden.Answer);
        Assert.Equal(Number, Assert.Single((await AskAsync(Callers.Kingdom, Number)).Matches).Document.Number);
        Assert.Equal(1, await ScalarAsync<long>("SELECT count(*) FROM platform.outbox WHERE type = 'travelDocuments.silentHit'"));

        // The airline is told whom to ask, and nothing of the record.
        var carrier = await AskAsync(Callers.Airline, Number);
        Assert.Equal(("refer", 0, "FRA"), (carrier.Answer, carrier.Matches.Count, carrier.Refer!.Desk));

        // Europol finds it for what its agreement says, and for nothing else; it contributes nothing.
        Assert.Equal("hit", (await AskAsync(europol, Number)).Answer);
        Assert.Equal("purposeNotAgreed", await RefusedAsync(europol, Number, "borderControl"));
        var contributed = await As(europol).RecordAsync(Documents.Stolen("ST0000001") with { Issuer = "FRA" }, null, CancellationToken.None);
        Assert.Equal("permissionMissing", contributed.Problem!.Code);

        // An officer of a border post asks under the grant of the bureau, until the bureau withdraws it.
        Assert.Equal("hit", (await AskAsync(Callers.BorderPost, Number)).Answer);
        await PostAsync(Callers.Bureau, Routes.UnitWithdrawal, new UnitWithdrawal { Name = "FRA/BORDER", Why = "Reorganised" },
            LiaisonJson.Default.UnitWithdrawal, 200);
        Assert.Equal("unitNotGranted", await RefusedAsync(Callers.BorderPost, Number, "borderControl"));

        await EachStepIsAuditedAsync();
    }

    /// <summary>Each denial stands in the audit with its rule, each step with its outcome, and the bureau sees what its post did.</summary>
    private async Task EachStepIsAuditedAsync()
    {
        foreach (var (account, rule) in new[] { ("analyst", "purposeNotAgreed"), ("analyst", "travelDocuments.write"), ("border-post", "unitNotGranted") })
        {
            Assert.Equal(1, await ScalarAsync<long>(
                "SELECT count(*) FROM audit.entry WHERE account = $1 AND event = 'access.denied' AND asked::jsonb ->> 'rule' = $2", account, rule));
        }

        foreach (var (account, kind, outcome) in new[]
        {
            ("administrator", "members.memberAdmitted", "awaitsApproval"), ("second-administrator", "members.memberAdmitted", "done"),
            ("second-administrator", "members.agreementConcluded", "done"), ("administrator", "members.accountOpened", "done"),
            ("france", "travelDocuments.recorded", "done"), ("germany", "travelDocuments.searched", "notKnown"), ("kingdom", "travelDocuments.searched", "hit"),
            ("airline", "travelDocuments.searched", "refer"), ("analyst", "travelDocuments.searched", "hit"),
            ("border-post", "travelDocuments.searched", "hit"), ("bureau", "members.unitWithdrawn", "done"),
        })
        {
            Assert.True(await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE account = $1 AND event = $2 AND outcome = $3", account, kind, outcome) > 0,
                $"{account} {kind} {outcome}");
        }
    }

    private static string Neutral(SearchAnswer answer) =>
        JsonSerializer.Serialize(answer with { SearchId = Guid.Empty, AsOf = new(0, default) }, LiaisonJson.Default.SearchAnswer);

    private async Task<SearchAnswer> AskAsync(string token, string number)
    {
        var reply = await As(token).SearchAsync(new() { Number = number, Issuer = "FRA", Kind = "passport" }, CancellationToken.None);
        Assert.True(reply.Value is not null, reply.Body);
        return reply.Value;
    }

    private async Task<string> RefusedAsync(string token, string number, string purpose) =>
        (await As(token).SearchAsync(new() { Number = number, Issuer = "FRA", Purpose = purpose }, CancellationToken.None)).Problem!.Code;

    /// <summary>Asked for by one administrator and approved by another.</summary>
    private async Task ApprovedAsync<T>(string path, T request, JsonTypeInfo<T> type)
    {
        var waiting = JsonSerializer.Deserialize(await PostAsync(Callers.Administrator, path, request, type, 202), LiaisonJson.Answers.Approval)!;
        await PostAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, new() { Id = waiting.Id, Decision = "approved" },
            LiaisonJson.Default.ApprovalDecision, 200);
    }

    private async Task<string> PostAsync<T>(string token, string path, T request, JsonTypeInfo<T> type, int status)
    {
        using var response = await Http(token).PostAsync(new Uri(path, UriKind.Relative), JsonContent.Create(request, type));
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, body);
        return body;
    }

    /// <summary>The system registers its key and signs for a token, as any national system does.</summary>
    private async Task<string> TokenAsync(string account)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var keys = JsonDocument.Parse(Assertion.SetOf(("first", key)));
        await PostAsync(Callers.Administrator, Routes.AccountKeys, new() { Name = account, Keys = keys.RootElement }, LiaisonJson.Default.AccountKeysRequest, 200);
        using var form = new FormUrlEncodedContent(Assertion.Form(new Assertion(account, Address).Sign(key)));
        using var answer = await Http(null).PostAsync(new Uri(Routes.Token, UriKind.Relative), form);
        return (await OAuthAnswer.OfAsync(answer))["access_token"]!;
    }
}

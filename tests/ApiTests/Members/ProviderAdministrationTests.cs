using System.Net.Http.Json;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.Members;

namespace ApiTests.Members;

/// <summary>Who may register, change and end a provider.</summary>
public sealed class ProviderAdministrationTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private static readonly ProviderRequest Good = new()
    {
        Issuer = "https://login.example/realms/police", ClientId = "liaison", Title = "Police of France", Amr = ["mfa"],
    };

    [Fact]
    public async Task A_bureau_registers_its_own_and_a_second_administrator_approves()
    {
        var waiting = await hub.SentAsync(Callers.Bureau, Routes.Providers, Good, LiaisonJson.Default.ProviderRequest, LiaisonJson.Answers.Approval, 202);
        Assert.Empty(await ListAsync(Callers.Bureau));
        var made = (await hub.ApproveAsync(waiting.Id)).Result!.Value.Deserialize(LiaisonJson.Answers.Provider)!;
        Assert.Equal(("FRA", "privateKeyJwt", "bureau"), (made.Member, made.Authentication, made.MadeBy));
        Assert.Equal((12, $"/sign-in/via/{made.Code}/back"), (made.Code.Length, made.RedirectUri));
        Assert.Equal(made.Code, Assert.Single(await ListAsync(Callers.Bureau)).Code);
        using var keys = JsonDocument.Parse(await hub.Http(null).GetStringAsync(new Uri(made.Keys, UriKind.Relative)));
        Assert.False(keys.RootElement.GetProperty("keys")[0].TryGetProperty("d", out _));
        Assert.Equal("{\"keys\":[]}", await hub.Http(null).GetStringAsync(new Uri("/sign-in/via/nosuchcode/keys", UriKind.Relative)));

        var again = await hub.SentAsync(Callers.Bureau, Routes.Providers, Good, LiaisonJson.Default.ProviderRequest, LiaisonJson.Answers.Approval, 202);
        await RefusedAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, JsonSerializer.Serialize(
            new ApprovalDecision { Id = again.Id, Decision = "approved" }, LiaisonJson.Default.ApprovalDecision), "nameTaken");

        var change = new ProviderChange { Code = made.Code, Title = "Another title", Algorithms = ["ES256"] };
        var changed = await hub.SentAsync(Callers.Bureau, Routes.ProviderChange, change, LiaisonJson.Default.ProviderChange, LiaisonJson.Answers.Approval, 202);
        // What was asked for of a provider that said something else does not undo what was approved since.
        var stale = await hub.SentAsync(Callers.Bureau, Routes.ProviderChange, change with { Title = "What it saw before" }, LiaisonJson.Default.ProviderChange,
            LiaisonJson.Answers.Approval, 202);
        await hub.ApproveAsync(changed.Id);
        await RefusedAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, JsonSerializer.Serialize(
            new ApprovalDecision { Id = stale.Id, Decision = "approved" }, LiaisonJson.Default.ApprovalDecision), "changedSince");
        var now = Assert.Single(await ListAsync(Callers.Bureau));
        Assert.Equal(("Another title", 1, 0), (now.Title, now.Algorithms.Count, now.Amr.Count));

        var ended = await hub.SentAsync(Callers.Bureau, Routes.ProviderEnd, new ProviderEnd { Code = made.Code, Why = "Moved" },
            LiaisonJson.Default.ProviderEnd, LiaisonJson.Answers.Provider, 200);
        Assert.NotNull(ended.EndedAt);
        await RefusedAsync(Callers.Bureau, Routes.ProviderEnd, $"{{\"code\":\"{made.Code}\",\"why\":\"Again\"}}", "alreadyEnded");
    }

    /// <summary>Who approves sees one person; what was bound since must not be replaced unseen.</summary>
    [Fact]
    public async Task A_binding_that_was_asked_for_before_another_was_approved_is_not_done()
    {
        var waiting = await hub.SentAsync(Callers.Administrator, Routes.Providers, Good with { Issuer = "https://login.example/uto", Member = "UTO" },
            LiaisonJson.Default.ProviderRequest, LiaisonJson.Answers.Approval, 202);
        var made = (await hub.ApproveAsync(waiting.Id)).Result!.Value.Deserialize(LiaisonJson.Answers.Provider)!;
        await hub.ScalarAsync<string>("""
            INSERT INTO members.account (name, member, kind, title, permissions, state, created_at, created_by)
            VALUES ('bound', 'UTO', 'person', 'Bound', '{members.manage}', 'active', now(), 'test') RETURNING name
            """);
        var (first, second) = (await AskAsync("first"), await AskAsync("second"));
        await hub.ApproveAsync(second.Id);
        await RefusedAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, JsonSerializer.Serialize(
            new ApprovalDecision { Id = first.Id, Decision = "approved" }, LiaisonJson.Default.ApprovalDecision), "changedSince");
        Assert.Equal("second", await hub.ScalarAsync<string>("SELECT subject FROM members.provider_subject WHERE account = 'bound'"));

        Task<Approval> AskAsync(string subject) => hub.SentAsync(Callers.Administrator, Routes.AccountProvider,
            new AccountProviderRequest { Name = "bound", Provider = made.Code, Subject = subject },
            LiaisonJson.Default.AccountProviderRequest, LiaisonJson.Answers.Approval, 202);
    }

    [Theory]
    [InlineData(Callers.Bureau, """{"issuer":"https://login.example","clientId":"a","title":"b","member":"DEU"}""", "otherMember")]
    [InlineData(Callers.Bureau, """{"issuer":"https://login.example","clientId":"a","title":"b","member":"SECRETARIAT"}""", "otherMember")]
    [InlineData(Callers.Administrator, """{"issuer":"https://login.example","clientId":"a","title":"b","member":"XXX"}""", "unknownMember")]
    [InlineData(Callers.Bureau, """{"issuer":"http://login.example","clientId":"a","title":"b"}""", "invalidRequest")]
    [InlineData(Callers.Bureau, """{"issuer":"https://login.example/?a=b","clientId":"a","title":"b"}""", "invalidRequest")]
    [InlineData(Callers.Bureau, """{"issuer":"https://login.example/#a","clientId":"a","title":"b"}""", "invalidRequest")]
    [InlineData(Callers.Bureau, """{"issuer":"https://me:pass@login.example","clientId":"a","title":"b"}""", "invalidRequest")]
    [InlineData(Callers.Bureau, """{"issuer":"file:///etc/passwd","clientId":"a","title":"b"}""", "invalidRequest")]
    [InlineData(Callers.Bureau, """{"issuer":"https://login.example","clientId":"a","title":"b","algorithms":["HS256"]}""", "invalidRequest")]
    [InlineData(Callers.Bureau, """{"issuer":"https://login.example","clientId":"a","title":"b","algorithms":["none"]}""", "invalidRequest")]
    [InlineData(Callers.Bureau, """{"issuer":"https://login.example","clientId":"a","title":"b","algorithms":[]}""", "invalidRequest")]
    [InlineData(Callers.Bureau, """{"issuer":"https://login.example","clientId":"a","title":"b","acr":["a b"]}""", "invalidRequest")]
    [InlineData(Callers.Bureau, """{"issuer":"https://login.example","clientId":"a","title":"b","amr":[null]}""", "invalidRequest")]
    public Task What_is_not_right_is_refused(string by, string sent, string code) => RefusedAsync(by, Routes.Providers, sent, code);

    [Fact]
    public async Task The_provider_of_another_member_is_unknown()
    {
        var waiting = await hub.SentAsync(Callers.Administrator, Routes.Providers, Good with { Member = "DEU" }, LiaisonJson.Default.ProviderRequest,
            LiaisonJson.Answers.Approval, 202);
        var made = (await hub.ApproveAsync(waiting.Id)).Result!.Value.Deserialize(LiaisonJson.Answers.Provider)!;
        Assert.DoesNotContain(await ListAsync(Callers.Bureau), p => p.Code == made.Code);
        await RefusedAsync(Callers.Bureau, Routes.ProviderEnd, $"{{\"code\":\"{made.Code}\",\"why\":\"None of my business\"}}", "unknownProvider");
        await RefusedAsync(Callers.Bureau, Routes.ProviderChange, $"{{\"code\":\"{made.Code}\",\"title\":\"x\",\"algorithms\":[\"ES256\"]}}", "unknownProvider");
        await RefusedAsync(Callers.Bureau, Routes.AccountProvider, $"{{\"name\":\"germany\",\"provider\":\"{made.Code}\",\"subject\":\"x\"}}", "unknownAccount");
    }

    private async Task<IReadOnlyList<Provider>> ListAsync(string by) =>
        JsonSerializer.Deserialize(await hub.Http(by).GetStringAsync(new Uri(Routes.Providers, UriKind.Relative)), LiaisonJson.Answers.ProviderList)!.Items;

    private async Task RefusedAsync(string by, string path, string sent, string code)
    {
        using var content = JsonContent.Create(JsonDocument.Parse(sent).RootElement);
        using var response = await hub.Http(by).PostAsync(new Uri(path, UriKind.Relative), content);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(code == JsonSerializer.Deserialize(body, LiaisonJson.Answers.Problem)!.Code, body);
    }
}

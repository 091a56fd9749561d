using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Liaison.Api;
using Liaison.Members.Administration;
using Liaison.Members.Demo;
using Liaison.Members.OAuth;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ApiTests.Members;

/// <summary>Two nodes over one database: things are taken away on the first, and tried on the second.</summary>
public sealed class TwoSignInNodes(TestCluster cluster) : IAsyncLifetime
{
    private WebApplication? second;

    public SignInHub First { get; } = new(cluster);

    /// <summary>A name that a session's cookie can belong to.</summary>
    public Uri Second => new($"http://localhost:{new Uri(second!.Urls.First()).Port}");

    public object OfSecond(Type service) => second!.Services.GetRequiredService(service);

    public async ValueTask InitializeAsync()
    {
        await First.InitializeAsync();
        second = await First.StartHubAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (second is not null)
        {
            await second.StopAsync();
            await second.DisposeAsync();
        }

        await First.DisposeAsync();
    }
}

/// <summary>
/// Whatever takes something away on one node holds on another within seconds. The acts of administrators are found; each must stand here as one that
/// takes away, with what then ends, or as one that only gives.
/// </summary>
public sealed class EndingTests(TwoSignInNodes nodes) : IClassFixture<TwoSignInNodes>
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5), Generous = TimeSpan.FromSeconds(30);

    private static readonly Type[] GiveOnly = [typeof(AdmitMember), typeof(SetDesk), typeof(OpenAccount), typeof(RegisterProvider), typeof(ConcludeAgreement)];

    private static readonly (Type Act, string What, Func<EndingTests, Task> Takes)[] TakeAway =
    [
        (typeof(SetMemberState), "member suspended", t => t.EndsAsync(Routes.MemberState, """{"code":"MEMBER","state":"suspended","why":"w"}""", 401, "unauthenticated")),
        (typeof(GrantUnit), "unit granted less", t => t.EndsAsync(Routes.Units, """{"name":"MEMBER/X","title":"t","kind":"agency","permissions":["travelDocuments.read"]}""", 403, "unitNotGranted")),
        (typeof(GrantUnit), "unit for another purpose", t => t.EndsAsync(Routes.Units, """{"name":"MEMBER/X","title":"t","kind":"agency","permissions":["travelDocuments.search"],"purposes":["training"]}""", 403, "purposeNotAgreed")),
        (typeof(GrantUnit), "unit for no purpose", t => t.EndsAsync(Routes.Units, """{"name":"MEMBER/X","title":"t","kind":"agency","permissions":["travelDocuments.search"],"purposes":[]}""", 403, "unitNotGranted")),
        (typeof(WithdrawUnit), "unit withdrawn", t => t.EndsAsync(Routes.UnitWithdrawal, """{"name":"MEMBER/X","why":"w"}""", 403, "unitNotGranted")),
        (typeof(ChangeAccount), "permission", t => t.EndsAsync(Routes.AccountChange, """{"name":"ACCOUNT","title":"t","permissions":["hub.status"]}""", 403, "permissionMissing")),
        (typeof(SetAccountState), "account suspended", t => t.EndsAsync(Routes.AccountState, """{"name":"ACCOUNT","state":"suspended","why":"w"}""", 401, "unauthenticated")),
        (typeof(SetAccountState), "account ended", t => t.EndsAsync(Routes.AccountState, """{"name":"ACCOUNT","state":"ended","why":"w"}""", 401, "unauthenticated")),
        (typeof(SetAccountKeys), "keys taken away", t => t.EndsAsync(Routes.AccountKeys, """{"name":"ACCOUNT"}""", 401, "unauthenticated")),
        (typeof(SetAccountKeys), "keys replaced", t => t.KeysReplacedAsync()),
        (typeof(EndAgreement), "agreement ended", t => t.AgreementEndedAsync()),
        (typeof(InviteAgain), "earlier link", t => t.LinkReplacedAsync()),
        (typeof(ChangeProvider), "what a provider must say", t => t.ProviderChangedAsync()),
        (typeof(EndProvider), "provider ended", t => t.ProviderEndedAsync()),
        (typeof(BindAccount), "binding taken away", t => t.UnboundAsync()),
    ];

    public static TheoryData<string> All => [.. TakeAway.Select(t => $"{t.Act.Name}: {t.What}")];

    private SignInHub Hub => nodes.First;

    [Fact]
    public void Every_act_of_an_administrator_takes_something_away_or_only_gives()
    {
        var acts = typeof(AdminAct).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(AdminAct)) && !t.IsAbstract).Select(t => t.Name).Order(StringComparer.Ordinal);
        Assert.Equal(acts, TakeAway.Select(t => t.Act).Distinct().Concat(GiveOnly).Select(t => t.Name).Order(StringComparer.Ordinal));
        // And each of them is one that runs.
        Assert.Equal(acts, Hub.Services.GetServices<AdminAct>().Select(a => a.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public Task What_is_taken_away_on_one_node_is_gone_on_the_other(string what) => TakeAway.Single(t => $"{t.Act.Name}: {t.What}" == what).Takes(this);

    [Theory]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    public async Task A_token_that_is_given_back_is_gone_on_the_other(string which)
    {
        var (_, tokens) = await NewProgramAsync();
        await WorksAsync(tokens["access_token"]!, Routes.Status);
        var revoked = await PostAsync(Hub.Address, Routes.Revocation, ("client_id", OAuthClient.CommandLine), ("token", tokens[which]!));
        Assert.Equal(HttpStatusCode.OK, revoked.Status);
        await RefusedAsync(tokens["access_token"]!, 401, "unauthenticated", Routes.Status);
        Assert.Equal("invalid_grant", (await PostAsync(nodes.Second, Routes.Token,
            ("grant_type", "refresh_token"), ("client_id", OAuthClient.CommandLine), ("refresh_token", tokens["refresh_token"]!))).Error);
    }

    [Theory]
    [InlineData("/account/sign-out")]
    [InlineData("/account/sessions/end")]
    public async Task A_session_that_a_person_ends_is_gone_on_the_other(string how)
    {
        using var browser = new PlainBrowser(Hub);
        var (account, _) = await browser.EnrolAsync();
        using var copy = new PlainBrowser(Hub);
        copy.Put(Hub.Site, browser.Cookies(Hub.Site));
        Assert.Equal(HttpStatusCode.OK, await PageAsync(copy));
        var id = await Hub.ScalarAsync<Guid>("SELECT id FROM members.session WHERE account = $1 AND ended_at IS NULL", account);
        using var page = await browser.GetAsync("/account");
        using var ended = await browser.PostAsync(how, ("id", id.ToString()));
        Assert.Equal(HttpStatusCode.SeeOther, ended.StatusCode);
        await UntilAsync(async () => await PageAsync(copy) == HttpStatusCode.SeeOther, how);
    }

    [Theory]
    [InlineData("/account/sessions/end-all")]
    [InlineData("/account/programs/end")]
    public async Task A_program_that_a_person_lets_act_no_more_is_gone_on_the_other(string how)
    {
        using var browser = new PlainBrowser(Hub);
        var (account, _) = await browser.EnrolAsync();
        var token = (await NewProgramAsync(account)).Tokens["access_token"]!;
        await WorksAsync(token, Routes.Status);
        var program = await Hub.ScalarAsync<Guid>("""SELECT "AuthorizationId" FROM members."OpenIddictTokens" WHERE "Subject" = $1 LIMIT 1""", account);
        using var page = await browser.GetAsync("/account");
        using var ended = await browser.PostAsync(how, ("id", program.ToString()));
        Assert.Equal(HttpStatusCode.SeeOther, ended.StatusCode);
        await RefusedAsync(token, 401, "unauthenticated", Routes.Status);
    }

    /// <summary>As one that is made from another at the moment when all are ended, and is written a moment later.</summary>
    [Fact]
    public async Task A_token_that_was_on_its_way_when_everything_ended_is_worth_nothing()
    {
        var (account, tokens) = await NewProgramAsync();
        await WorksAsync(tokens["access_token"]!, Routes.Status);
        await ActAsync(Routes.AccountState, $$"""{"name":"{{account}}","state":"suspended","why":"w"}""");
        await RefusedAsync(tokens["access_token"]!, 401, "unauthenticated", Routes.Status);
        await ActAsync(Routes.AccountState, $$"""{"name":"{{account}}","state":"active","why":"w"}""");
        await Hub.RunAsync("""UPDATE members."OpenIddictTokens" SET "Status" = 'valid' WHERE "Subject" = $1""", account);
        Assert.Equal(401, (await AskAsync(tokens["access_token"]!, Routes.Status)).Status);
        Assert.Equal("invalid_grant", (await PostAsync(nodes.Second, Routes.Token,
            ("grant_type", "refresh_token"), ("client_id", OAuthClient.CommandLine), ("refresh_token", tokens["refresh_token"]!))).Error);
    }

    /// <summary>Whoever has the machine that the person lost has its programs too.</summary>
    [Fact]
    public async Task Who_enrols_again_ends_the_programs_of_before()
    {
        using var before = new PlainBrowser(Hub);
        var (account, _) = await before.EnrolAsync();
        var (_, tokens) = await NewProgramAsync(account);
        await WorksAsync(tokens["access_token"]!, Routes.Status);
        using var again = new PlainBrowser(Hub);
        await again.EnrolAsync(account);
        await RefusedAsync(tokens["access_token"]!, 401, "unauthenticated", Routes.Status);
        Assert.Equal("invalid_grant", (await PostAsync(nodes.Second, Routes.Token,
            ("grant_type", "refresh_token"), ("client_id", OAuthClient.CommandLine), ("refresh_token", tokens["refresh_token"]!))).Error);
    }

    /// <summary>An account of a new member that may search, and, by its unit, nothing else.</summary>
    private async Task<(string Member, string Account, string Token)> NewAccountAsync(string kind = "system")
    {
        var account = $"ending-{Guid.NewGuid():N}"[..20];
        var (member, token) = (account.ToUpperInvariant(), $"token-of-{account}");
        await using var owner = new NpgsqlConnection(Hub.OwnerConnectionString);
        await owner.OpenAsync();
        await Seed.InsertAsync(owner, [new(member, "country", member) { Units = [$"{member}/X"] }],
            [new(account, member, ["travelDocuments.search", "hub.status"], "borderControl", token) { Unit = $"{member}/X" }],
            Hub.Time.GetUtcNow(), CancellationToken.None);
        if (kind == "person") await Hub.RunAsync("UPDATE members.account SET kind = 'person', unit = NULL WHERE name = $1", account);
        return (member, account, token);
    }

    private async Task EndsAsync(string path, string act, int status, string code)
    {
        var (member, account, token) = await NewAccountAsync();
        await WorksAsync(token);
        await ActAsync(path, act.Replace("MEMBER", member, StringComparison.Ordinal).Replace("ACCOUNT", account, StringComparison.Ordinal));
        await RefusedAsync(token, status, code);
    }

    private async Task AgreementEndedAsync()
    {
        var (member, _, token) = await NewAccountAsync();
        await WorksAsync(token);
        var id = await Hub.ScalarAsync<Guid>("SELECT id FROM members.agreement WHERE member = $1 AND access = 'search'", member);
        await ActAsync(Routes.AgreementEnd, $$"""{"id":"{{id}}","why":"w"}""");
        await RefusedAsync(token, 403, "noAgreement");
    }

    /// <summary>A token that was got with the key before ends by itself within fifteen minutes; no other is got with it.</summary>
    private async Task KeysReplacedAsync()
    {
        var (_, account, _) = await NewAccountAsync();
        using var old = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await ActAsync(Routes.AccountKeys, $$"""{"name":"{{account}}","keys":{{Assertion.SetOf(("first", old))}}}""");
        await UntilAsync(async () => await AssertedAsync(old) == HttpStatusCode.OK, "a first token");
        await ActAsync(Routes.AccountKeys, $$"""{"name":"{{account}}","keys":{{Assertion.SetOf(("first", next))}}}""");
        await UntilAsync(async () => await AssertedAsync(old) == HttpStatusCode.Unauthorized, "the old key");
        Assert.Equal(HttpStatusCode.OK, await AssertedAsync(next));

        async Task<HttpStatusCode> AssertedAsync(ECDsa key) => (await PostAsync(nodes.Second, Routes.Token,
            [.. Assertion.Form(new Assertion(account, nodes.Second).Sign(key)).Select(f => (f.Key, f.Value))])).Status;
    }

    private async Task LinkReplacedAsync()
    {
        var account = await Hub.InvitePersonAsync();
        var link = new Uri(nodes.Second, await Hub.LinkAsync(account)).AbsoluteUri;
        using var browser = new PlainBrowser(Hub);
        using (var before = await browser.GetAsync(link)) Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await ActAsync(Routes.AccountInvitation, $$"""{"name":"{{account}}"}""");
        await UntilAsync(async () =>
        {
            using var after = await browser.GetAsync(link);
            return after.StatusCode == HttpStatusCode.NotFound;
        }, "the earlier link");
    }

    /// <summary>Who signs in on the other node is asked for what the provider must say now.</summary>
    private async Task ProviderChangedAsync()
    {
        await using var provider = await TestProvider.StartAsync(Hub.Time);
        var registered = await Hub.RegisterAsync(provider);
        Assert.DoesNotContain("acr_values", await LedToAsync(), StringComparison.Ordinal);
        var change = await ActAsync(Routes.ProviderChange, $$"""{"code":"{{registered.Code}}","title":"t","algorithms":["ES256"],"acr":["strong"]}""");
        await Hub.ApproveAsync(change.RootElement.GetProperty("id").GetGuid());
        await UntilAsync(async () => (await LedToAsync()).Contains("acr_values=strong", StringComparison.Ordinal), "the change");

        async Task<string> LedToAsync()
        {
            using var browser = new PlainBrowser(Hub);
            using var led = await browser.GetAsync(new Uri(nodes.Second, registered.SignIn).AbsoluteUri);
            Assert.Equal(HttpStatusCode.Found, led.StatusCode);
            return led.Headers.Location!.OriginalString;
        }
    }

    private Task ProviderEndedAsync() => LeavesProviderAsync((code, _) => ActAsync(Routes.ProviderEnd, $$"""{"code":"{{code}}","why":"w"}"""));

    private Task UnboundAsync() => LeavesProviderAsync((_, account) => ActAsync(Routes.AccountProvider, $$"""{"name":"{{account}}"}"""));

    /// <summary>Session and programs of a person who came by a provider end with it.</summary>
    private async Task LeavesProviderAsync(Func<string, string, Task> act)
    {
        await using var provider = await TestProvider.StartAsync(Hub.Time);
        var registered = await Hub.RegisterAsync(provider);
        var account = await Hub.InvitePersonAsync();
        provider.Subject = account;
        await Hub.BindAsync(account, registered.Code, provider.Subject);
        using var browser = new PlainBrowser(Hub);
        Assert.Equal(HttpStatusCode.OK, await browser.ViaAsync(registered.SignIn));
        var token = (await NewProgramAsync(account)).Tokens["access_token"]!;
        Assert.Equal(HttpStatusCode.OK, await PageAsync(browser));
        await WorksAsync(token, Routes.Status);
        await act(registered.Code, account);
        await UntilAsync(async () => await PageAsync(browser) == HttpStatusCode.SeeOther, "the session");
        await RefusedAsync(token, 401, "unauthenticated", Routes.Status);
    }

    /// <summary>A program that a person let act for it.</summary>
    private async Task<(string Account, OAuthAnswer Tokens)> NewProgramAsync(string? account = null)
    {
        account ??= (await NewAccountAsync("person")).Account;
        var device = await PostAsync(Hub.Address, Routes.DeviceAuthorization, ("client_id", OAuthClient.CommandLine));
        await using (var scope = Hub.Services.CreateAsyncScope())
            Assert.True(await scope.ServiceProvider.GetRequiredService<DeviceCodes>().ApproveAsync(device["user_code"]!, account, CancellationToken.None));
        var tokens = await PostAsync(Hub.Address, Routes.Token, ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", OAuthClient.CommandLine), ("device_code", device["device_code"]!));
        Assert.True(tokens.Status == HttpStatusCode.OK, tokens.Text);
        return (account, tokens);
    }

    private static async Task<OAuthAnswer> PostAsync(Uri node, string path, params (string, string)[] form)
    {
        using var content = new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
        using var http = new HttpClient { BaseAddress = node };
        using var response = await http.PostAsync(new Uri(path, UriKind.Relative), content);
        return await OAuthAnswer.OfAsync(response);
    }

    /// <summary>On the first node, by an administrator of the hub.</summary>
    private async Task<JsonDocument> ActAsync(string path, string act)
    {
        using var content = new StringContent(act, Encoding.UTF8, "application/json");
        using var response = await Hub.Http(Callers.Administrator).PostAsync(new Uri(path, UriKind.Relative), content);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body);
    }

    /// <summary>And is remembered by the node, so that it must be told. What was changed of the account just before may let it forget once more.</summary>
    private Task WorksAsync(string token, string path = Routes.TravelDocumentSearch) => UntilAsync(async () =>
    {
        var (status, body) = await AskAsync(token, path);
        Assert.True(status == 200, body);
        return ((Liaison.Platform.Access.ICallers)nodes.OfSecond(typeof(Liaison.Platform.Access.ICallers))).Recall(token) is not null;
    }, "remembered");

    private Task RefusedAsync(string token, int status, string code, string path = Routes.TravelDocumentSearch) => UntilAsync(async () =>
    {
        var (now, body) = await AskAsync(token, path);
        return now == status && body.Contains($"\"{code}\"", StringComparison.Ordinal);
    }, $"{status} {code}");

    /// <summary>On the second node.</summary>
    private async Task<(int Status, string Body)> AskAsync(string token, string path)
    {
        using var request = new HttpRequestMessage(path == Routes.TravelDocumentSearch ? HttpMethod.Post : HttpMethod.Get, new Uri(nodes.Second, path));
        if (request.Method == HttpMethod.Post) request.Content = new StringContent("""{"number":"EN000001","issuer":"UTO"}""", Encoding.UTF8, "application/json");
        request.Headers.Authorization = new("Bearer", token);
        using var response = await Hub.Http(null).SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<HttpStatusCode> PageAsync(PlainBrowser browser)
    {
        using var page = await browser.GetAsync(new Uri(nodes.Second, "/account").AbsoluteUri);
        return page.StatusCode;
    }

    private static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Generous, $"{what}: not within {Generous}, promised {Promised}");
            await Task.Delay(20);
        }
    }
}

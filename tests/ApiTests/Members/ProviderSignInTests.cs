using System.Net;
using Liaison.Api;
using Liaison.Api.Members;

namespace ApiTests.Members;

/// <summary>People come in by their own organisation's provider, and only they.</summary>
public sealed class ProviderSignInTests(SignInHub hub) : IClassFixture<SignInHub>, IAsyncLifetime
{
    private TestProvider provider = null!;
    private Provider registered = null!;

    public async ValueTask InitializeAsync()
    {
        provider = await TestProvider.StartAsync(hub.Time);
        provider.Subject = $"subject-{Guid.NewGuid():N}";
        registered = await hub.RegisterAsync(provider);
    }

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    [Fact]
    public async Task A_person_needs_no_password_here_from_the_first_link_on()
    {
        var account = await hub.InvitePersonAsync();
        var link = await hub.LinkAsync(account);
        using var browser = new PlainBrowser(hub);
        using var shown = await browser.GetAsync(link);
        Assert.Contains("Police of UTO", browser.Body, StringComparison.Ordinal);
        var token = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
        Assert.Equal(HttpStatusCode.OK, await browser.ViaAsync($"{registered.SignIn}?token={token}"));
        Assert.Equal(("0", "login"), (provider.Asked["max_age"], provider.Asked["prompt"]));
        await IsInAsync(browser, account);

        using var again = new PlainBrowser(hub);
        Assert.Equal(HttpStatusCode.OK, await again.ViaAsync(registered.SignIn));
        Assert.False(provider.Asked.ContainsKey("prompt"));
        await IsInAsync(again, account);
        Assert.Contains("With your organisation", again.Body, StringComparison.Ordinal);
        Assert.Equal(["members.enrolled provider", "members.signedIn provider"], await hub.AuditedAsync(account));

        using var late = new PlainBrowser(hub);
        Assert.Equal(HttpStatusCode.Forbidden, await late.ViaAsync($"{registered.SignIn}?token={token}"));
    }

    [Fact]
    public async Task An_administrator_says_who_a_person_is_there_and_takes_it_away()
    {
        var account = await hub.InvitePersonAsync();
        using var browser = new PlainBrowser(hub);
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync(registered.SignIn));
        var bound = await hub.BindAsync(account, registered.Code, provider.Subject);
        Assert.Equal(("active", registered.Code), (bound.State, bound.Provider));
        Assert.Equal(HttpStatusCode.OK, await browser.ViaAsync(registered.SignIn));
        await IsInAsync(browser, account);

        // What it would add here would outlive the provider, and its account there.
        Assert.DoesNotContain("/account/passkeys/new", browser.Body, StringComparison.Ordinal);
        foreach (var path in new[] { "/account/passkeys/new", "/account/password" })
        {
            using var asked = await browser.GetAsync(path);
            Assert.Equal("/account?notice=notByProvider", asked.Headers.Location!.ToString());
        }

        foreach (var path in new[] { "/account/passkeys", "/account/password", "/account/recovery-codes" })
        {
            using var sent = await browser.PostAsync(path, ("password", PlainBrowser.Password), ("state", "x"), ("credential", "x"), ("code", "000000"));
            Assert.Equal("/account?notice=notByProvider", sent.Headers.Location!.ToString());
        }

        using var told = await browser.GetAsync("/account?notice=notByProvider");
        Assert.Contains("your organisation vouches for you", browser.Body, StringComparison.Ordinal);

        // Who comes in uses up nothing of what its network may try.
        await hub.RunAsync("UPDATE members.sign_in_attempt SET count = 999");
        foreach (var _ in new[] { 1, 2 }) Assert.Equal(HttpStatusCode.OK, await browser.ViaAsync(registered.SignIn));
        Assert.Equal(999, await hub.ScalarAsync<int>("SELECT max(count) FROM members.sign_in_attempt"));
        await hub.RunAsync("DELETE FROM members.sign_in_attempt");

        Assert.Null((await hub.BindAsync(account, null, null)).Provider);
        await IsOutAsync(browser);
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync(registered.SignIn));
    }

    [Fact]
    public async Task A_person_of_the_provider_is_one_account()
    {
        await hub.BindAsync(await hub.InvitePersonAsync(), registered.Code, provider.Subject);
        var refused = await hub.SentAsync(Callers.Administrator, Routes.AccountProvider,
            new AccountProviderRequest { Name = await hub.InvitePersonAsync(), Provider = registered.Code, Subject = provider.Subject },
            LiaisonJson.Default.AccountProviderRequest, LiaisonJson.Answers.Problem, 409);
        Assert.Equal("nameTaken", refused.Code);

        var other = await hub.InvitePersonAsync();
        var link = await hub.LinkAsync(other);
        using var browser = new PlainBrowser(hub);
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync($"{registered.SignIn}?token={link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..]}"));
        using var still = await browser.GetAsync(link);
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task The_provider_of_another_member_opens_nothing()
    {
        await using var foreign = await TestProvider.StartAsync(hub.Time);
        foreign.Subject = provider.Subject;
        var theirs = await hub.RegisterAsync(foreign, "FRA");
        var account = await hub.InvitePersonAsync();
        await hub.BindAsync(account, registered.Code, provider.Subject);
        using var browser = new PlainBrowser(hub);
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync(theirs.SignIn));
        var link = await hub.LinkAsync(await hub.InvitePersonAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync($"{theirs.SignIn}?token={link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..]}"));

        var refused = await hub.SentAsync(Callers.Administrator, Routes.AccountProvider,
            new AccountProviderRequest { Name = account, Provider = theirs.Code, Subject = "somebody" },
            LiaisonJson.Default.AccountProviderRequest, LiaisonJson.Answers.Problem, 403);
        Assert.Equal("otherMember", refused.Code);
        // Not even when the row says so.
        await hub.RunAsync("UPDATE members.provider_subject SET provider = (SELECT id FROM members.provider WHERE code = $2) WHERE account = $1", account, theirs.Code);
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync(theirs.SignIn));
    }

    [Fact]
    public async Task What_is_sensitive_asks_the_provider_for_a_fresh_proof()
    {
        var account = await hub.InvitePersonAsync();
        await hub.BindAsync(account, registered.Code, provider.Subject);
        using var browser = new PlainBrowser(hub);
        provider.AuthenticatedAt = hub.Time.GetUtcNow().AddHours(-1);
        Assert.Equal(HttpStatusCode.OK, await browser.ViaAsync(registered.SignIn));
        using var asked = await browser.GetAsync("/device");
        Assert.Equal("/sign-in?next=%2Fdevice", asked.Headers.Location!.ToString());
        using var page = await browser.GetAsync(asked.Headers.Location!.ToString());
        Assert.Contains($"href=\"{registered.SignIn}?next=%2Fdevice\"", browser.Body, StringComparison.Ordinal);

        // The provider only says again what was an hour ago.
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync($"{registered.SignIn}?next=%2Fdevice"));
        Assert.Equal(("0", "login"), (provider.Asked["max_age"], provider.Asked["prompt"]));
        provider.AuthenticatedAt = null;
        Assert.Equal(HttpStatusCode.OK, await browser.ViaAsync($"{registered.SignIn}?next=%2Fdevice"));
        Assert.Contains("url=/device", browser.Body, StringComparison.Ordinal);
        using var done = await browser.GetAsync("/device");
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal(1L, await hub.ScalarAsync<long>("SELECT count(*) FROM members.session WHERE account = $1 AND ended_at IS NULL", account));
    }

    [Fact]
    public async Task Sessions_end_with_the_account_and_with_the_provider()
    {
        var account = await hub.InvitePersonAsync();
        await hub.BindAsync(account, registered.Code, provider.Subject);
        using var browser = new PlainBrowser(hub);
        await browser.ViaAsync(registered.SignIn);
        await hub.RunAsync("UPDATE members.account SET state = 'suspended' WHERE name = $1", account);
        await IsOutAsync(browser);
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync(registered.SignIn));
        Assert.Equal("members.signInFailed notActive", (await hub.AuditedAsync(account))[^1]);

        await hub.RunAsync("UPDATE members.account SET state = 'active' WHERE name = $1", account);
        await browser.ViaAsync(registered.SignIn);
        await IsInAsync(browser, account);
        var ended = await hub.SentAsync(Callers.Administrator, Routes.ProviderEnd, new ProviderEnd { Code = registered.Code, Why = "Moved elsewhere" },
            LiaisonJson.Default.ProviderEnd, LiaisonJson.Answers.Provider, 200);
        Assert.NotNull(ended.EndedAt);
        await IsOutAsync(browser);
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync(registered.SignIn));
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM members.provider_subject WHERE account = $1", account));
    }

    [Fact]
    public async Task An_organisation_that_is_not_known_looks_like_a_wrong_password()
    {
        using var browser = new PlainBrowser(hub);
        using var page = await browser.GetAsync("/sign-in");
        using var chosen = await browser.PostAsync(Routes.SignInVia, ("code", "No-Such One"), ("next", "/device"));
        Assert.Contains("url=/sign-in/via/nosuchone?next=%2Fdevice", browser.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync("/sign-in/via/nosuchone"));
        var unknown = browser.Constant();
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync(registered.SignIn));
        Assert.Equal(unknown, browser.Constant());
        using var again = await browser.GetAsync("/sign-in");
        using var wrong = await browser.PostAsync("/sign-in", ("name", "nobody"), ("password", PlainBrowser.Password), ("code", "123456"));
        Assert.Equal(unknown, browser.Constant());
        Assert.DoesNotContain("Police of UTO", unknown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task Another_site_signs_nobody_in(string site)
    {
        using var browser = new PlainBrowser(hub) { Site = site };
        using var shown = await browser.GetAsync($"{registered.SignIn}?next=%2Fdevice");
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Contains($"href=\"{registered.SignIn}?next=%2Fdevice\"", browser.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("http-equiv", browser.Body, StringComparison.Ordinal);
        browser.Site = "same-origin";
        using var pressed = await browser.GetAsync(registered.SignIn);
        Assert.StartsWith(provider.Issuer, pressed.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_may_take_a_secret_that_the_operator_keeps()
    {
        await using var other = await TestProvider.StartAsync(hub.Time);
        var secret = await hub.RegisterAsync(other, "UTO", r => r with { Authentication = "secret" });
        other.Subject = "by-secret";
        var account = await hub.InvitePersonAsync();
        await hub.BindAsync(account, secret.Code, other.Subject);
        using var browser = new PlainBrowser(hub);
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync(secret.SignIn));
        await hub.KeepSecretAsync(secret.Code, "another");
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync(secret.SignIn));
        await hub.KeepSecretAsync(secret.Code, TestProvider.Secret);
        Assert.Equal(HttpStatusCode.OK, await browser.ViaAsync(secret.SignIn));
        await IsInAsync(browser, account);
        Assert.DoesNotContain(hub.Log.Lines, l => l.Contains(TestProvider.Secret, StringComparison.Ordinal) || l.Contains(other.Subject, StringComparison.Ordinal));
    }

    private static async Task IsInAsync(PlainBrowser browser, string account)
    {
        using var page = await browser.GetAsync("/account");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains(account, browser.Body, StringComparison.Ordinal);
    }

    private static async Task IsOutAsync(PlainBrowser browser)
    {
        using var page = await browser.GetAsync("/account");
        Assert.Equal(HttpStatusCode.SeeOther, page.StatusCode);
    }
}

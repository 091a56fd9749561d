using ApiTests.Members;

namespace BrowserTests;

/// <summary>The whole way by a member's own provider, in a real browser: cookies that are strict, redirects over sites, a policy that holds.</summary>
public sealed class ProviderTests(SignInHub hub, Chromium chromium) : IClassFixture<SignInHub>
{
    [Fact]
    public async Task A_person_comes_by_link_and_again_by_code_and_proves_itself_anew()
    {
        await using var provider = await TestProvider.StartAsync(hub.Time);
        provider.AsksPerson = true;
        var registered = await hub.RegisterAsync(provider);
        var account = await hub.InvitePersonAsync();
        await using var page = await chromium.NewPageAsync(hub.Site, "ar", 390);
        await page.GoAsync(await hub.LinkAsync(account));
        await page.PressAsync("a[data-provider]");
        await ThereAndBackAsync(page, "/account");
        Assert.Contains(account, await page.TextAsync(), StringComparison.Ordinal);

        await page.SignOutAsync();
        await page.TypeAsync("[name=code][autocomplete=organization]", registered.Code.ToUpperInvariant());
        await page.ClickAsync("form[action='/sign-in/via'] button");
        await ThereAndBackAsync(page, "/account");
        Assert.Contains(account, await page.TextAsync(), StringComparison.Ordinal);

        Assert.False(await page.HasAsync("a[href='/account/passkeys/new'], a[href='/account/password']"));
        await LookTests.SeeAsync(page, "/account?notice=notByProvider", "account-by-provider");

        // A form after it all: its proof is the one of this session.
        hub.Time.Move(TimeSpan.FromMinutes(6));
        await page.PressAsync("form[action='/account/sessions/end-all'] button");
        Assert.Equal("/sign-in", await page.PathAsync());
        await page.PressAsync("a[data-provider]");
        await ThereAndBackAsync(page, "/account");
        Assert.Equal("login", provider.Asked["prompt"]);
        await page.PressAsync("form[action='/account/sessions/end-all'] button");
        Assert.Equal("/account", await page.PathAsync());
        Assert.Null(await page.BrokenPolicyAsync());
        Assert.Equal(["members.enrolled provider", "members.sessionEnded signedOut", "members.signedIn provider", "members.signedIn provider", "members.sessionEnded allEnded"],
            await hub.AuditedAsync(account));
    }

    private static async Task ThereAndBackAsync(Page page, string path)
    {
        await page.WaitForAsync("#yes");
        await page.ClickAsync("#yes");
        await page.WaitForPathAsync(path);
    }
}

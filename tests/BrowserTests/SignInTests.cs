using ApiTests.Members;
using Liaison.Members.Domain;

namespace BrowserTests;

/// <summary>People come in, and are kept out, in a real browser with a real (virtual) authenticator.</summary>
public sealed class SignInTests(SignInHub hub, Chromium chromium) : IClassFixture<SignInHub>
{
    [Fact]
    public async Task A_person_sets_up_a_passkey_by_link_and_signs_in_with_it()
    {
        await using var page = await chromium.NewPageAsync(hub.Site);
        var account = await page.EnrolWithPasskeyAsync(hub);
        Assert.Contains(account, await page.TextAsync(), StringComparison.Ordinal);
        Assert.Equal("active", await hub.ScalarAsync<string>("SELECT state FROM members.account WHERE name = $1", account));

        await page.SignOutAsync();
        Assert.Equal("/sign-in", await page.PathAsync());
        await page.SignInWithPasskeyAsync();
        Assert.Equal("/account", await page.PathAsync());
        Assert.Null(await page.BrokenPolicyAsync());
        Assert.Equal(["members.enrolled passkey", "members.sessionEnded signedOut", "members.signedIn passkey"], await hub.AuditedAsync(account));
    }

    [Fact]
    public async Task A_person_sets_up_password_and_authenticator_and_a_code_works_once()
    {
        await using var page = await chromium.NewPageAsync(hub.Site);
        var (account, key, used, recovery) = await page.EnrolWithPasswordAsync(hub);
        // OWASP ASVS 5, 11.5.1: 128 bits or more, 5 a letter.
        Assert.All(recovery, code => Assert.True(code.Count(c => c != ' ') * 5 >= 128, "A recovery code is too short for a plain hash."));
        await page.SignOutAsync();

        // The code that proved the authenticator is used, as is every one after it.
        await page.SignInAsync(account, Person.Password, used);
        Assert.True(await page.HasAsync("[role=alert]"));
        hub.Time.Move(TimeSpan.FromSeconds(60));
        var code = Totp.Code(key, hub.Time.GetUtcNow());
        await page.SignInAsync(account, Person.Password, code);
        Assert.Equal("/account", await page.PathAsync());

        await page.SignOutAsync();
        await page.SignInAsync(account, Person.Password, code);
        Assert.True(await page.HasAsync("[role=alert]"));
        await page.SignInAsync(account, Person.Password, "000000");
        await page.SignInAsync(account, "not the password at all", Totp.Code(key, hub.Time.GetUtcNow().AddSeconds(30)));
        Assert.True(await page.HasAsync("[role=alert]"));

        await page.SignInAsync(account, Person.Password, recovery[3]);
        Assert.Equal("/account", await page.PathAsync());
        await page.SignOutAsync();
        await page.SignInAsync(account, Person.Password, recovery[3]);
        Assert.True(await page.HasAsync("[role=alert]"));
        Assert.Equal(
            [
                "members.enrolled password", "members.sessionEnded signedOut", "members.signInFailed codeUsed", "members.signedIn password",
                "members.sessionEnded signedOut", "members.signInFailed codeUsed", "members.signInFailed wrongCode",
                "members.signInFailed wrongPassword", "members.signedIn recoveryCode", "members.sessionEnded signedOut", "members.signInFailed wrongCode",
            ],
            await hub.AuditedAsync(account));
    }

    [Fact]
    public async Task A_link_works_once_and_for_its_time()
    {
        await using var page = await chromium.NewPageAsync(hub.Site);
        var account = await hub.InvitePersonAsync();
        var link = await hub.LinkAsync(account);
        await page.GoAsync(link);
        await page.PressAsync("form[action='/enrol/passkey'] button");
        await page.GoAsync(link);
        Assert.Contains("This link does not work", await page.TextAsync(), StringComparison.Ordinal);

        var late = await hub.LinkAsync(account, TimeSpan.FromHours(1));
        hub.Time.Move(TimeSpan.FromMinutes(61));
        await page.GoAsync(late);
        Assert.Contains("This link does not work", await page.TextAsync(), StringComparison.Ordinal);
        Assert.False(await page.HasAsync("[name=token]"));
    }

    [Fact]
    public async Task A_new_link_replaces_what_was_set_up_before()
    {
        await using var lost = await chromium.NewPageAsync(hub.Site);
        await using var page = await chromium.NewPageAsync(hub.Site);
        var account = await lost.EnrolWithPasskeyAsync(hub);
        await page.GoAsync(await hub.LinkAsync(account));
        await page.PressAsync("form[action='/enrol/passkey'] button");
        Assert.Equal("/account", await page.PathAsync());

        await lost.GoAsync("/account");
        Assert.Equal("/sign-in", await lost.PathAsync());
        await lost.SignInWithPasskeyAsync();
        Assert.True(await lost.HasAsync("[role=alert]"));
    }

    [Fact]
    public async Task A_session_that_is_ended_elsewhere_is_over()
    {
        await using var here = await chromium.NewPageAsync(hub.Site);
        await using var there = await chromium.NewPageAsync(hub.Site);
        var (account, _, _, recovery) = await here.EnrolWithPasswordAsync(hub);
        await there.SignInAsync(account, Person.Password, recovery[0]);
        Assert.Equal("/account", await there.PathAsync());

        await here.GoAsync("/account");
        Assert.Equal(2, (await here.TextsOfAsync("[data-row=session]")).Length);
        await here.PressAsync("form[action='/account/sessions/end'] button");
        Assert.Single(await here.TextsOfAsync("[data-row=session]"));
        await there.GoAsync("/account");
        Assert.Equal("/sign-in", await there.PathAsync());
        await here.GoAsync("/account");
        Assert.Equal("/account", await here.PathAsync());
    }

    [Fact]
    public async Task A_session_ends_by_silence_and_with_the_account()
    {
        await using var page = await chromium.NewPageAsync(hub.Site);
        var account = await page.EnrolWithPasskeyAsync(hub);
        hub.Time.Move(TimeSpan.FromMinutes(29));
        await page.GoAsync("/account");
        hub.Time.Move(TimeSpan.FromMinutes(29));
        await page.GoAsync("/account");
        Assert.Equal("/account", await page.PathAsync());
        hub.Time.Move(TimeSpan.FromMinutes(31));
        await page.GoAsync("/account");
        Assert.Equal("/sign-in", await page.PathAsync());

        await page.SignInWithPasskeyAsync();
        Assert.Equal("/account", await page.PathAsync());
        await hub.RunAsync("UPDATE members.account SET state = 'suspended' WHERE name = $1", account);
        await page.GoAsync("/account");
        Assert.Equal("/sign-in", await page.PathAsync());
        await page.SignInWithPasskeyAsync();
        Assert.True(await page.HasAsync("[role=alert]"));
        Assert.Equal("members.signInFailed notActive", (await hub.AuditedAsync(account))[^1]);
    }

    [Fact]
    public async Task What_is_sensitive_asks_for_a_fresh_proof_and_the_last_way_in_stays()
    {
        await using var page = await chromium.NewPageAsync(hub.Site);
        var account = await page.EnrolWithPasskeyAsync(hub);
        await page.PressAsync("form[action='/account/passkeys/remove'] button");
        Assert.Single(await page.TextsOfAsync("[data-row=passkey]"));
        Assert.Contains("Nothing was changed", await page.TextAsync(), StringComparison.Ordinal);

        hub.Time.Move(TimeSpan.FromMinutes(6));
        await page.GoAsync("/account/password");
        Assert.Equal("/sign-in", await page.PathAsync());
        await page.SignInWithPasskeyAsync();
        Assert.Equal("/account/password", await page.PathAsync());
        var key = Person.Decode(await page.TextOfAsync("[data-key]"));
        await page.TypeAsync("main [name=password]", "aaaaaaaaaaaaaaaaaaaa");
        await page.TypeAsync("main [name=code]", Totp.Code(key, hub.Time.GetUtcNow()));
        await page.PressAsync("main button");
        Assert.Contains("easily guessed", await page.TextOfAsync("[role=alert]"), StringComparison.Ordinal);
        Assert.Equal(key, Person.Decode(await page.TextOfAsync("[data-key]")));
        await page.TypeAsync("main [name=password]", Person.Password);
        await page.TypeAsync("main [name=code]", Totp.Code(key, hub.Time.GetUtcNow()));
        await page.PressAsync("main button");
        Assert.Equal(8, (await page.TextsOfAsync("li.code")).Length);

        await page.PressAsync("a.main");
        await page.PressAsync("form[action='/account/passkeys/remove'] button");
        Assert.False(await page.HasAsync("[data-row=passkey]"));
        await page.PressAsync("form[action='/account/password/remove'] button");
        Assert.Contains("Nothing was changed", await page.TextAsync(), StringComparison.Ordinal);
        await page.PressAsync("a[href='/account/passkeys/new']");
        await page.TypeAsync("[name=label]", "Key of the duty room");
        await page.PressAsync("main button");
        await page.PressAsync("form[action='/account/password/remove'] button");
        Assert.Null(await page.BrokenPolicyAsync());
        await page.SignOutAsync();
        await page.SignInWithPasskeyAsync();
        Assert.Equal("/account", await page.PathAsync());
        Assert.Contains("members.passwordSet done", await hub.AuditedAsync(account));
    }
}

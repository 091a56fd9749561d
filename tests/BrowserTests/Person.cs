using ApiTests.Members;
using Liaison.Members.Domain;

namespace BrowserTests;

/// <summary>What people do on the pages, step by step.</summary>
internal static class Person
{
    public const string Password = "correct horse battery staple";

    /// <summary>A person with a passkey in this browser.</summary>
    public static async Task<string> EnrolWithPasskeyAsync(this Page page, SignInHub hub)
    {
        var account = await hub.InvitePersonAsync();
        await page.GoAsync(await hub.LinkAsync(account));
        await page.PressAsync("form[action='/enrol/passkey'] button");
        Assert.Equal("/account", await page.PathAsync());
        return account;
    }

    /// <summary>A person with password and authenticator.</summary>
    /// <returns>The account, the authenticator's key, the code that proved it and the recovery codes.</returns>
    public static async Task<(string Account, byte[] Key, string Used, string[] Codes)> EnrolWithPasswordAsync(this Page page, SignInHub hub)
    {
        var account = await hub.InvitePersonAsync();
        await page.GoAsync(await hub.LinkAsync(account));
        var key = Decode(await page.TextOfAsync("[data-key]"));
        await page.TypeAsync("form[action='/enrol/password'] [name=password]", Password);
        var used = Totp.Code(key, hub.Time.GetUtcNow());
        await page.TypeAsync("form[action='/enrol/password'] [name=code]", used);
        await page.PressAsync("form[action='/enrol/password'] button");
        var codes = await page.TextsOfAsync("li.code");
        Assert.Equal(8, codes.Length);
        await page.PressAsync("a.main");
        Assert.Equal("/account", await page.PathAsync());
        return (account, key, used, codes);
    }

    public static Task SignOutAsync(this Page page) => page.PressAsync("form[action='/account/sign-out'] button");

    public static async Task SignInAsync(this Page page, string account, string password, string code)
    {
        if (await page.PathAsync() != "/sign-in") await page.GoAsync("/sign-in");
        await page.TypeAsync("[name=name]", account);
        await page.TypeAsync("[name=password]", password);
        await page.TypeAsync("[name=code]", code);
        await page.PressAsync("form[action='/sign-in'] button");
    }

    public static async Task SignInWithPasskeyAsync(this Page page)
    {
        if (await page.PathAsync() != "/sign-in") await page.GoAsync("/sign-in");
        await page.PressAsync("form[action='/sign-in/passkey'] button");
    }

    /// <summary>RFC 4648 section 6, as an authenticator app reads it.</summary>
    public static byte[] Decode(string key)
    {
        var bytes = new List<byte>();
        int held = 0, bits = 0;
        foreach (var c in key.Where(c => c != ' '))
        {
            held = (held << 5 | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal)) & 0xFFF;
            bits += 5;
            if (bits < 8) continue;
            bits -= 8;
            bytes.Add((byte)(held >> bits));
        }

        return [.. bytes];
    }
}

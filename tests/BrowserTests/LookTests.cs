using ApiTests.Members;

namespace BrowserTests;

/// <summary>How the pages look, in every language and on a phone. LIAISON_PICTURES names a folder to leave pictures in.</summary>
public sealed class LookTests(SignInHub hub, Chromium chromium) : IClassFixture<SignInHub>
{
    [Theory]
    [InlineData("en", "ltr", "Sign in")]
    [InlineData("fr-CA,en;q=0.5", "ltr", "Se connecter")]
    [InlineData("es", "ltr", "Iniciar sesión")]
    [InlineData("ar", "rtl", "تسجيل الدخول")]
    [InlineData("tlh, *;q=0.1", "ltr", "Sign in")]
    public async Task The_page_speaks_the_language_of_the_browser(string language, string direction, string title)
    {
        await using var page = await chromium.NewPageAsync(hub.Site, language);
        await page.GoAsync("/sign-in");
        Assert.Equal(title, await page.TextOfAsync("h1"));
        Assert.Equal(direction, (string)(await page.RunAsync("document.documentElement.dir"))!);
        Assert.Null(await page.BrokenPolicyAsync());
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("fr", 320)]
    [InlineData("ar", 390)]
    public async Task No_page_is_wider_than_its_window(string language, int width)
    {
        await using var provider = await TestProvider.StartAsync(hub.Time);
        await hub.RegisterAsync(provider);
        await using var page = await chromium.NewPageAsync(hub.Site, language, width);
        await SeeAsync(page, "/sign-in", $"sign-in-{language}-{width}");
        await SeeAsync(page, await hub.LinkAsync(await hub.InvitePersonAsync()), $"enrol-{language}-{width}");
        await page.EnrolWithPasswordAsync(hub);
        await SeeAsync(page, "/account", $"account-{language}-{width}");
        await SeeAsync(page, "/account/password?authenticator=new", $"password-{language}-{width}");
        await SeeAsync(page, "/device", $"device-{language}-{width}");
    }

    /// <summary>The library's page works under the policy that the hub gives it.</summary>
    [Fact]
    public async Task The_page_about_the_interface_is_shown()
    {
        await using var page = await chromium.NewPageAsync(hub.Site);
        await page.GoAsync("/docs/");
        await page.WaitForAsync("#app h1");
        Assert.Contains("Liaison", await page.TextAsync(), StringComparison.Ordinal);
        // It tries whether it may make code of text, and does without.
        Assert.Equal("script-src eval", await page.BrokenPolicyAsync());
    }

    internal static async Task SeeAsync(Page page, string path, string name)
    {
        await page.GoAsync(path);
        Assert.Equal(path.Split('?')[0], await page.PathAsync());
        Assert.NotEmpty(await page.TextOfAsync("h1"));
        if (Environment.GetEnvironmentVariable("LIAISON_PICTURES") is { Length: > 0 } folder)
            await File.WriteAllBytesAsync(Path.Combine(folder, name + ".png"), await page.PictureAsync());
        Assert.True(await page.OverflowAsync() <= 0, $"{name} is {await page.OverflowAsync()} pixels too wide.");
    }
}

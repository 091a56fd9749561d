using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ApiTests.Members;

namespace BrowserTests;

/// <summary>The command line asks, a person decides on the page (RFC 8628).</summary>
public sealed class DeviceTests(SignInHub hub, Chromium chromium) : IClassFixture<SignInHub>
{
    private const string Client = "Liaison.Cli", Grant = "urn:ietf:params:oauth:grant-type:device_code";

    [Fact]
    public async Task A_program_that_a_person_approves_gets_a_token_until_it_is_taken_away()
    {
        await using var page = await chromium.NewPageAsync(hub.Site);
        var account = await page.EnrolWithPasskeyAsync(hub);
        var (device, code) = await AskAsync();
        Assert.Equal("authorization_pending", (string?)(await PollAsync(device))["error"]);

        await page.GoAsync("/device");
        await page.TypeAsync("[name=user_code]", code);
        await page.PressAsync("main button");
        Assert.Contains("Liaison command line", await page.TextAsync(), StringComparison.Ordinal);
        Assert.Contains(account, await page.TextAsync(), StringComparison.Ordinal);
        Assert.Contains("12 hours at most", await page.TextAsync(), StringComparison.Ordinal);
        await page.PressAsync("[value=approve]");
        Assert.Contains("Approved", await page.TextAsync(), StringComparison.Ordinal);

        var token = (string?)(await PollAsync(device))["access_token"];
        Assert.NotNull(token);
        using var status = await hub.Http(token).GetAsync(new Uri("/v1/status", UriKind.Relative));
        Assert.True(status.IsSuccessStatusCode);
        Assert.Contains("members.deviceApproved done", await hub.AuditedAsync(account));

        await page.GoAsync("/account");
        Assert.Contains("Liaison command line", await page.TextOfAsync("[data-row=program]"), StringComparison.Ordinal);
        await page.PressAsync("form[action='/account/programs/end'] button");
        Assert.False(await page.HasAsync("[data-row=program]"));
        // Nodes follow the change log: five seconds at most.
        for (var tries = 0; tries < 100 && await AnswersAsync(token); tries++) await Task.Delay(50);
        Assert.False(await AnswersAsync(token));
    }

    [Fact]
    public async Task A_program_that_a_person_refuses_gets_nothing_and_a_code_is_decided_once()
    {
        await using var page = await chromium.NewPageAsync(hub.Site);
        var account = await page.EnrolWithPasskeyAsync(hub);
        var (device, code) = await AskAsync();
        await page.GoAsync($"/device?user_code={code}");
        await page.PressAsync("[value=deny]");
        Assert.Contains("Denied", await page.TextAsync(), StringComparison.Ordinal);
        Assert.Equal("access_denied", (string?)(await PollAsync(device))["error"]);
        await page.GoAsync($"/device?user_code={code}");
        Assert.True(await page.HasAsync("[role=alert]"));
        Assert.Contains("members.deviceDenied done", await hub.AuditedAsync(account));
    }

    [Fact]
    public async Task Who_is_not_signed_in_comes_back_to_the_code_after_signing_in()
    {
        await using var page = await chromium.NewPageAsync(hub.Site);
        await page.EnrolWithPasskeyAsync(hub);
        await page.SignOutAsync();
        var (_, code) = await AskAsync();
        await page.GoAsync($"/device?user_code={code}");
        Assert.Equal("/sign-in", await page.PathAsync());
        await page.SignInWithPasskeyAsync();
        Assert.Equal("/device", await page.PathAsync());
        Assert.True(await page.HasAsync("[value=approve]"));
    }

    private async Task<bool> AnswersAsync(string? token)
    {
        using var answer = await hub.Http(token).GetAsync(new Uri("/v1/status", UriKind.Relative));
        return answer.IsSuccessStatusCode;
    }

    private async Task<(string Device, string User)> AskAsync()
    {
        var answer = await PostAsync("/connect/device", new() { ["client_id"] = Client, ["scope"] = "offline_access" });
        return ((string)answer["device_code"]!, (string)answer["user_code"]!);
    }

    private Task<JsonNode> PollAsync(string device) =>
        PostAsync("/connect/token", new() { ["client_id"] = Client, ["grant_type"] = Grant, ["device_code"] = device });

    private async Task<JsonNode> PostAsync(string path, Dictionary<string, string> form)
    {
        using var content = new FormUrlEncodedContent(form);
        using var answer = await hub.Http(null).PostAsync(new Uri(path, UriKind.Relative), content);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}

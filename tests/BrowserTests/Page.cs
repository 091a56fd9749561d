using System.Diagnostics;
using System.Text.Json.Nodes;

namespace BrowserTests;

/// <summary>A page as a person uses it: goes somewhere, reads, types, presses.</summary>
public sealed class Page(Chromium browser, string session, string context, Uri site) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Tells what a page broke of its policy, and marks the document so that the next one is known from it.</summary>
    private const string Watch = """
        document.addEventListener("securitypolicyviolation", e => sessionStorage.setItem("broken", e.violatedDirective + " " + e.blockedURI));
        """;

    internal async Task SetUpAsync(string language, int width, int height)
    {
        await SendAsync("Page.enable", []);
        await SendAsync("Emulation.setDeviceMetricsOverride",
            new() { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        await SendAsync("Network.enable", []);
        await SendAsync("Network.setExtraHTTPHeaders", new() { ["headers"] = new JsonObject { ["Accept-Language"] = language } });
        await SendAsync("Page.addScriptToEvaluateOnNewDocument", new() { ["source"] = Watch });
        await SendAsync("WebAuthn.enable", new() { ["enableUI"] = false });
        await SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new JsonObject
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true,
                ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
    }

    public Task GoAsync(string path) => NavigateAsync(() => SendAsync("Page.navigate", new() { ["url"] = new Uri(site, path).ToString() }));

    public async Task<string> PathAsync() => (string)(await RunAsync("location.pathname"))!;

    /// <summary>All that is to be read.</summary>
    public async Task<string> TextAsync() => (string)(await RunAsync("document.body.innerText"))!;

    public async Task<bool> HasAsync(string selector) => (bool)(await RunAsync($"!!document.querySelector({Quoted(selector)})"))!;

    public async Task<string> TextOfAsync(string selector) => (string)(await RunAsync($"document.querySelector({Quoted(selector)}).innerText"))!;

    public async Task<string[]> TextsOfAsync(string selector) =>
        [.. ((JsonArray)JsonNode.Parse((string)(await RunAsync(
            $"JSON.stringify([...document.querySelectorAll({Quoted(selector)})].map(e => e.innerText))"))!)!).Select(n => (string)n!)];

    public Task TypeAsync(string selector, string value) => RunAsync($"document.querySelector({Quoted(selector)}).value = {Quoted(value)}");

    /// <summary>Presses a button or follows a link, and waits for the page that comes of it.</summary>
    public Task PressAsync(string selector) => NavigateAsync(() => ClickAsync(selector));

    /// <summary>Presses a button that leads to no other page.</summary>
    public Task ClickAsync(string selector) => RunAsync($"document.querySelector({Quoted(selector)}).click()");

    /// <summary>What the page's security policy had to stop; null is what it should be.</summary>
    public async Task<string?> BrokenPolicyAsync() => (string?)await RunAsync("sessionStorage.getItem('broken')");

    /// <summary>How far the page is wider than its window.</summary>
    public async Task<int> OverflowAsync() => (int)(await RunAsync("document.documentElement.scrollWidth - innerWidth"))!;

    public async Task<byte[]> PictureAsync() =>
        Convert.FromBase64String((string)(await SendAsync("Page.captureScreenshot", new() { ["captureBeyondViewport"] = true }))["data"]!);

    public async Task<JsonNode?> RunAsync(string script)
    {
        var answer = await SendAsync("Runtime.evaluate", new() { ["expression"] = script, ["returnByValue"] = true, ["awaitPromise"] = true, ["userGesture"] = true });
        return answer["exceptionDetails"] is { } fault
            ? throw new InvalidOperationException($"{script}: {fault["exception"]?["description"]}")
            : answer["result"]!["value"];
    }

    public async ValueTask DisposeAsync() =>
        await browser.SendAsync("Target.disposeBrowserContext", new() { ["browserContextId"] = context });

    /// <summary>Until the page, which may be one of another site, has the element.</summary>
    public Task WaitForAsync(string selector) => WaitAsync($"document.querySelector({Quoted(selector)}) !== null");

    /// <summary>Until pages that lead on by themselves have led there.</summary>
    public Task WaitForPathAsync(string path) => WaitAsync($"location.pathname === {Quoted(path)}");

    private async Task WaitAsync(string script)
    {
        for (var began = Stopwatch.StartNew(); began.Elapsed < Patience;)
        {
            try
            {
                if ((bool)(await RunAsync($"document.readyState === 'complete' && {script}"))!) return;
            }
            catch (InvalidOperationException)
            {
                // Between two documents there is nothing to ask.
            }

            await Task.Delay(10);
        }

        throw new TimeoutException($"{script} never held. The page says: {await TextAsync()}");
    }

    private async Task NavigateAsync(Func<Task> act)
    {
        await RunAsync("window.old = true");
        await act();
        for (var began = Stopwatch.StartNew(); began.Elapsed < Patience;)
        {
            try
            {
                if ((bool)(await RunAsync("!window.old && document.readyState === 'complete' && location.href !== 'about:blank'"))!) return;
            }
            catch (InvalidOperationException)
            {
                // Between two documents there is nothing to ask.
            }

            await Task.Delay(10);
        }

        throw new TimeoutException($"No new page came. This one says: {await TextAsync()}");
    }

    private Task<JsonNode> SendAsync(string method, JsonObject parameters) => browser.SendAsync(method, parameters, session);

    private static string Quoted(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}

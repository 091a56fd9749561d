using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json.Nodes;

[assembly: AssemblyFixture(typeof(BrowserTests.Chromium))]

namespace BrowserTests;

/// <summary>
/// One Chromium for the run, without a window, told what to do by the Chrome DevTools Protocol. The packages that do this bring browsers or
/// runtimes of their own, hundreds of megabytes; what the tests need of the protocol are a few messages.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    private const int LongestMessage = 1 << 20;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    private readonly string profile = Directory.CreateTempSubdirectory("liaison-chromium-").FullName;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> waiting = new();
    private readonly SemaphoreSlim oneSender = new(1);
    private readonly ClientWebSocket socket = new();
    private Process? process;
    private Task? receiving;
    private int lastId;

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("LIAISON_CHROMIUM") ?? "chromium")
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
        };
        string[] arguments =
        [
            "--headless=new", "--remote-debugging-port=0", $"--user-data-dir={profile}", "--no-first-run", "--no-default-browser-check", "--disable-gpu",
            "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--mute-audio",
            // Its sandbox does not start for root; the pages are our own.
            "--no-sandbox", "about:blank",
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        await socket.ConnectAsync(await AddressAsync(), CancellationToken.None);
        receiving = ReceiveAsync();
    }

    /// <summary>A browser of its own, as far as cookies and passkeys go, with one page.</summary>
    public async Task<Page> NewPageAsync(Uri site, string language = "en", int width = 1280, int height = 900)
    {
        var context = (string)(await SendAsync("Target.createBrowserContext", []))["browserContextId"]!;
        var target = (string)(await SendAsync("Target.createTarget", new() { ["url"] = "about:blank", ["browserContextId"] = context }))["targetId"]!;
        var session = (string)(await SendAsync("Target.attachToTarget", new() { ["targetId"] = target, ["flatten"] = true }))["sessionId"]!;
        var page = new Page(this, session, context, site);
        await page.SetUpAsync(language, width, height);
        return page;
    }

    /// <exception cref="InvalidOperationException">The browser says no.</exception>
    internal async Task<JsonNode> SendAsync(string method, JsonObject parameters, string? session = null)
    {
        var id = Interlocked.Increment(ref lastId);
        var answer = waiting[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (session is not null) message["sessionId"] = session;
        await oneSender.WaitAsync();
        try
        {
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            oneSender.Release();
        }

        var received = await answer.Task.WaitAsync(StartPatience);
        return received["error"] is { } error ? throw new InvalidOperationException($"{method}: {error["message"]}") : received["result"]!;
    }

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        if (receiving is not null) await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }

        socket.Dispose();
        oneSender.Dispose();
        Directory.Delete(profile, recursive: true);
    }

    /// <summary>The browser writes down where it listens.</summary>
    private async Task<Uri> AddressAsync()
    {
        var file = Path.Combine(profile, "DevToolsActivePort");
        for (var began = Stopwatch.StartNew(); began.Elapsed < StartPatience;)
        {
            if (File.Exists(file) && await File.ReadAllLinesAsync(file) is [var port, var path]) return new($"ws://127.0.0.1:{port}{path}");
            if (process!.HasExited) throw new InvalidOperationException($"Chromium ended with code {process.ExitCode}.");
            await Task.Delay(20);
        }

        throw new TimeoutException("Chromium did not start.");
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[LongestMessage];
        try
        {
            while (true)
            {
                using var message = new MemoryStream();
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                    await message.WriteAsync(buffer.AsMemory(0, part.Count));
                }
                while (!part.EndOfMessage);
                var node = JsonNode.Parse(message.ToArray())!;
                if (node["id"] is { } id && waiting.TryRemove((int)id, out var answer)) answer.TrySetResult(node);
            }
        }
        finally
        {
            foreach (var one in waiting.Values) one.TrySetException(new InvalidOperationException("Chromium is gone."));
        }
    }
}

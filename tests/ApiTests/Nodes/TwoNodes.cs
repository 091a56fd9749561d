using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Liaison.Api;

namespace ApiTests.Nodes;

/// <summary>The example of <c>deploy/two-nodes</c>, run as anybody would run it.</summary>
internal sealed class TwoNodes : IDisposable
{
    private readonly StringBuilder errors = new();
    private readonly string data;
    private readonly Process process;
    private readonly HttpClient[] http;

    private TwoNodes(Process process, string data, int[] ports)
    {
        (this.process, this.data) = (process, data);
        http = [.. ports.Select(port => new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(15) })];
        Clients = [.. http.Select(h => new LiaisonClient(h, Callers.Utopia))];
        Askers = [.. http.Select(h => new LiaisonClient(h, Callers.Germany))];
    }

    public LiaisonClient[] Clients { get; }

    /// <summary>Of another member, one for each node.</summary>
    public LiaisonClient[] Askers { get; }

    public string Errors
    {
        get
        {
            lock (errors) return errors.ToString();
        }
    }

    public static TwoNodes Start(string database, string folder)
    {
        var ports = FreePorts();
        var data = Path.Combine(folder, "nodes");
        var start = new ProcessStartInfo(Path.Combine(Root(), "deploy/two-nodes/run"),
            ["--ports", $"{ports[0]},{ports[1]}", "--data", data, "--hub", Path.Combine(AppContext.BaseDirectory, "Liaison.Hub.dll")])
        {
            RedirectStandardError = true,
        };
        start.Environment["LIAISON_DATABASE"] = database;
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["LIAISON_HIT_CLOCKS"] = $"urgent={CaseTraffic.Clock.TotalSeconds:F0}s";
        var nodes = new TwoNodes(Process.Start(start)!, data, ports);
        nodes.process.ErrorDataReceived += (_, e) =>
        {
            lock (nodes.errors) nodes.errors.AppendLine(e.Data);
        };
        nodes.process.BeginErrorReadLine();
        return nodes;
    }

    /// <summary>The file is there before its number is: a node that just started is waited for.</summary>
    public int ProcessId(int node)
    {
        var file = Path.Combine(data, node == 0 ? "a.pid" : "b.pid");
        int id = 0;
        Assert.True(SpinWait.SpinUntil(() => int.TryParse(File.ReadAllText(file), out id), TimeSpan.FromSeconds(20)), $"{file} holds no process id.");
        return id;
    }

    public async Task UntilReadyAsync(int node)
    {
        var began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < 60)
        {
            try
            {
                using var ready = await http[node].GetAsync(new Uri(Routes.Ready, UriKind.Relative));
                if (ready.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                Assert.False(process.HasExited, Errors);
            }

            await Task.Delay(50);
        }

        Assert.Fail($"Node {node} was not ready within a minute: {Errors}");
    }

    /// <summary>Tells it to stop, as a terminal would, and waits for its end.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", process.Id.ToString("D", null)])) await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public void Dispose()
    {
        foreach (var client in http) client.Dispose();
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        process.Dispose();
    }

    private static int[] FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return [((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port];
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}

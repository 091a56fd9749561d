using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ApiTests.PrivatePostgres;
using Liaison.Api;

namespace ApiTests.Processes;

/// <summary>The hub as a process of its own, as <c>./run</c> starts it: private PostgreSQL, data folder, signals.</summary>
internal sealed class HubProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process process;
    private readonly StringBuilder errors = new(), printed = new();
    private readonly List<HttpClient> clients = [];

    private HubProcess(Process process) => this.process = process;

    public Uri Address { get; private set; } = null!;

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    public string Errors
    {
        get
        {
            lock (errors) return errors.ToString();
        }
    }

    /// <summary>What it wrote to its console since it was ready; the log is not there.</summary>
    public string Printed
    {
        get
        {
            lock (printed) return printed.ToString();
        }
    }

    /// <summary>Starts and waits for the line <c>ready</c>.</summary>
    public static Task<HubProcess> StartAsync(string dataFolder, params string[] more) => StartAsync(dataFolder, [], more);

    /// <summary>The same with variables of its environment.</summary>
    public static async Task<HubProcess> StartAsync(string dataFolder, (string Name, string Value)[] variables, params string[] more)
    {
        var hub = Launch(dataFolder, more, variables: variables);
        using var limit = new CancellationTokenSource(Patience);
        while (await hub.process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.StartsWith("ready ", StringComparison.Ordinal)) continue;
            hub.Address = new Uri(line["ready ".Length..]);
            // An unread pipe would stop the hub when it is full.
            _ = hub.KeepPrintedAsync();
            return hub;
        }

        throw new InvalidOperationException("The hub ended before it was ready: " + hub.Errors);
    }

    /// <summary>Starts and waits for its end.</summary>
    public static async Task<(int ExitCode, string Errors)> RunToEndAsync(
        string dataFolder, string environment = "Development", params (string Name, string Value)[] variables)
    {
        using var hub = Launch(dataFolder, [], environment, variables);
        var exit = await hub.EndAsync();
        return (exit, hub.Errors);
    }

    /// <summary>Another verb of the program, to its end.</summary>
    public static async Task<(int Exit, string Output, string Errors)> VerbAsync((string Name, string Value)[] variables, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Liaison.Hub.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("LIAISON_HOME");
        start.Environment.Remove("LIAISON_OWNER_DATABASE");
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }

    public LiaisonClient As(string profile, string dataFolder)
    {
        var accounts = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(dataFolder, "accounts.json")), LiaisonJson.Default.LocalHub)!;
        var client = new HttpClient { BaseAddress = Address };
        clients.Add(client);
        return new(client, accounts.Profiles[profile].Token);
    }

    public void Kill() => process.Kill();

    /// <summary>Sends a signal by name, as the terminal would.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString("D", null)]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public void Dispose()
    {
        foreach (var client in clients) client.Dispose();
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private async Task KeepPrintedAsync()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (printed) printed.AppendLine(line);
        }
    }

    private static HubProcess Launch(string dataFolder, string[] more, string environment = "Development",
        params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("dotnet",
            [Path.Combine(AppContext.BaseDirectory, "Liaison.Hub.dll"), "serve", "--port", "0", "--data", dataFolder, "--no-demo", .. more])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("LIAISON_HOME");
        // Whoever runs the tests may be a unit of systemd.
        start.Environment.Remove("JOURNAL_STREAM");
        start.Environment["DOTNET_ENVIRONMENT"] = environment;
        foreach (var (name, value) in variables) start.Environment[name] = value;
        var hub = new HubProcess(Process.Start(start)!);
        hub.process.ErrorDataReceived += (_, e) =>
        {
            lock (hub.errors) hub.errors.AppendLine(e.Data);
        };
        hub.process.BeginErrorReadLine();
        return hub;
    }
}

/// <summary>One hub for the tests of a class: what a test killed, or ended, is started again by the next that wants it.</summary>
public sealed class StruckHub : IAsyncDisposable
{
    private HubProcess? hub;

    internal DataFolder Data { get; } = new();

    /// <summary>The hub that runs, which may have been started for it.</summary>
    internal async Task<HubProcess> HubAsync()
    {
        if (hub is { HasEnded: false }) return hub;
        hub?.Dispose();
        await Data.EnsureDatabaseAsync();
        return hub = await HubProcess.StartAsync(Data.Path);
    }

    public async ValueTask DisposeAsync()
    {
        hub?.Dispose();
        await Data.StopPostgresAsync();
        Data.Dispose();
    }
}

/// <summary>A data folder whose PostgreSQL is stopped and whose files are gone when the test ends.</summary>
internal sealed class DataFolder : IDisposable
{
    public string Path { get; } = TestFolder.Make("liaison-data-");

    /// <summary>Puts a database there that was made before, which is quicker than to let the hub make one.</summary>
    public Task EnsureDatabaseAsync() => Directory.EnumerateFileSystemEntries(Path).Any() ? Task.CompletedTask : MadeCluster.CopyToAsync(Path);

    public async Task StopPostgresAsync()
    {
        if (await PostmasterAsync() is not { } pid) return;
        using var kill = Process.Start("kill", ["-INT", pid.ToString("D", null)]);
        await kill.WaitForExitAsync();
        while (Directory.Exists($"/proc/{pid}")) await Task.Delay(50);
    }

    public async Task KillPostgresAsync()
    {
        using var kill = Process.Start("kill", ["-KILL", $"{await PostmasterAsync()}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>The postmaster of this folder, or null when none runs.</summary>
    public async Task<int?> PostmasterAsync()
    {
        var mark = Directory.EnumerateFiles(Path, "postmaster.pid", SearchOption.AllDirectories).FirstOrDefault();
        if (mark is null) return null;
        var pid = int.Parse((await File.ReadAllLinesAsync(mark))[0], null);
        return Directory.Exists($"/proc/{pid}") ? pid : null;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

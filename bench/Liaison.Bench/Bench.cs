using System.Diagnostics;
using Liaison.Bench.Clients;
using Liaison.Bench.Corpora;
using Liaison.Bench.Figures;
using Liaison.Bench.Servers;
using Liaison.Platform.Data.PrivatePostgres;
using Microsoft.Extensions.Logging.Abstractions;

namespace Liaison.Bench;

/// <summary>What every figure of one run shares: sizes, a folder, one PostgreSQL with its default, durable settings.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private readonly bool ownsFolder;
    private MainDataset? main;

    private Bench(BenchOptions options, string folder, PrivateCluster cluster)
    {
        (Options, Folder, Cluster) = (options, folder, cluster);
        Sizes = options.Quick ? Sizes.Quick : Sizes.Full;
        ownsFolder = options.Folder is null;
    }

    public BenchOptions Options { get; }

    public Sizes Sizes { get; }

    public string Folder { get; }

    public PrivateCluster Cluster { get; }

    /// <summary>The hub's assembly: the Release build beside the bench's own.</summary>
    public static string HubProgram { get; } =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Liaison.Hub", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "Liaison.Hub.dll"));

    public Wrk Wrk => new(Path.Combine(AppContext.BaseDirectory, "search.lua"), Path.Combine(Folder, "questions-"));

    /// <exception cref="BenchException">Something is missing; the message says what to do.</exception>
    public static async Task<Bench> StartAsync(BenchOptions options, CancellationToken stop)
    {
        if (!File.Exists(HubProgram)) throw new BenchException($"{HubProgram} is not built: start the bench by bench/run, which builds it.");
        var folder = options.Folder ?? Directory.CreateTempSubdirectory("liaison-bench-").FullName;
        Directory.CreateDirectory(folder);
        // PostgreSQL's own user must pass through when this one is root.
        if (options.Folder is null && !OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            var start = await PrivateCluster.StartAsync(
                PrivatePostgresOptions.FromEnvironment(Path.Combine(folder, "postgres")), NullLogger.Instance, TimeProvider.System, stop);
            if (start is ClusterStart.Refused refused) throw new BenchException(refused.Problem);
            var bench = new Bench(options, folder, ((ClusterStart.Started)start).Cluster);
            await HubDatabase.PrepareAsync(bench.Cluster, HubProgram, stop);
            return bench;
        }
        catch
        {
            if (options.Folder is null) Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public async Task<MainDataset> MainAsync(CancellationToken stop) => main ??= await MainDataset.StartAsync(this, stop);

    /// <summary>Single searches that do not count, as long as <see cref="Sizes.WarmUp"/> says.</summary>
    public async Task WarmUpAsync(Questions questions, CancellationToken stop, params IEnumerable<HttpTarget> targets)
    {
        await questions.WriteAsync(Wrk.Files, Lists.Lines(Sizes.WarmUp, Wrk.Threads), stop);
        foreach (var target in targets) await Wrk.RunAsync(target, Sizes.Connections, Sizes.WarmUp, stop);
    }

    /// <summary>When nothing asks it any more: other figures have the machine to themselves.</summary>
    public async Task CloseMainAsync()
    {
        if (main is not null) await main.DisposeAsync();
        main = null;
    }

    public void Say(string what) => Console.Error.WriteLine($"{clock.Elapsed:mm\\:ss} {what}");

    public async ValueTask DisposeAsync()
    {
        await CloseMainAsync();
        await Cluster.DisposeAsync();
        if (ownsFolder) Directory.Delete(Folder, recursive: true);
    }

    private readonly Stopwatch clock = Stopwatch.StartNew();
}

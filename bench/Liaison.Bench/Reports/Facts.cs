using System.Globalization;
using System.Runtime.InteropServices;
using Liaison.Bench.Servers;

namespace Liaison.Bench.Reports;

/// <summary>Where and how the figures came about.</summary>
internal static class Facts
{
    private static readonly string[] Settings =
        ["fsync", "full_page_writes", "synchronous_commit", "wal_sync_method", "shared_buffers", "max_wal_size", "wal_compression", "max_connections"];

    public static async Task<List<(string Name, string Value)>> GatherAsync(Bench bench, string load, CancellationToken stop)
    {
        var sizes = bench.Sizes;
        var any = new HubDatabase(bench.Cluster, "postgres");
        var settings = new List<string>();
        foreach (var setting in Settings) settings.Add($"{setting} {await any.SettingAsync(setting, stop)}");
        return
        [
            ("date", TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
            ("command", $"bench/run {Environment.GetEnvironmentVariable("BENCH_ARGUMENTS")}".TrimEnd()),
            ("commit", Environment.GetEnvironmentVariable("BENCH_COMMIT") ?? "unknown"),
            ("processor", $"{Processor()}, {Environment.ProcessorCount} cores"),
            ("memory", $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB"),
            ("kernel", (await Programs.OutputAsync("uname", ["-sr"], stop)).Trim()),
            ("load before the run (1, 5, 15 minutes)", load),
            (".NET", RuntimeInformation.FrameworkDescription),
            ("hub and peers", $"Release, the same runtime settings: {RuntimeSettings()}"),
            ("PostgreSQL", await any.SettingAsync("server_version", stop)),
            ("PostgreSQL's settings, of the hub and the peer", string.Join(", ", settings)),
            ("Redis", (await Programs.OutputAsync("redis-server", ["--version"], stop)).Trim() + ", nothing saved"),
            ("clients", $"HTTP: wrk, {Clients.Wrk.Threads} threads, {Sizes.Connections} connections; Redis and latency: the bench's own epoll client, one thread; all on the same machine as the servers"),
            ("rounds", $"{bench.Options.Rounds}, hub and peers in turn, {sizes.Round.TotalSeconds:F0} s each (latency {sizes.LatencyRound.TotalSeconds:F0} s), after {sizes.WarmUp.TotalSeconds:F0} s to warm up for each that is asked over HTTP (latency one round, import a small one); median, lowest and highest"),
            ("questions", $"{Corpora.Questions.OneHitIn} distinct ones to a hit, of the distribution of the documents"),
        ];
    }

    public static string Load() => string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ').Take(3));

    /// <summary>Something else wanted a whole core in the last minute.</summary>
    public static bool IsBusy => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) > 1;

    private static string Processor() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string RuntimeSettings()
    {
        using var file = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(Bench.HubProgram, ".runtimeconfig.json")));
        return file.RootElement.GetProperty("runtimeOptions").TryGetProperty("configProperties", out var properties)
            ? string.Join(", ", properties.EnumerateObject().Where(p => p.Name.StartsWith("System.GC", StringComparison.Ordinal) || p.Name.Contains("Tiered", StringComparison.Ordinal)).Select(p => $"{p.Name} {p.Value}"))
            : "the defaults";
    }
}

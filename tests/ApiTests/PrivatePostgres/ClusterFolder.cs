using System.Diagnostics;
using Liaison.Platform.Data.PrivatePostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(ApiTests.PrivatePostgres.MadeCluster))]

namespace ApiTests.PrivatePostgres;

/// <summary>A data folder of one test, which PostgreSQL's user may enter, and what a test does to it.</summary>
internal sealed class ClusterFolder : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("liaison-test-").FullName;

    public ClusterFolder()
    {
        Process("chmod", "0755", root);
        Options = new PrivatePostgresOptions(Path.Combine(root, "dir"))
        {
            SharedRoot = Path.Combine(root, "shared"),
            BinFolder = Environment.GetEnvironmentVariable("LIAISON_PG_BIN"),
            Durable = false,
        };
    }

    public PrivatePostgresOptions Options { get; set; }

    public string Root => root;

    public string Dir => Options.DataFolder;

    public string Data => Path.Combine(Dir, "postgres", "data");

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    public Task<ClusterStart> TryAsync() => PrivateCluster.StartAsync(Options, NullLogger.Instance, TimeProvider.System, Stop);

    /// <summary>Starts the cluster; where there is none it is a copy of one that was made before, which is quicker.</summary>
    public async Task<PrivateCluster> StartAsync()
    {
        if (!Directory.Exists(Dir)) await MadeCluster.CopyToAsync(Dir);
        return await StartAsItIsAsync();
    }

    /// <summary>Starts the cluster, which makes one where there is none.</summary>
    public async Task<PrivateCluster> StartAsItIsAsync()
    {
        var start = await TryAsync();
        return start is ClusterStart.Started started ? started.Cluster : throw new InvalidOperationException(((ClusterStart.Refused)start).Problem);
    }

    public async Task<string> RefusedAsync()
    {
        var start = await TryAsync();
        if (start is ClusterStart.Started started) await started.Cluster.StopAsync(Stop);
        var refused = Assert.IsType<ClusterStart.Refused>(start);
        Assert.DoesNotContain('\n', refused.Problem);
        return refused.Problem;
    }

    public static async Task<object?> SqlAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Stop);
    }

    public static async Task UntilAsync(Func<bool> reached, string what, int seconds = 30)
    {
        var began = Stopwatch.GetTimestamp();
        while (!reached())
        {
            Assert.True(Stopwatch.GetElapsedTime(began).TotalSeconds < seconds, $"not within {seconds} s: {what}");
            await Task.Delay(50, Stop);
        }
    }

    public static (int Code, string Output) Process(string program, params string[] arguments)
    {
        using var process = new Process { StartInfo = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true } };
        process.Start();
        var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    public static void Kill(int pid) => Assert.Equal(0, Process("kill", "-9", $"{pid}").Code);

    public void Dispose() => Directory.Delete(root, recursive: true);
}

/// <summary>A cluster that was made once in this run and started by nobody since.</summary>
public sealed class MadeCluster : IAsyncDisposable
{
    private static readonly Lazy<Task<ClusterFolder>> Original = new(async () =>
    {
        var folder = new ClusterFolder();
        await using (await folder.StartAsItIsAsync()) return folder;
    });

    /// <summary>Puts a copy into a hub's data folder.</summary>
    public static async Task CopyToAsync(string dataFolder)
    {
        var original = await Original.Value;
        Directory.CreateDirectory(dataFolder);
        Assert.Equal((0, ""), ClusterFolder.Process("cp", "-a", Path.Combine(original.Dir, "postgres"), dataFolder));
        // Where its socket lay: each has its own.
        File.Delete(Path.Combine(dataFolder, "postgres", "socket-folder"));
    }

    public async ValueTask DisposeAsync()
    {
        if (Original.IsValueCreated) (await Original.Value).Dispose();
    }
}

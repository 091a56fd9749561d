using Liaison.Hub;
using ApiTests.Processes;
using ApiTests.TravelDocuments;

namespace ApiTests.Operation;

/// <summary>The verbs as an operator uses them: beside a hub that runs, and on another machine's empty folder.</summary>
public sealed class BackupVerbTests : IDisposable
{
    private readonly DataFolder old = new(), fresh = new();
    private readonly string backups = Directory.CreateTempSubdirectory("liaison-backups-").FullName;

    [Fact]
    public async Task A_running_hub_is_backed_up_and_an_empty_folder_takes_it_and_serves()
    {
        string file;
        await old.EnsureDatabaseAsync();
        using (var hub = await HubProcess.StartAsync(old.Path))
        {
            var recorded = await hub.As("utopia", old.Path).RecordAsync(Documents.Stolen("VB000001"), null, CancellationToken.None);
            Assert.Null(recorded.Problem);
            var (exit, output) = await RunAsync("backup", backups, "--data", old.Path);
            Assert.True(exit == 0, output);
            file = Assert.Single(Directory.GetFiles(backups));
            Assert.StartsWith(file, output, StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            // The hub that runs holds its folder: nothing is restored under it.
            Assert.Equal(1, (await RunAsync("restore", file, "--data", old.Path)).Exit);
            await hub.SignalAsync("TERM");
            Assert.Equal(0, await hub.EndAsync());
        }

        var restored = await RunAsync("restore", file, "--data", fresh.Path);
        Assert.True(restored.Exit == 0, restored.Output);
        Assert.StartsWith("Restored as of ", restored.Output, StringComparison.Ordinal);
        Assert.Contains("not empty", (await RunAsync("restore", file, "--data", fresh.Path)).Output, StringComparison.Ordinal);
        using var again = await HubProcess.StartAsync(fresh.Path);
        var answer = await again.As("france", fresh.Path).SearchAsync(new() { Number = "VB000001", Issuer = "UTO" }, CancellationToken.None);
        Assert.Equal("hit", answer.Value!.Answer);
        await again.SignalAsync("TERM");
        Assert.Equal(0, await again.EndAsync());
        // Without a hub the folder's PostgreSQL is started for the while.
        var (later, told) = await RunAsync("backup", Path.Combine(backups, "later"), "--data", fresh.Path);
        Assert.True(later == 0, told);
        Assert.Null(await fresh.PostmasterAsync());
    }

    [Fact]
    public async Task A_folder_without_a_hub_and_a_file_that_is_none_are_refused_with_what_to_do()
    {
        var (exit, output) = await RunAsync("backup", backups, "--data", Path.Combine(fresh.Path, "none"));
        Assert.Equal(1, exit);
        Assert.Contains("LIAISON_OWNER_DATABASE", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(fresh.Path, "none")));
        var file = Path.Combine(backups, "text");
        await File.WriteAllTextAsync(file, "no backup");
        await fresh.EnsureDatabaseAsync();
        Assert.Contains("damaged", (await RunAsync("restore", file, "--data", fresh.Path)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f", "f", null)]
    [InlineData("f --data d", "f", "d")]
    [InlineData("--data d f", "f", "d")]
    [InlineData("", null, null)]
    [InlineData("--data d", null, null)]
    [InlineData("f g", null, null)]
    [InlineData("--force f", null, null)]
    [InlineData("-f", null, null)]
    public void One_file_and_one_folder_are_taken_in_any_order(string line, string? file, string? data)
    {
        var parsed = BackupVerbs.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(file is null ? null : (Path.GetFullPath(file), Path.GetFullPath(data ?? ".data")), parsed);
    }

    [Theory]
    [InlineData("1000", 1000L)]
    [InlineData("2G", 2L << 30)]
    [InlineData("500m", 500L << 20)]
    [InlineData("0", 0L)]
    [InlineData("G", null)]
    [InlineData("-1", null)]
    [InlineData("1.5G", null)]
    [InlineData("9999999999T", null)]
    public void A_size_is_read_or_refused(string text, long? bytes) => Assert.Equal(bytes, HubEnvironment.Size(text));

    private static async Task<(int Exit, string Output)> RunAsync(params string[] args)
    {
        var (exit, output, errors) = await HubProcess.VerbAsync([], args);
        return (exit, output + errors);
    }

    public void Dispose()
    {
        old.StopPostgresAsync().GetAwaiter().GetResult();
        fresh.StopPostgresAsync().GetAwaiter().GetResult();
        old.Dispose();
        fresh.Dispose();
        Directory.Delete(backups, recursive: true);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using ApiTests.PrivatePostgres;
using Liaison.Api;
using Liaison.Hub;
using Liaison.Platform.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ApiTests.Hits;

/// <summary>
/// What kept searches cost an import. Not part of a run of the tests: <c>bench/leads</c>. The same number of records is imported with none kept and
/// with many, over a durable PostgreSQL; of the second file one number was asked for before. Then another node takes the work over.
/// </summary>
public sealed class LeadMeasurement
{
    [Fact(Explicit = true)]
    public async Task An_import_with_and_without()
    {
        var (kept, rows) = (Given("BENCH_KEPT", 1_000_000), Given("BENCH_ROWS", 100_000));
        using var folder = new ClusterFolder();
        folder.Options = folder.Options with { Durable = true };
        await using var cluster = await folder.StartAsync();
        await Migrator.MigrateAsync(cluster.OwnerConnectionString, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        await Callers.RecordAsync(cluster.OwnerConnectionString);
        var settings = new HubSettings(cluster.AppConnectionString, new(Path.Combine(folder.Root, "node")), 0, "Development");
        await using var hub = HubHost.Build(settings, logging => logging.ClearProviders());
        await hub.StartAsync();
        await hub.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = new Uri(hub.Urls.First()), Timeout = TimeSpan.FromHours(1) };
        var (owner, asker) = (new LiaisonClient(http, Callers.Utopia), new LiaisonClient(http, Callers.Germany));

        await ImportAsync(owner, "W", rows);
        await QuietAsync(cluster.OwnerConnectionString);
        var (without, _) = await ImportAsync(owner, "A", rows);
        var began = Stopwatch.GetTimestamp();
        await using (var writing = new NpgsqlConnection(cluster.OwnerConnectionString))
        {
            await writing.OpenAsync();
            await KeptOfNothing.WriteAsync(writing, kept, TimeProvider.System.GetUtcNow());
        }

        var written = Stopwatch.GetElapsedTime(began);
        await AskAsync(asker, "LB0000000");
        await AskAsync(asker, $"LB{rows - 1:D7}");
        await LeadAsync(owner, asker, "LM0000001", leads: 1);
        Say($"{kept:N0} searches kept: written in {written.TotalSeconds:F1} s, in the index {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s after the first");
        await QuietAsync(cluster.OwnerConnectionString);
        var (with, done) = await ImportAsync(owner, "B", rows);
        await ToldAsync(asker, leads: 3);
        Say($"import of {rows:N0} records: {without.TotalSeconds:F2} s with none kept, {with.TotalSeconds:F2} s with them, {with / without:F2} ×");
        Say($"the leads on its first and its last record: {Stopwatch.GetElapsedTime(done).TotalSeconds:F2} s after the import was done");
        await hub.StopAsync();

        var elsewhere = settings with { Node = new(Path.Combine(folder.Root, "other")) };
        await using var other = HubHost.Build(elsewhere, logging => logging.ClearProviders());
        began = Stopwatch.GetTimestamp();
        await other.StartAsync();
        await other.WaitUntilReadyAsync();
        using var there = new HttpClient { BaseAddress = new Uri(other.Urls.First()), Timeout = TimeSpan.FromHours(1) };
        (owner, asker) = (new(there, Callers.Utopia), new(there, Callers.Germany));
        await LeadAsync(owner, asker, "LM0000002", leads: 4);
        var read = Stopwatch.GetElapsedTime(began);
        Say($"on a node without an index of them: all read in {read.TotalSeconds:F1} s, {kept / read.TotalSeconds:N0} a second");
        await other.StopAsync();
    }

    private static long Given(string name, long usual) => Environment.GetEnvironmentVariable(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : usual;

    private static async Task<(TimeSpan Took, long Done)> ImportAsync(LiaisonClient owner, string letter, long rows)
    {
        var csv = new StringBuilder("number,issuer,kind,status\n");
        for (var i = 0L; i < rows; i++) csv.Append(CultureInfo.InvariantCulture, $"L{letter}{i:D7},UTO,passport,stolen\n");
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(csv.ToString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        var began = Stopwatch.GetTimestamp();
        var reply = await owner.ImportAsync(content, null, null, null, null, default);
        while (reply.Value!.State is not ("done" or "failed"))
        {
            await Task.Delay(20);
            reply = await owner.ImportAsync(reply.Value.Id, default);
        }

        Assert.Equal("done", reply.Value.State);
        return (Stopwatch.GetElapsedTime(began), Stopwatch.GetTimestamp());
    }

    /// <summary>
    /// What was written before leaves work to the database and to the index, which is none of what is measured next. The index waits for ten quiet seconds
    /// itself before it begins.
    /// </summary>
    private static async Task QuietAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        for (var quiet = 0; quiet < 4;)
        {
            var before = Environment.CpuUsage.TotalTime;
            await Task.Delay(TimeSpan.FromSeconds(5));
            var busy = Environment.CpuUsage.TotalTime - before > TimeSpan.FromSeconds(0.5);
            var cleaning = await connection.ReadAsync("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'", r => r.GetInt64(0), default);
            quiet = busy || cleaning[0] > 0 ? 0 : quiet + 1;
        }
    }

    private static async Task AskAsync(LiaisonClient asker, string number) =>
        Assert.Null((await asker.SearchAsync(new() { Number = number, Issuer = "UTO" }, default)).Problem);

    /// <summary>Rows are read in their order: when the youngest search has its lead, all that were kept before are in the index.</summary>
    private static async Task LeadAsync(LiaisonClient owner, LiaisonClient asker, string number, int leads)
    {
        await AskAsync(asker, number);
        Assert.Null((await owner.RecordAsync(TravelDocuments.Documents.Stolen(number), null, default)).Problem);
        await ToldAsync(asker, leads);
    }

    private static async Task ToldAsync(LiaisonClient asker, int leads)
    {
        while ((await asker.HitsAsync(null, null, 500, default)).Value!.Items.Count(hit => hit.Kind == "delayed") < leads) await Task.Delay(100);
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using ApiTests.PrivatePostgres;
using Liaison.Api;
using Liaison.Hub;
using Liaison.Platform.Data;
using Liaison.Platform.Data.PrivatePostgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ApiTests.Hits;

/// <summary>
/// What kept searches cost an import. Not part of a run of the tests: <c>bench/leads</c>. Two hubs, each over a durable PostgreSQL of its own, import files of
/// the same length in turn, in a round one, the other, the other, the one: one keeps no search, the other many, and of each of its files the first and the last
/// number were asked for before. Then another node takes the work over.
/// </summary>
public sealed class LeadMeasurement
{
    /// <summary>The letters that the files of a round have in their numbers.</summary>
    private const int MostRounds = 12;

    private static readonly string[] States = ["received", "reading", "merging", "publishing"];

    [Fact(Explicit = true)]
    public async Task An_import_with_and_without()
    {
        var (kept, rows, rounds) = (Given("BENCH_KEPT", 1_000_000), Given("BENCH_ROWS", 100_000), Given("BENCH_ROUNDS", 2));
        Assert.InRange(rounds, 1, MostRounds);
        await using var without = await Site.StartAsync();
        await using var with = await Site.StartAsync();
        Site[] both = [without, with];
        foreach (var site in both) await site.ImportAsync(0, rows);
        await with.KeepAsync(kept);
        var (ratios, leads) = (new List<double>(), new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            // Whoever comes first, or last, has the same turns as the other.
            foreach (var (turn, order) in new[] { (1, both), (0, [with, without]) })
            {
                var file = (2 * round) - turn;
                await with.AskAsync(Number(file, 0));
                await with.AskAsync(Number(file, rows - 1));
                foreach (var site in order)
                {
                    await QuietAsync(both);
                    site.Took.Add(await site.ImportAsync(file, rows));
                    if (site == with) leads.Add(await with.ToldAsync((2 * file) + 1));
                }
            }

            ratios.Add(with.Took.TakeLast(2).Sum(Sum) / without.Took.TakeLast(2).Sum(Sum));
            foreach (var (site, name) in new[] { (without, "none kept"), (with, "them") })
                Say($"round {round}, with {name}: {Phases(site.Took[^2])}; {Phases(site.Took[^1])}");
            Say($"round {round}: {ratios[^1]:F2} ×, leads {leads[^2]:F2} and {leads[^1]:F2} s after the import was done");
        }

        Say($"import of {rows:N0} records with {kept:N0} searches kept: {with.Took.Sum(Sum) / without.Took.Sum(Sum):F2} × ({ratios.Min():F2}–{ratios.Max():F2}) of the time with none");
        Say($"the leads on its first and its last record: {leads.Average():F2} s ({leads.Min():F2}–{leads.Max():F2}) after the import was done");
        await with.MoveAsync(kept, (int)(4 * rounds) + 2);
    }

    private static long Given(string name, long usual) => Environment.GetEnvironmentVariable(name) is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : usual;

    private static string Number(int file, long row) => string.Create(CultureInfo.InvariantCulture, $"L{(char)('A' + file)}{row:D7}");

    private static double Sum(TimeSpan[] phases) => phases.Sum(p => p.TotalSeconds);

    private static string Phases(TimeSpan[] phases) => string.Create(CultureInfo.InvariantCulture,
        $"{Sum(phases):F2} s ({string.Join(", ", phases.Zip(States, (time, state) => string.Create(CultureInfo.InvariantCulture, $"{state} {time.TotalSeconds:F2}")).Skip(1))})");

    /// <summary>
    /// What was written before leaves work to the database and to the index, which is none of what is measured next. The index waits for ten quiet seconds
    /// itself before it begins. Two hubs that nobody asks take a tenth of a processor.
    /// </summary>
    private static async Task QuietAsync(Site[] sites)
    {
        foreach (var site in sites)
            await ClusterFolder.SqlAsync(new NpgsqlConnectionStringBuilder(site.Database) { Username = "postgres" }.ConnectionString, "CHECKPOINT");
        for (var quiet = 0; quiet < 3;)
        {
            var before = Environment.CpuUsage.TotalTime;
            await Task.Delay(TimeSpan.FromSeconds(5));
            var busy = Environment.CpuUsage.TotalTime - before > TimeSpan.FromSeconds(1);
            foreach (var site in sites)
                busy |= await ClusterFolder.SqlAsync(site.Database, "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'") is > 0L;
            quiet = busy ? 0 : quiet + 1;
        }
    }

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>A hub with its database.</summary>
    private sealed class Site(ClusterFolder folder, PrivateCluster cluster) : IAsyncDisposable
    {
        private WebApplication? hub;
        private HttpClient? http;

        /// <summary>How long each import was in each state.</summary>
        public List<TimeSpan[]> Took { get; } = [];

        public string Database => cluster.OwnerConnectionString;

        private LiaisonClient Owner => new(http!, Callers.Utopia);

        private LiaisonClient Asker => new(http!, Callers.Germany);

        public static async Task<Site> StartAsync()
        {
            var folder = new ClusterFolder();
            folder.Options = folder.Options with { Durable = true };
            var site = new Site(folder, await folder.StartAsync());
            await Migrator.MigrateAsync(site.Database, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
            await Callers.RecordAsync(site.Database);
            await site.StartHubAsync("node");
            return site;
        }

        /// <summary>Searches of nothing, which the hub has in its index afterwards.</summary>
        public async Task KeepAsync(long searches)
        {
            var began = Stopwatch.GetTimestamp();
            await using (var writing = new NpgsqlConnection(Database))
            {
                await writing.OpenAsync();
                await KeptOfNothing.WriteAsync(writing, searches, TimeProvider.System.GetUtcNow());
            }

            var written = Stopwatch.GetElapsedTime(began);
            await LeadAsync("LZ0000001", 1);
            Say($"{searches:N0} searches kept: written in {written.TotalSeconds:F1} s, in the index {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s after the first");
        }

        /// <returns>How long it was in each state.</returns>
        public async Task<TimeSpan[]> ImportAsync(int file, long rows)
        {
            var csv = new StringBuilder("number,issuer,kind,status\n");
            for (var i = 0L; i < rows; i++) csv.Append(CultureInfo.InvariantCulture, $"{Number(file, i)},UTO,passport,stolen\n");
            using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(csv.ToString()));
            content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
            var (took, before) = (new TimeSpan[States.Length], Stopwatch.GetTimestamp());
            var reply = await Owner.ImportAsync(content, null, null, null, null, default);
            while (true)
            {
                var (state, now) = (reply.Value!.State, Stopwatch.GetTimestamp());
                var phase = Array.IndexOf(States, state);
                took[phase < 0 ? States.Length - 1 : phase] += Stopwatch.GetElapsedTime(before, now);
                before = now;
                if (phase < 0)
                {
                    Assert.Equal("done", state);
                    return took;
                }

                await Task.Delay(20);
                reply = await Owner.ImportAsync(reply.Value.Id, default);
            }
        }

        public async Task AskAsync(string number) => Assert.Null((await Asker.SearchAsync(new() { Number = number, Issuer = "UTO" }, default)).Problem);

        /// <returns>After how many seconds.</returns>
        public async Task<double> ToldAsync(int leads)
        {
            var began = Stopwatch.GetTimestamp();
            while ((await Asker.HitsAsync(null, null, 500, default)).Value!.Items.Count(hit => hit.Kind == "delayed") < leads) await Task.Delay(100);
            return Stopwatch.GetElapsedTime(began).TotalSeconds;
        }

        /// <summary>Another node, which has nothing yet, takes the work over.</summary>
        public async Task MoveAsync(long kept, int leads)
        {
            await StopHubAsync();
            var began = Stopwatch.GetTimestamp();
            await StartHubAsync("other");
            await LeadAsync("LZ0000002", leads);
            var read = Stopwatch.GetElapsedTime(began);
            Say($"on a node without an index of them: all read in {read.TotalSeconds:F1} s, {kept / read.TotalSeconds:N0} a second");
        }

        public async ValueTask DisposeAsync()
        {
            await StopHubAsync();
            await cluster.DisposeAsync();
            folder.Dispose();
        }

        /// <summary>Rows are read in their order: when the youngest search has its lead, all that were kept before are in the index.</summary>
        private async Task LeadAsync(string number, int leads)
        {
            await AskAsync(number);
            Assert.Null((await Owner.RecordAsync(TravelDocuments.Documents.Stolen(number), null, default)).Problem);
            await ToldAsync(leads);
        }

        private async Task StartHubAsync(string node)
        {
            var settings = new HubSettings(cluster.AppConnectionString, new(Path.Combine(folder.Root, node)), 0, "Development");
            hub = HubHost.Build(settings, logging => logging.ClearProviders());
            await hub.StartAsync();
            await hub.WaitUntilReadyAsync();
            http = new HttpClient { BaseAddress = new Uri(hub.Urls.First()), Timeout = TimeSpan.FromHours(1) };
        }

        private async Task StopHubAsync()
        {
            http?.Dispose();
            if (hub is null) return;
            await hub.StopAsync();
            await hub.DisposeAsync();
            hub = null;
        }
    }
}

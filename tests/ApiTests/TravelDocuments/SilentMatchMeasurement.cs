using System.Diagnostics;
using System.Globalization;
using System.Text;
using ApiTests.PrivatePostgres;
using Liaison.Api;
using Liaison.Hub;
using Liaison.Platform.Data;
using Microsoft.Extensions.Logging;

namespace ApiTests.TravelDocuments;

/// <summary>
/// What the time of an answer tells of a record that is not for the asker. Not part of a run of the tests: <c>bench/silent-match</c>. One
/// client asks in turn, in random order, for numbers that are restricted against it and for numbers that nobody recorded, over a durable
/// PostgreSQL; the machine is otherwise idle, which is the asker's best case.
/// </summary>
public sealed class SilentMatchMeasurement
{
    private const int Records = 2000, Warm = 2000, Rounds = 20_000;

    [Fact(Explicit = true)]
    public async Task One_after_the_other()
    {
        using var folder = new ClusterFolder();
        folder.Options = folder.Options with { Durable = true };
        await using var cluster = await folder.StartAsync();
        await Migrator.MigrateAsync(cluster.OwnerConnectionString, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        await Callers.RecordAsync(cluster.OwnerConnectionString);
        var settings = new HubSettings(cluster.AppConnectionString, new(Path.Combine(folder.Root, "node")), 0, "Development") { Rates = new(int.MaxValue, int.MaxValue) };
        await using var hub = HubHost.Build(settings, logging => logging.ClearProviders());
        await hub.StartAsync();
        await hub.WaitUntilReadyAsync();
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(hub.Urls.First()) };
        var owner = new LiaisonClient(http, Callers.Utopia);
        for (var i = 0; i < Records; i++)
        {
            var reply = await owner.RecordAsync(Documents.Stolen($"SM{i:D7}") with { Restrictions = new(["DEU"], null) }, null, default);
            Assert.True(reply.Problem is null, reply.Body);
        }

        var random = new Random(7);
        var (silent, unknown) = (new List<double>(Rounds), new List<double>(Rounds));
        for (var i = -Warm; i < Rounds; i++)
        {
            var isSilent = random.Next(2) == 0;
            var microseconds = await AskAsync(http, isSilent ? $"SM{random.Next(Records):D7}" : $"SN{random.Next(Records):D7}");
            if (i >= 0) (isSilent ? silent : unknown).Add(microseconds);
        }

        silent.Sort();
        unknown.Sort();
        Console.WriteLine($"not for the asker: {Told(silent)}");
        Console.WriteLine($"nobody's number:   {Told(unknown)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"difference of the medians {Of(silent, 0.5) - Of(unknown, 0.5):F0} µs; one answer above the time that separates best is a silent match in {Best(silent, unknown):P0} of guesses (50 % is chance)"));
        await hub.StopAsync();
    }

    private static async Task<double> AskAsync(HttpClient http, string number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.TravelDocumentSearch)
        {
            Content = new StringContent($$"""{"number":"{{number}}","issuer":"UTO"}""", Encoding.UTF8, "application/json"),
            Headers = { Authorization = new("Bearer", Callers.Germany) },
        };
        var started = Stopwatch.GetTimestamp();
        using var reply = await http.SendAsync(request);
        var text = await reply.Content.ReadAsStringAsync();
        var took = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        Assert.Contains("notKnown", text, StringComparison.Ordinal);
        return took;
    }

    private static string Told(List<double> sorted) => string.Create(CultureInfo.InvariantCulture,
        $"p10 {Of(sorted, 0.1):F0}  p50 {Of(sorted, 0.5):F0}  p90 {Of(sorted, 0.9):F0}  p99 {Of(sorted, 0.99):F0} µs, {sorted.Count} answers");

    private static double Of(List<double> sorted, double part) => sorted[(int)(part * (sorted.Count - 1))];

    /// <summary>How often somebody is right who guesses by the one limit of time that is best, both kinds being equally likely.</summary>
    private static double Best(List<double> silent, List<double> unknown) => Enumerable.Range(1, 99).Max(percent =>
    {
        var limit = Of(unknown, percent / 100.0);
        return (silent.Count(t => t > limit) / (double)silent.Count + unknown.Count(t => t <= limit) / (double)unknown.Count) / 2;
    });
}

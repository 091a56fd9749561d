using System.Collections.Concurrent;
using System.Diagnostics;
using ApiTests.PrivatePostgres;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Hub;
using Liaison.Kernel.Issuers;
using Liaison.Matching;
using Liaison.Platform.Data;
using Liaison.TravelDocuments.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ApiTests.Nodes;

/// <summary>
/// How soon another node finds what one recorded. Not part of a run of the tests, which only wait with generous limits:
/// <c>artifacts/bin/ApiTests/debug/ApiTests -explicit only -class "*FreshnessMeasurement"</c>. Writers, both nodes and a durable PostgreSQL
/// share the machine.
/// </summary>
public sealed class FreshnessMeasurement
{
    private const int PerSecond = 1000, Workers = 64;

    [Fact(Explicit = true)]
    public Task Under_a_thousand_single_records_a_second() => MeasureAsync(0, TimeSpan.FromSeconds(20));

    [Fact(Explicit = true)]
    public Task While_a_change_set_of_five_million_is_merged_and_loaded() => MeasureAsync(5_000_000, TimeSpan.FromMinutes(10));

    private static async Task MeasureAsync(int large, TimeSpan limit)
    {
        using var folder = new ClusterFolder();
        folder.Options = folder.Options with { Durable = true };
        await using var cluster = await folder.StartAsync();
        await Migrator.MigrateAsync(cluster.OwnerConnectionString, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        await Callers.RecordAsync(cluster.OwnerConnectionString);
        await using var here = await NodeAsync(cluster.AppConnectionString, Path.Combine(folder.Root, "here"));
        await using var there = await NodeAsync(cluster.AppConnectionString, Path.Combine(folder.Root, "there"));
        using var http = new HttpClient(new SocketsHttpHandler()) { BaseAddress = new Uri(here.Urls.First()) };
        var client = new LiaisonClient(http, Callers.Utopia);
        await RecordAsync(client, -1);

        using var over = new CancellationTokenSource(limit);
        var watch = new Watch(there.Services.GetRequiredService<DocumentIndex>());
        var watching = Task.Run(watch.RunAsync);
        var merge = large == 0 ? Task.CompletedTask : MergeAsync(cluster.AppConnectionString, large, watch, over);
        var before = (Hub: Environment.CpuUsage.TotalTime, Postgres: PostgresTime(cluster.ProcessId));
        var acknowledged = await WriteAsync(client, watch, over.Token);
        var after = (Hub: Environment.CpuUsage.TotalTime, Postgres: PostgresTime(cluster.ProcessId));
        await merge;
        watch.End();
        await watching;
        Console.WriteLine($"acknowledged after: {Percentiles(acknowledged.Latencies)}; {acknowledged.Latencies.Count / acknowledged.Seconds:F0} a second, asked {PerSecond}");
        Console.WriteLine($"processor time a record: both nodes and the client {(after.Hub - before.Hub).TotalMicroseconds / acknowledged.Latencies.Count:F0} µs, PostgreSQL {(after.Postgres - before.Postgres).TotalMicroseconds / acknowledged.Latencies.Count:F0} µs");
        Console.WriteLine($"found on the other node, counted from the acknowledgement: {Percentiles(watch.Latencies)}");
        await here.StopAsync();
        await there.StopAsync();
    }

    private static async Task MergeAsync(string database, int records, Watch watch, CancellationTokenSource over)
    {
        var began = Stopwatch.GetTimestamp();
        await LargeSet.CommitAsync(database, "LM", records);
        var merged = Stopwatch.GetElapsedTime(began);
        while (watch.Index.Records < records && !over.IsCancellationRequested) await Task.Delay(20);
        Console.WriteLine($"{records} records merged in {merged.TotalSeconds:F1} s, found {Stopwatch.GetElapsedTime(began).TotalSeconds - merged.TotalSeconds:F1} s later");
        await over.CancelAsync();
    }

    /// <summary>An open loop: each write has its moment, whatever became of those before it.</summary>
    private static async Task<(List<double> Latencies, double Seconds)> WriteAsync(LiaisonClient client, Watch watch, CancellationToken over)
    {
        var latencies = new ConcurrentBag<double>();
        var (next, began) = (-1, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                var turn = Interlocked.Increment(ref next);
                var due = TimeSpan.FromSeconds((double)turn / PerSecond) - Stopwatch.GetElapsedTime(began);
                if (due > TimeSpan.Zero) await Task.Delay(due, CancellationToken.None);
                var sent = Stopwatch.GetTimestamp();
                await RecordAsync(client, turn);
                var acknowledged = Stopwatch.GetTimestamp();
                latencies.Add(Stopwatch.GetElapsedTime(sent, acknowledged).TotalMilliseconds);
                watch.Add(Number(turn), acknowledged);
            }
        })));
        return ([.. latencies], Stopwatch.GetElapsedTime(began).TotalSeconds);
    }

    /// <summary>Of the postmaster, its children that live, and those that ended.</summary>
    private static TimeSpan PostgresTime(int postmaster)
    {
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(Path.GetFileName(f), out _)))
        {
            try
            {
                // After the name: state, parent, … utime and stime at 11 and 12, those of ended children at 13 and 14.
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                if (Path.GetFileName(folder) == $"{postmaster}") ticks += fields[11..15].Sum(long.Parse);
                else if (fields[1] == $"{postmaster}") ticks += fields[11..13].Sum(long.Parse);
            }
            catch (IOException)
            {
                // it ended meanwhile
            }
        }

        return TimeSpan.FromMilliseconds(ticks * 10);
    }

    private static async Task<WebApplication> NodeAsync(string database, string folder)
    {
        var hub = HubHost.Build(new HubSettings(database, new(folder), 0, "Development") { Rates = new(int.MaxValue, int.MaxValue) }, logging => logging.ClearProviders());
        await hub.StartAsync();
        await hub.WaitUntilReadyAsync();
        return hub;
    }

    private static async Task RecordAsync(LiaisonClient client, int turn)
    {
        var reply = await client.RecordAsync(Documents.Stolen(Number(turn)), null, CancellationToken.None);
        Assert.True(reply.Value is not null, reply.Body);
    }

    private static string Number(int turn) => $"SR{turn + 1:D7}";

    private static string Percentiles(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        return string.Join(", ", new[] { 0.5, 0.9, 0.99, 0.999, 1 }.Select(p => $"p{p * 100:0.#} {sorted[(int)(p * (sorted.Length - 1))]:F1} ms")) + $" of {sorted.Length}";
    }

    /// <summary>Asks the other node's index each millisecond for what is not found there yet.</summary>
    private sealed class Watch(DocumentIndex index)
    {
        private readonly ConcurrentQueue<(NumberKey Number, long Since)> arriving = new();
        private volatile bool ended;

        public DocumentIndex Index => index;

        public List<double> Latencies { get; } = [];

        public void Add(string number, long since)
        {
            Assert.True(NumberKey.TryParse(number, out var key));
            arriving.Enqueue((key, since));
        }

        public void End() => ended = true;

        public async Task RunAsync()
        {
            var waiting = new List<(NumberKey Number, long Since)>();
            while (!ended || waiting.Count > 0 || !arriving.IsEmpty)
            {
                while (arriving.TryDequeue(out var one)) waiting.Add(one);
                waiting.RemoveAll(one =>
                {
                    if (!IsFound(one.Number)) return false;
                    Latencies.Add(Stopwatch.GetElapsedTime(one.Since).TotalMilliseconds);
                    return true;
                });
                await Task.Delay(1);
            }
        }

        private bool IsFound(NumberKey number) => index.Search(
            new Question { Number = number, Issuer = IssuingCodes.Pack("UTO"), Kinds = uint.MaxValue, LookAlikeIssuers = Array.Empty<ushort>() }, 1).Candidates.Count > 0;
    }
}

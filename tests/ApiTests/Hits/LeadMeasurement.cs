using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using ApiTests.PrivatePostgres;
using Liaison.Api;
using Liaison.Hub;
using Liaison.Platform.Data;
using Liaison.Platform.Searches;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace ApiTests.Hits;

/// <summary>
/// What kept searches cost an import. Not part of a run of the tests: <c>bench/leads</c>. The same number of records is imported with none kept and
/// with many, over a durable PostgreSQL; of the second file one number was asked for before.
/// </summary>
public sealed class LeadMeasurement
{
    private const int InRow = 400;

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
        var (without, _) = await ImportAsync(owner, "A", rows);
        var began = Stopwatch.GetTimestamp();
        await KeepAsync(cluster.OwnerConnectionString, kept);
        var written = Stopwatch.GetElapsedTime(began);
        Assert.Null((await asker.SearchAsync(new() { Number = $"LB{rows / 2:D7}", Issuer = "UTO" }, default)).Problem);
        await SweptAsync(owner, cluster.OwnerConnectionString);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{kept:N0} searches kept: written in {written.TotalSeconds:F1} s, in the index {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s after the first"));
        var (with, done) = await ImportAsync(owner, "B", rows);
        while (!(await asker.HitsAsync(null, null, 500, default)).Value!.Items.Any(hit => hit.Kind == "delayed")) await Task.Delay(20);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            import of {rows:N0} records: {without.TotalSeconds:F2} s with none kept, {with.TotalSeconds:F2} s with them, {with / without:F2} ×
            the lead on one of its records: {Stopwatch.GetElapsedTime(done).TotalSeconds:F2} s after the import was done
            """));
        await hub.StopAsync();
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

    /// <summary>Fingerprints of nothing, as a hub writes them that is asked four hundred times in each batch of its audit.</summary>
    private static async Task KeepAsync(string database, long kept)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var copy = await connection.BeginBinaryImportAsync("COPY platform.kept_inquiry (at, body) FROM STDIN (FORMAT BINARY)");
        var at = TimeProvider.System.GetUtcNow();
        for (var left = kept; left > 0; left -= InRow)
        {
            var inquiries = Enumerable.Range(0, (int)Math.Min(left, InRow)).Select(_ => new Inquiry(Guid.CreateVersion7(at), at, long.MaxValue,
                [new(0, 0, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)))]));
            foreach (var row in KeptRow.Pack(inquiries.Select(i => (1, i.Encode()))))
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await copy.WriteAsync(row, NpgsqlDbType.Bytea);
            }
        }

        await copy.CompleteAsync();
    }

    /// <summary>Rows are read before changes: when a change that came after them is gone through, they are in.</summary>
    private static async Task SweptAsync(LiaisonClient owner, string database)
    {
        Assert.Null((await owner.RecordAsync(TravelDocuments.Documents.Stolen("LM0000001"), null, default)).Problem);
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        var last = (await connection.ReadAsync("SELECT max(position) FROM platform.change_log", r => r.GetInt64(0), default))[0];
        while ((await connection.ReadAsync("SELECT max(position) FROM hits.lead_progress", r => r.GetInt64(0), default))[0] < last) await Task.Delay(50);
    }
}

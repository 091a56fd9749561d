using ApiTests.PrivatePostgres;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Hub;
using Liaison.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ApiTests.Nodes;

/// <summary>Records of candidates come from a standby when that has them, and a standby that is behind never turns a hit into notKnown.</summary>
public sealed class StandbyTests
{
    [Fact]
    public async Task A_standby_is_read_when_it_has_what_the_index_has_seen_and_only_then()
    {
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();
        await Migrator.MigrateAsync(cluster.OwnerConnectionString, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        await Callers.RecordAsync(cluster.OwnerConnectionString);
        await using var standby = await Standby.StartAsync(cluster);
        // Both hosts, the standby first: writes must find the primary all the same.
        await using var hub = HubHost.Build(
            new HubSettings(standby.BothHosts, new(Path.Combine(folder.Root, "node")) { StandbyConnectionString = standby.AppConnectionString },
                0, "Development"), logging => logging.ClearProviders());
        await hub.StartAsync();
        await hub.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = new Uri(hub.Urls.First()) };
        var client = new LiaisonClient(http, Callers.Utopia);
        var reads = hub.Services.GetRequiredService<CandidateReads>();

        var etag = await RecordAsync(client, "SB000001");
        await UntilReadFromStandbyAsync(client, reads, "SB000001");

        await standby.PauseAsync();
        var before = reads.FromStandby;
        await RecordAsync(client, "SB000002");
        Assert.Equal("hit", (await AskAsync(client, "SB000002")).Answer);
        var found = (await AskAsync(client, "SB000001")).Matches.Single().Document;
        var changed = await client.ChangeAsync(found.Id, etag, Documents.Stolen("SB000001") with { Status = "lost", Why = "Found to be lost, not stolen" }, CancellationToken.None);
        Assert.True(changed.Value is not null, changed.Body);
        Assert.Equal("lost", (await AskAsync(client, "SB000001")).Matches.Single().Document.Status);
        Assert.Equal(before, reads.FromStandby);

        await standby.ResumeAsync();
        await UntilReadFromStandbyAsync(client, reads, "SB000002");
        Assert.Equal("lost", (await AskAsync(client, "SB000001")).Matches.Single().Document.Status);

        await standby.StopAsync();
        Assert.Equal("hit", (await AskAsync(client, "SB000002")).Answer);
        await hub.StopAsync();
    }

    /// <summary>The ids of the database and the change set at the position must be the same: a number alone proves nothing.</summary>
    [Fact]
    public async Task Another_past_of_the_same_length_is_no_proof()
    {
        using var folder = new ClusterFolder();
        await using var cluster = await folder.StartAsync();
        await Migrator.MigrateAsync(cluster.OwnerConnectionString, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        await Callers.RecordAsync(cluster.OwnerConnectionString);
        await using var hub = HubHost.Build(
            new HubSettings(cluster.AppConnectionString, new(Path.Combine(folder.Root, "node")), 0, "Development"),
            logging => logging.ClearProviders());
        await hub.StartAsync();
        await hub.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = new Uri(hub.Urls.First()) };
        var client = new LiaisonClient(http, Callers.Utopia);
        await RecordAsync(client, "SB000011");
        var seen = hub.Services.GetRequiredService<Liaison.TravelDocuments.Storage.DocumentIndex>().Seen;

        // The primary stands in for its standby: what it is asked for is the proof.
        await using var reads = new CandidateReads(
            hub.Services.GetRequiredService<Npgsql.NpgsqlDataSource>(),
            new(folder.Root) { StandbyConnectionString = cluster.AppConnectionString }, new HasteClock());
        Assert.Equal(1, await CountProvenAsync(seen));
        Assert.Equal(0, await CountProvenAsync(seen with { ChangeSet = Guid.NewGuid() }));
        Assert.Equal(0, await CountProvenAsync(seen with { History = Guid.NewGuid() }));
        Assert.Equal(0, await CountProvenAsync(seen with { Position = seen.Position + 1 }));
        await hub.StopAsync();

        async Task<long> CountProvenAsync(Past past)
        {
            var before = reads.FromStandby;
            var found = await reads.ReadAsync(past, "SELECT unnest($1::bigint[])", [7], row => row.GetInt64(0), CancellationToken.None);
            Assert.Equal([7], found);
            return reads.FromStandby - before;
        }
    }

    private static async Task UntilReadFromStandbyAsync(LiaisonClient client, CandidateReads reads, string number)
    {
        var before = reads.FromStandby;
        for (var i = 0; i < 300; i++)
        {
            Assert.Equal("hit", (await AskAsync(client, number)).Answer);
            if (reads.FromStandby > before) return;
            await Task.Delay(100);
        }

        Assert.Fail("The standby was not read within 30 seconds.");
    }

    /// <returns>The record's ETag.</returns>
    private static async Task<string> RecordAsync(LiaisonClient client, string number)
    {
        var reply = await client.RecordAsync(Documents.Stolen(number), null, CancellationToken.None);
        Assert.True(reply.Value is not null, reply.Body);
        return reply.ETag!;
    }

    private static async Task<SearchAnswer> AskAsync(LiaisonClient client, string number)
    {
        var reply = await client.SearchAsync(new SearchRequest { Number = number, Issuer = "UTO" }, CancellationToken.None);
        Assert.True(reply.Value is not null, reply.Body);
        return reply.Value;
    }

    /// <summary>A second passes with each look, so that no pause holds.</summary>
    private sealed class HasteClock : TimeProvider
    {
        private long looks;

        public override long GetTimestamp() => Interlocked.Increment(ref looks) * 10 * TimestampFrequency;
    }
}

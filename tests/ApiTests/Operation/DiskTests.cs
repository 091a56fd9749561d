using System.Net;
using Liaison.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using ApiTests.TravelDocuments;

namespace ApiTests.Operation;

/// <summary>A disk that fills turns the node unready first, then stops writes; searches go on.</summary>
public sealed class DiskTests(TestCluster cluster) : HubFixture(cluster)
{
    private const long Limit = 1000;
    private long free = long.MaxValue;

    protected override NodeOptions Node(string nodeFolder) => new(nodeFolder)
    {
        MinFree = Limit, DatabaseFolder = Path.Combine(nodeFolder, "not", "made", "yet"), FreeSpace = _ => Interlocked.Read(ref free),
    };

    [Fact]
    public async Task A_disk_nearly_full_turns_the_node_unready_then_stops_writes_and_never_searches()
    {
        await this.RecordedAsync(Documents.Stolen("DK000001"));
        await LeftAsync(Limit - 1);
        var reasons = await NotReadyAsync();
        Assert.Contains("nearly full", reasons, StringComparison.Ordinal);
        var second = await As(Callers.Utopia).RecordAsync(Documents.Stolen("DK000002"), "known", CancellationToken.None);

        // A file is large: it is refused before single records are, and also when it would bring the disk under the limit.
        Assert.Equal("diskNearlyFull", await FileRefusedAsync());
        await LeftAsync(Limit + 10);
        Assert.Equal("diskNearlyFull", await FileRefusedAsync());

        await LeftAsync(Limit / 2 - 1);
        var refused = await Documents.RefusedAsync(As(Callers.Utopia).RecordAsync(Documents.Stolen("DK000003"), "key", CancellationToken.None));
        Assert.Equal((507, "diskNearlyFull"), (refused.Status, refused.Code));
        // What was written before is told again: its writer may never have had the answer.
        var repeated = await As(Callers.Utopia).RecordAsync(Documents.Stolen("DK000002"), "known", CancellationToken.None);
        Assert.Equal(second.Value!.Id, repeated.Value?.Id);
        Assert.Equal("hit", (await this.FoundAsync("DK000002")).Answer);
        Assert.Equal("notKnown", (await this.FoundAsync("DK000003")).Answer);
        Assert.Equal(3L, await ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE outcome = 'diskNearlyFull'"));
        Assert.Contains(Log.Lines, l => l.StartsWith("Error", StringComparison.Ordinal) && l.Contains("nearly full", StringComparison.Ordinal));

        await LeftAsync(Limit);
        await WaitUntilReadyAsync();
        // The refused key was not used up.
        var again = await As(Callers.Utopia).RecordAsync(Documents.Stolen("DK000003"), "key", CancellationToken.None);
        Assert.Null(again.Problem);
    }

    private async Task LeftAsync(long bytes)
    {
        Interlocked.Exchange(ref free, bytes);
        var guard = Services.GetRequiredService<DiskGuard>();
        for (var tries = 0; tries < 200 && guard.Disks.Any(d => d.Free != bytes); tries++) await Task.Delay(50);
        Assert.Equal(["data", "database"], guard.Disks.Select(d => d.Name));
        Assert.All(guard.Disks, d => Assert.Equal(bytes, d.Free));
    }

    private async Task<string> FileRefusedAsync()
    {
        using var file = new StringContent("number,issuer,kind,status\nDK000009,UTO,passport,lost\n", null, "text/csv");
        var problem = await Documents.RefusedAsync(As(Callers.Utopia).ImportAsync(file, null, null, null, null, CancellationToken.None));
        Assert.Empty(Directory.Exists(Spool) ? Directory.GetFiles(Spool, "*.upload") : []);
        return problem.Code;
    }

    private string Spool => Services.GetRequiredService<NodeOptions>().SpoolFolder;

    private async Task<string> NotReadyAsync()
    {
        using var response = await Http(null).GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}

using System.Net;
using ApiTests.TravelDocuments;
using Liaison.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

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

    [Fact]
    public async Task A_file_whose_length_was_not_told_is_refused_when_the_disk_fills_while_it_comes()
    {
        using var sent = new BlockingBody();
        using var content = new StreamContent(sent) { Headers = { ContentType = new("text/csv") } };
        var importing = As(Callers.Utopia).ImportAsync(content, null, null, null, null, CancellationToken.None);
        for (var tries = 0; tries < 400 && (!Directory.Exists(Spool) || Directory.GetFiles(Spool, "*.upload") is not [{ } upload] || new FileInfo(upload).Length == 0); tries++) await Task.Delay(25);
        Assert.NotEqual(0, new FileInfo(Directory.GetFiles(Spool, "*.upload").Single()).Length);
        await LeftAsync(Limit - 1);
        sent.GoOn();
        Assert.Equal("diskNearlyFull", (await Documents.RefusedAsync(importing)).Code);
        Assert.Empty(Directory.GetFiles(Spool, "*.upload"));
    }

    [Fact]
    public async Task A_merge_ends_without_effect_when_the_disk_fills_meanwhile()
    {
        await using var holding = new NpgsqlConnection(OwnerConnectionString);
        await holding.OpenAsync();
        await using var held = await holding.BeginTransactionAsync();
        await holding.DoAsync("LOCK TABLE travel_documents.document IN SHARE MODE", CancellationToken.None);
        using var file = new StringContent("number,issuer,kind,status\nDK000021,UTO,passport,lost\n", null, "text/csv");
        var job = (await As(Callers.Utopia).ImportAsync(file, null, null, null, null, CancellationToken.None)).Value!;
        await this.MergeWaitsAsync();
        await LeftAsync(Limit - 1);
        var ended = (await this.EndedAsync(job.Id)).Value!;
        Assert.Equal(("failed", "diskNearlyFull"), (ended.State, ended.Problem?.Code));
        await held.CommitAsync();
        Assert.Equal("notKnown", (await this.FoundAsync("DK000021")).Answer);
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

    /// <summary>A body that waits in its middle until a test says so. Its first part is more than a client holds back to send it with what follows.</summary>
    private sealed class BlockingBody : Stream
    {
        private const int Before = 20;

        private readonly TaskCompletionSource goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int reads;

        public void GoOn() => goesOn.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            reads++;
            if (reads == Before) await goesOn.Task.WaitAsync(cancellationToken);
            buffer.Span.Fill((byte)'\n');
            return reads > Before ? 0 : buffer.Length;
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.Processes;

/// <summary>
/// Kill −9 in the middle of an import: live data is untouched or wholly merged, and the repeated request ends right. Who asked for its records before is
/// told of each once, whatever was killed.
/// </summary>
public sealed class ImportKillTests(StruckHub struck) : IClassFixture<StruckHub>
{
    private const int Rows = 60_000;

    [Theory]
    [InlineData("hub", "reading")]
    [InlineData("hub", "merging")]
    [InlineData("PostgreSQL", "merging")]
    public async Task Killed_in_the_middle_it_is_all_or_nothing_and_the_repeated_request_ends_right(string victim, string state)
    {
        var (hub, numbers) = (await struck.HubAsync(), $"{victim[0]}{state[0]}".ToUpperInvariant());
        var before = await RecordsAsync(hub);
        var asked = await AskAsync(hub.As("germany", struck.Data.Path), numbers);
        var job = await SendAsync(hub.As("utopia", struck.Data.Path), numbers);
        await UntilAsync(hub.As("utopia", struck.Data.Path), job.Id, state);
        if (victim == "hub")
        {
            hub.Kill();
            await hub.EndAsync();
            hub = await struck.HubAsync();
        }
        else
        {
            await struck.Data.KillPostgresAsync();
        }

        var client = hub.As("utopia", struck.Data.Path);
        var ended = await UntilAsync(client, job.Id, null);
        Assert.Equal(ended.State == "done" ? before + Rows : before, await RecordsAsync(hub));
        if (ended.State == "failed") Assert.Equal("interrupted", ended.Problem!.Code);

        var again = await UntilAsync(client, (await SendAsync(client, numbers)).Id, null);
        Assert.Equal(("done", (long)Rows), (again.State, again.Recorded));
        Assert.Equal(ended.State == "done", again.Id == job.Id);
        Assert.Equal(before + Rows, await RecordsAsync(hub));

        // In the middle of telling them, or soon after it.
        if (state == "merging" && victim == "hub")
        {
            hub.Kill();
            await hub.EndAsync();
            hub = await struck.HubAsync();
        }

        await ToldOnceAsync(hub, asked);
    }

    /// <summary>Of the first record, one in the middle and the last.</summary>
    private static async Task<Guid[]> AskAsync(LiaisonClient asker, string numbers)
    {
        var searches = new List<Guid>();
        foreach (var row in (int[])[0, Rows / 2, Rows - 1])
        {
            var reply = await asker.SearchAsync(new() { Number = $"{numbers}{row:D7}", Issuer = "UTO" }, CancellationToken.None);
            Assert.Equal("notKnown", reply.Value?.Answer);
            searches.Add(reply.Value!.SearchId);
        }

        return [.. searches];
    }

    private async Task ToldOnceAsync(HubProcess hub, Guid[] asked)
    {
        var (waited, told) = (Stopwatch.StartNew(), Array.Empty<Guid>());
        while (told.Length < asked.Length && waited.Elapsed < TimeSpan.FromSeconds(120))
        {
            await Task.Delay(100);
            told = await ToldAsync(hub.As("utopia", struck.Data.Path), asked);
        }

        Assert.Equal(asked.Order(), told.Order());
    }

    /// <summary>The searches of these that the owner has a delayed hit of.</summary>
    private static async Task<Guid[]> ToldAsync(LiaisonClient owner, Guid[] asked)
    {
        var hits = await owner.HitsAsync(null, null, 200, CancellationToken.None);
        var searches = new List<Guid>();
        foreach (var hit in hits.Value!.Items)
            searches.AddRange((await owner.HitAsync(hit.Id, null, null, CancellationToken.None)).Value!.Askers!.Where(a => a.AskedAt is not null).Select(a => a.Search));
        return [.. searches.Where(asked.Contains)];
    }

    private static async Task<ImportJob> SendAsync(LiaisonClient client, string numbers)
    {
        var file = new StringBuilder("number,issuer,kind,status\n");
        for (var i = 0; i < Rows; i++) file.Append(CultureInfo.InvariantCulture, $"{numbers}{i:D7},UTO,passport,stolen\n");
        var bytes = Encoding.ASCII.GetBytes(file.ToString());
        for (var tries = 0; tries < 300; tries++)
        {
            using var content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
            var reply = await client.ImportAsync(content, "kill-" + numbers, null, null, null, CancellationToken.None);
            if (reply.Value is { } job) return job;
            Assert.Equal(503, reply.Problem!.Status);
            await Task.Delay(200);
        }

        throw new TimeoutException("The hub took no import for a minute.");
    }

    /// <summary>Waits for a state or any after it; for the end when none is given.</summary>
    private static async Task<ImportJob> UntilAsync(LiaisonClient client, Guid id, string? state)
    {
        string[] order = ["received", "reading", "merging", "publishing", "done", "failed"];
        var from = state is null ? 4 : Array.IndexOf(order, state);
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < TimeSpan.FromSeconds(120))
        {
            var reply = await client.ImportAsync(id, CancellationToken.None);
            if (reply.Value is { } job && Array.IndexOf(order, job.State) >= from) return job;
            await Task.Delay(state is null ? 200 : 5);
        }

        throw new TimeoutException("The import did not get so far in two minutes.");
    }

    /// <summary>The secretariat sees all of them.</summary>
    private async Task<long> RecordsAsync(HubProcess hub) =>
        (await hub.As("secretariat", struck.Data.Path).StatusAsync(CancellationToken.None)).Value!.Records["travelDocuments"];
}

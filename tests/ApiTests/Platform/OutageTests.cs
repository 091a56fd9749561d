using ApiTests.PrivatePostgres;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Hub;
using Liaison.Platform.Data;
using Microsoft.Extensions.Logging;

namespace ApiTests.Platform;

/// <summary>
/// PostgreSQL goes away under a running hub: nothing is answered unaudited, everybody is told to come back, and it heals by itself.
/// </summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Without_its_database_the_hub_says_503_and_comes_back_with_it()
    {
        using var folder = new ClusterFolder();
        var cluster = await folder.StartAsync();
        var connection = cluster.AppConnectionString;
        await Migrator.MigrateAsync(cluster.OwnerConnectionString, HubHost.Migrations, TimeProvider.System, CancellationToken.None);
        await Callers.RecordAsync(cluster.OwnerConnectionString);
        await using var hub = HubHost.Build(new HubSettings(connection, new(Path.Combine(folder.Root, "node")), 0, "Development"), logging =>
            logging.ClearProviders());
        await hub.StartAsync();
        await hub.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = new Uri(hub.Urls.First()) };
        var client = new LiaisonClient(http, Callers.Utopia);
        Assert.NotNull((await client.RecordAsync(Documents.Stolen("OU000001"), null, CancellationToken.None)).Value);
        Assert.Equal("hit", await AskAsync(client, "OU000001"));

        using var batch = await OpenBatch.BeginAsync(http.BaseAddress, Callers.Utopia);
        await batch.SendAsync("{\"number\":\"OU000001\",\"issuer\":\"UTO\"}\n");
        await batch.UntilAsync("\"hit\"");
        await cluster.StopAsync();
        await ABatchBreaksOffAndSaysSoAsync(batch);
        await EverybodyIsToldToComeBackAsync(http);

        await using var again = await folder.StartAsync();
        Assert.Equal(connection, again.AppConnectionString);
        await hub.WaitUntilReadyAsync();
        Assert.Equal("hit", await AskAsync(client, "OU000001"));
        Assert.Equal("notKnown", await AskAsync(client, "OU000002"));
        Assert.Equal(1, (await client.SearchManyAsync("{\"number\":\"OU000001\",\"issuer\":\"UTO\"}"u8.ToArray(), CancellationToken.None)).Value?.Hit);
        Assert.NotNull((await client.RecordAsync(Documents.Stolen("OU000002"), null, CancellationToken.None)).Value);
        Assert.Equal("hit", await AskAsync(client, "OU000002"));
        await hub.StopAsync();
    }

    /// <summary>What was answered stands; the next line has no answer, and the last line says why.</summary>
    private static async Task ABatchBreaksOffAndSaysSoAsync(OpenBatch batch)
    {
        await batch.SendAsync("{\"number\":\"OU000003\",\"issuer\":\"UTO\"}\n");
        await batch.UntilAsync("{\"problem\":");
        await batch.UntilAsync("\"code\":\"unavailable\"");
        Assert.DoesNotContain("\"line\":2", batch.Got, StringComparison.Ordinal);
        Assert.DoesNotContain("summary", batch.Got, StringComparison.Ordinal);
    }

    private static async Task EverybodyIsToldToComeBackAsync(HttpClient http)
    {
        using var search = await SendAsync(http, """{"number":"OU000099","issuer":"UTO"}""", Routes.TravelDocumentSearch);
        await UnavailableAsync(search);
        using var record = await SendAsync(http, """{"number":"OU000002","issuer":"UTO","kind":"passport","status":"lost"}""",
            Routes.TravelDocuments);
        await UnavailableAsync(record);
        using var ready = await http.GetAsync(new Uri(Routes.Ready, UriKind.Relative));
        Assert.Equal(503, (int)ready.StatusCode);
        Assert.Contains("The database does not answer.", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var live = await http.GetAsync(new Uri(Routes.Live, UriKind.Relative));
        Assert.Equal(200, (int)live.StatusCode);

        // Also when the index knows itself to be stale nothing leaves unaudited, marked or not.
        await ClusterFolder.UntilAsync(() => IsStaleAsync(http).GetAwaiter().GetResult(), "the index says that it is stale", 15);
        using var stale = await SendAsync(http, """{"number":"OU000099","issuer":"UTO"}""", Routes.TravelDocumentSearch);
        Assert.Contains("Nothing was answered", await UnavailableAsync(stale), StringComparison.Ordinal);
    }

    private static async Task<bool> IsStaleAsync(HttpClient http)
    {
        using var ready = await http.GetAsync(new Uri(Routes.Ready, UriKind.Relative));
        return (await ready.Content.ReadAsStringAsync()).Contains("cannot follow", StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, string body, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, null, "application/json") };
        request.Headers.Authorization = new("Bearer", Callers.Utopia);
        return await http.SendAsync(request);
    }

    private static async Task<string> UnavailableAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == 503, body);
        Assert.Contains("\"code\":\"unavailable\"", body, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        return body;
    }

    private static async Task<string> AskAsync(LiaisonClient client, string number)
    {
        var reply = await client.SearchAsync(new SearchRequest { Number = number, Issuer = "UTO" }, CancellationToken.None);
        Assert.True(reply.Problem is null, reply.Body);
        return reply.Value!.Answer;
    }
}

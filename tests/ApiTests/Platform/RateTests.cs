using System.Net;
using Liaison.Api;
using Liaison.Hub;
using Liaison.Platform.Data;
using Microsoft.Extensions.Logging;

namespace ApiTests.Platform;

/// <summary>One caller does not take what all need.</summary>
public sealed class RateTests(TestCluster cluster) : HubFixture(cluster)
{
    private readonly string folder = Directory.CreateTempSubdirectory("liaison-rate-").FullName;

    [Theory]
    [InlineData(3, 100, Callers.France, Callers.Searcher)]
    [InlineData(100, 3, Callers.France, Callers.Germany)]
    public async Task Who_asks_too_often_waits_and_others_do_not(int account, int member, string eager, string other)
    {
        // The second stands still.
        var clock = new StoppedClock();
        var settings = new HubSettings(AppConnectionString, new NodeOptions(folder), 0, "Development") { Rates = new(account, member), Clock = clock };
        await using var hub = HubHost.Build(settings, logging => logging.ClearProviders());
        await hub.StartAsync();
        await hub.WaitUntilReadyAsync();
        using var http = new HttpClient { BaseAddress = new Uri(hub.Urls.First()) };
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++) answers.Add(await AskAsync(http, eager));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], answers);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(http, other));
        clock.Second++;
        Assert.Equal(HttpStatusCode.OK, await AskAsync(http, eager));
        await hub.StopAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.TravelDocumentSearch)
        {
            Content = new StringContent("""{"number":"RA000001","issuer":"UTO"}""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", token);
        using var response = await http.SendAsync(request);
        if (response.StatusCode == HttpStatusCode.TooManyRequests) Assert.Equal("1", response.Headers.RetryAfter?.ToString());
        return response.StatusCode;
    }

    /// <summary>Its seconds are counted by the test; delays are real.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public long Second { get; set; }

        public override long TimestampFrequency => System.TimestampFrequency;

        public override long GetTimestamp() => (1_000 + Second) * TimestampFrequency;
    }
}

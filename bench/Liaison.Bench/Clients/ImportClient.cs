using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Liaison.Bench.Servers;

namespace Liaison.Bench.Clients;

/// <summary>Sends a file and waits for its job.</summary>
internal static class ImportClient
{
    /// <summary>Each look is a request that is audited: many more of them would slow the import, fewer would add their pause to its time.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>From the first byte sent until the job says done; null when the build has no import jobs.</summary>
    /// <exception cref="BenchException">The job failed, or recorded another number of rows than it was to.</exception>
    public static async Task<TimeSpan?> RunAsync(HttpTarget target, string file, int recorded, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = target.Address, Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new("Bearer", target.Token);
        await using var content = File.OpenRead(file);
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Path) { Content = new StreamContent(content, 1 << 20) };
        request.Content.Headers.ContentType = new("text/csv");
        request.Headers.Add(Api.Headers.IdempotencyKey, Guid.NewGuid().ToString());
        var started = Stopwatch.GetTimestamp();
        using var answer = await SendAsync(client, request, stop);
        if (answer?.StatusCode is not HttpStatusCode.Accepted) return null;
        if (answer.Headers.Location is not { } job) throw new BenchException("The import was accepted without the address of its job.");
        while (true)
        {
            using var state = JsonDocument.Parse(await client.GetByteArrayAsync(job, stop));
            switch (state.RootElement.GetProperty("state").GetString())
            {
                case "done":
                    var took = Stopwatch.GetElapsedTime(started);
                    return state.RootElement.GetProperty("recorded").GetInt64() == recorded ? took : throw new BenchException($"The import did not record {recorded} rows: {state.RootElement}");
                case "failed" or "cancelled":
                    throw new BenchException($"The import failed: {state.RootElement}");
            }

            await Task.Delay(Look, stop);
        }
    }

    /// <summary>Null when the hub cut the upload: a build whose imports are held in memory has a low limit.</summary>
    private static async Task<HttpResponseMessage?> SendAsync(HttpClient client, HttpRequestMessage request, CancellationToken stop)
    {
        try
        {
            return await client.SendAsync(request, stop);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}

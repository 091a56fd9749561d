using System.Net.Http.Headers;
using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

/// <summary>The short way to import a file and wait until its job has ended.</summary>
internal static class Imports
{
    public static async Task<HubReply<ImportJob>> ImportAsync(
        this HubFixture hub, byte[] file, string type, string? key = null, string? feed = null, string? mode = null, int? maxWithdrawals = null)
    {
        var client = hub.As(Callers.Utopia);
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        var reply = await client.ImportAsync(content, key, feed, mode, maxWithdrawals, CancellationToken.None);
        for (var tries = 0; tries < 1200 && reply.Value is { State: not ("done" or "failed") } job; tries++)
        {
            await Task.Delay(50);
            reply = await client.ImportAsync(job.Id, CancellationToken.None);
        }

        return reply;
    }
}

using System.Net.Http.Headers;
using Liaison.Api;
using Liaison.Api.TravelDocuments;

namespace ApiTests.TravelDocuments;

/// <summary>The short way to import a file and wait until its job has ended.</summary>
internal static class Imports
{
    public static async Task<HubReply<ImportJob>> ImportAsync(
        this HubFixture hub, byte[] file, string type, string? key = null, string? feed = null, string? mode = null, int? maxWithdrawals = null,
        string by = Callers.Utopia)
    {
        var client = hub.As(by);
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        var reply = await client.ImportAsync(content, key, feed, mode, maxWithdrawals, CancellationToken.None);
        return reply.Value is { } job ? await hub.EndedAsync(job.Id, by, orWaiting: true) : reply;
    }

    /// <summary>The job when it has ended, or also when it waits.</summary>
    public static async Task<HubReply<ImportJob>> EndedAsync(this HubFixture hub, Guid job, string by = Callers.Utopia, bool orWaiting = false)
    {
        var client = hub.As(by);
        var reply = await client.ImportAsync(job, CancellationToken.None);
        for (var tries = 0; tries < 1200 && !(reply.Value!.State is "done" or "failed" || (orWaiting && reply.Value.State == "waiting")); tries++)
        {
            await Task.Delay(50);
            reply = await client.ImportAsync(job, CancellationToken.None);
        }

        return reply;
    }

    /// <summary>What merges a file waits for a lock: it is asked for by name, because jobs of the hub take locks in passing.</summary>
    public static async Task MergeWaitsAsync(this HubFixture hub)
    {
        for (var tries = 0; !await hub.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_locks WHERE pid IN ({Merging}) AND NOT granted)"); tries++)
        {
            if (tries == 1200) Assert.Fail("No file waits for a lock.");
            await Task.Delay(25);
        }
    }

    /// <summary>The session of the database that merges a file.</summary>
    public const string Merging = "SELECT pid FROM pg_stat_activity WHERE application_name = 'liaison import' AND datname = current_database()";
}

using System.Collections.Concurrent;
using System.Diagnostics;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.Hits;

namespace ApiTests.Nodes;

/// <summary>
/// Hits that become cases on two nodes, and owners who act on them, on whichever node answers. Every third case is left to its clock.
/// </summary>
internal sealed class CaseTraffic(LiaisonClient[] owners, LiaisonClient[] askers) : IAsyncDisposable
{
    /// <summary>For an answer.</summary>
    public static readonly TimeSpan Clock = TimeSpan.FromSeconds(6);

    /// <summary>
    /// A deadline may be missed by no more: a node takes over in seconds, PostgreSQL starts again in some, and the machine has other work. Longer than a node
    /// is given to become ready.
    /// </summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(90);

    private readonly CancellationTokenSource over = new();
    private readonly ConcurrentQueue<Guid> hits = new(), leftAlone = new();
    private readonly ConcurrentQueue<(Guid Hit, string Act)> done = new();
    private Task task = Task.CompletedTask;

    public int Acts => done.Count;

    public void Begin() => task = Task.Run(RunAsync);

    public async Task EndAsync()
    {
        await over.CancelAsync();
        await task;
    }

    public ValueTask DisposeAsync()
    {
        over.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Every hit has one case, every act that was acknowledged is in it once, every step of a clock came, once and in time; every event once.</summary>
    public async Task EverythingCameAsync()
    {
        Assert.NotEmpty(leftAlone);
        foreach (var hit in leftAlone) await UntilAsync(hit, h => h.State == "unanswered");
        var told = await ToldAsync();
        Assert.Equal(told.Count, told.Select(e => e.Id).Distinct().Count());
        foreach (var hit in hits)
        {
            var file = await UntilAsync(hit, h => h.State != "opening");
            var acts = file.Events!.Select(e => e.Act).ToArray();
            Assert.Equal(file.Version, acts.Length);
            // Who asked again because the answer was lost is in the same case.
            Assert.Equal(acts.Where(a => a != "join").Distinct(), acts.Where(a => a != "join"));
            Assert.Single(told, e => e.Subject == file.Id.ToString() && e.Type.EndsWith("hits.caseOpened", StringComparison.Ordinal));
            foreach (var (_, act) in done.Where(d => d.Hit == hit))
            {
                Assert.Contains(act, acts);
                Assert.Single(told, e => e.Subject == file.Id.ToString() && e.Type.EndsWith("hits.changed", StringComparison.Ordinal) && e.Data.GetProperty("act").GetString() == act);
            }

            // From the hit on, which may be older than its case.
            var met = file.Askers!.Min(a => a.At);
            foreach (var (step, allowed) in new[] { ("remind", Clock / 2), ("escalate", Clock), ("lapse", Clock * 2) })
            {
                if (file.Events!.SingleOrDefault(e => e.Act == step) is not { } came) Assert.DoesNotContain(hit, leftAlone);
                else Assert.InRange(came.At - met, allowed - TimeSpan.FromSeconds(1), allowed + Slack);
            }
        }
    }

    private async Task RunAsync()
    {
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var number = $"CT{i:D7}";
            if (await PersistAsync(owners, i, async c => await c.RecordAsync(Documents.Stolen(number), "key-" + number, default)) is null) return;
            // The other node may not have it yet.
            if (await PersistAsync(askers, i + 1, async c => await c.SearchAsync(new() { Number = number, Issuer = "UTO" }, default) is { Value.Matches: [{ HitId: not null }] } met ? met : null)
                is not { Matches: [{ HitId: { } hit }] }) return;
            hits.Enqueue(hit);
            if (i % 3 == 0) leftAlone.Enqueue(hit);
            else if (!await AnswerAsync(i, hit)) return;
        }
    }

    private async Task<bool> AnswerAsync(int first, Guid hit)
    {
        foreach (var act in (string[])["acknowledge", "confirm"])
        {
            // Read and acted upon on the same node. What was cut off may be done or not: it is done once, and counts when somebody was told so.
            var acted = await PersistAsync(owners, first, async c =>
            {
                var read = await c.HitAsync(hit, null, null, default);
                if (read.Value is not { State: not "opening" } now) return null;
                if (now.Events!.Any(e => e.Act == act)) return read;
                var reply = await c.ActOnHitAsync(Routes.HitAnswer(hit), read.ETag!, new() { Act = act }, LiaisonJson.Default.HitAnswerRequest, default);
                if (reply.Value is not null) done.Enqueue((hit, act));
                return reply;
            });
            if (acted is null) return false;
        }

        return true;
    }

    /// <summary>Asks the nodes in turn until one has an answer; null when the test is over before.</summary>
    private async Task<T?> PersistAsync<T>(LiaisonClient[] nodes, int first, Func<LiaisonClient, Task<HubReply<T>?>> ask)
        where T : class
    {
        for (var node = first % nodes.Length; !over.IsCancellationRequested; node = (node + 1) % nodes.Length)
        {
            try
            {
                if ((await ask(nodes[node]))?.Value is { } answer) return answer;
            }
            catch (Exception cut) when (cut is HttpRequestException or IOException or TaskCanceledException)
            {
                // Nobody there, or it died while it answered.
            }

            await Task.Delay(20);
        }

        return null;
    }

    private async Task<Hit> UntilAsync(Guid hit, Func<Hit, bool> wished)
    {
        var reply = await owners[0].HitAsync(hit, null, null, default);
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < (Clock * 2) + Slack && !(reply.Value is { } now && wished(now));)
        {
            await Task.Delay(100);
            reply = await owners[0].HitAsync(hit, null, null, default);
        }

        Assert.True(reply.Value is { } last && wished(last), reply.Body);
        return reply.Value;
    }

    /// <summary>All that the owner was told, when nothing more comes.</summary>
    private async Task<List<Liaison.Api.Events.CloudEvent>> ToldAsync()
    {
        var (told, cursor, quiet) = (new List<Liaison.Api.Events.CloudEvent>(), (string?)null, 0);
        while (quiet < 3)
        {
            var reply = await owners[1].EventsAsync(cursor, 1, 500, default);
            Assert.True(reply.Value is not null, reply.Body);
            told.AddRange(reply.Value.Events);
            cursor = reply.Value.Cursor;
            quiet = reply.Value.Events.Count == 0 ? quiet + 1 : 0;
        }

        return told;
    }
}

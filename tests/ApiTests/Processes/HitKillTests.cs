using System.Collections.Concurrent;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.Hits;

namespace ApiTests.Processes;

/// <summary>The hub is killed while hits become cases and their clocks run: nothing is lost, nothing comes twice, nothing that was due is left out.</summary>
public sealed class HitKillTests
{
    private const int Records = 10;
    private static readonly (string, string)[] QuickClocks = [("LIAISON_HIT_CLOCKS", "urgent=4s")];

    [Fact]
    public async Task Every_hit_that_was_answered_is_in_one_case_and_each_step_of_the_ladder_was_done_once()
    {
        using var data = new DataFolder();
        await data.EnsureDatabaseAsync();
        var hits = new ConcurrentBag<Guid>();
        using (var hub = await HubProcess.StartAsync(data.Path, QuickClocks))
        {
            var owner = hub.As("utopia", data.Path);
            for (var i = 0; i < Records; i++) Assert.Null((await owner.RecordAsync(Documents.Stolen($"HK000000{i}"), null, default)).Problem);
            var searching = Enumerable.Range(0, 4).Select(_ => SearchAsync(hub.As("germany", data.Path), hits)).ToArray();
            // In the middle of it: the first cases have been reminded of, the last hits have no case yet.
            for (var tries = 0; tries < 1200 && !await IsRemindedAsync(owner); tries++) await Task.Delay(50);
            hub.Kill();
            await Task.WhenAll(searching);
            await hub.EndAsync();
        }

        Assert.NotEmpty(hits);
        using var again = await HubProcess.StartAsync(data.Path, QuickClocks);
        var (asker, utopia) = (again.As("germany", data.Path), again.As("utopia", data.Path));
        var files = new Dictionary<Guid, Hit>();
        foreach (var id in hits)
        {
            // A case that is read names all its hits: to ask for each of them would only read it again.
            if (files.Values.Any(f => f.Askers!.Any(a => a.Hit == id))) continue;
            await UntilUnansweredAsync(asker, id);
            var file = (await utopia.HitAsync(id, null, null, default)).Value!;
            files[file.Id] = file;
        }

        // Who searched after the clock of a case had run out is in another one.
        Assert.Equal(Records, files.Values.Select(f => f.Record).Distinct().Count());
        Assert.All(files.Values, file =>
        {
            var acts = file.Events!.Select(e => e.Act).ToArray();
            foreach (var once in (string[])["open", "remind", "escalate", "lapse"]) Assert.Single(acts, once);
            Assert.Equal(file.Askers!.Count - 1, acts.Count(a => a == "join"));
            Assert.Equal(file.Version, acts.Length);
        });
        var askers = files.Values.SelectMany(f => f.Askers!.Select(a => a.Hit)).ToArray();
        Assert.Equal(askers.Length, askers.Distinct().Count());
        Assert.Empty(hits.Except(askers));
        // And no case is left over that has some of them once more.
        var all = (await utopia.HitsAsync(null, null, 200, default)).Value!;
        Assert.Null(all.Next);
        Assert.Equal(files.Keys.Order(), all.Items.Select(f => f.Id).Order());
        await again.SignalAsync("TERM");
        Assert.Equal(0, await again.EndAsync());
        await data.StopPostgresAsync();
    }

    private static async Task SearchAsync(LiaisonClient client, ConcurrentBag<Guid> hits)
    {
        try
        {
            for (var i = 0; ; i = (i + 1) % Records)
            {
                var reply = await client.SearchAsync(new() { Number = $"HK000000{i}", Issuer = "UTO", Kind = "passport" }, default);
                if (reply.Value?.Matches is [{ HitId: { } id }]) hits.Add(id);
                await Task.Delay(20);
            }
        }
        catch (HttpRequestException)
        {
            // The hub is gone: what it answered before counts.
        }
    }

    private static async Task<bool> IsRemindedAsync(LiaisonClient owner)
    {
        if ((await owner.HitsAsync(null, null, null, default)).Value?.Items is not [.., var oldest]) return false;
        return (await owner.HitAsync(oldest.Id, null, null, default)).Value!.Events!.Any(e => e.Act == "remind");
    }

    private static async Task UntilUnansweredAsync(LiaisonClient asker, Guid id)
    {
        for (var tries = 0; tries < 300; tries++)
        {
            if ((await asker.HitAsync(id, null, null, default)).Value?.State == "unanswered") return;
            await Task.Delay(100);
        }

        Assert.Fail($"Not unanswered within 30 s: {(await asker.HitAsync(id, null, null, default)).Body}");
    }
}

using ApiTests.Events;
using ApiTests.PrivatePostgres;
using ApiTests.TravelDocuments;
using Liaison.Platform.Data.PrivatePostgres;

namespace ApiTests.Processes;

/// <summary>The hub is killed while it tells a webhook: nothing is lost, and what is told again has the same id.</summary>
public sealed class WebhookKillTests
{
    private const int Hits = 6;

    [Fact]
    public async Task What_was_on_its_way_when_the_hub_died_is_told_by_the_next()
    {
        await using var receiver = await Receiver.StartAsync(isPlain: true);
        using var data = new DataFolder();
        await data.EnsureDatabaseAsync();
        using (var hub = await HubProcess.StartAsync(data.Path))
        {
            var owner = hub.As("utopia", data.Path);
            var made = (await owner.RegisterWebhookAsync(new() { Url = receiver.Address.ToString(), Types = ["hits.caseOpened"] }, default)).Value!;
            Assert.Equal("active", (await owner.ActOnWebhookAsync(made.Id, "resume", default)).Value!.State);
            var isHeld = new TaskCompletionSource();
            receiver.Answer = async (_, http) =>
            {
                // Taken, and never acknowledged.
                if (receiver.Events.Count() < Hits / 2) return 200;
                isHeld.TrySetResult();
                await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return 500;
            };
            for (var i = 0; i < Hits; i++)
            {
                Assert.Null((await owner.RecordAsync(Documents.Stolen($"WK000000{i}"), null, default)).Problem);
                Assert.Equal("hit", (await hub.As("germany", data.Path).SearchAsync(new() { Number = $"WK000000{i}", Issuer = "UTO" }, default)).Value!.Answer);
            }

            await isHeld.Task.WaitAsync(TimeSpan.FromSeconds(30));
            hub.Kill();
            await hub.EndAsync();
            // The next hub waits until the lease of the dead one is over. Most of that time is taken as gone by; a lease without an end would stay one.
            var database = await RunningCluster.FindOwnerAsync(data.Path, default);
            Assert.NotNull(await ClusterFolder.SqlAsync(database!, "UPDATE platform.webhook SET lease_until = lease_until - interval '25 s' RETURNING id"));
        }

        var held = receiver.Events.Last().Id;
        receiver.Answer = (_, _) => Task.FromResult(200);
        using var again = await HubProcess.StartAsync(data.Path);
        await receiver.UntilAsync(all => all.Select(c => c.Id).Distinct().Count() == Hits && all.Count(c => c.Id == held) > 1, seconds: 90);
        var feed = (await again.As("utopia", data.Path).EventsAsync(null, null, null, default)).Value!.Events.Where(e => e.Type == "hits.caseOpened").ToArray();
        Assert.Equal(feed.Select(e => e.Id.ToString()).Order(), receiver.Events.Select(c => c.Id).Distinct().Order());
        await again.SignalAsync("TERM");
        Assert.Equal(0, await again.EndAsync());
        await data.StopPostgresAsync();
    }
}

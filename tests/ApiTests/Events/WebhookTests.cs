using System.Globalization;
using System.Net;
using System.Text;
using ApiTests.CommandLine;
using ApiTests.Hits;
using Liaison.Api.Events;
using Liaison.Cli;
using Liaison.Platform.Events;
using Liaison.Platform.Web;
using Npgsql;

namespace ApiTests.Events;

/// <summary>A hub whose clock is set forward, and which asks the test for the addresses of names.</summary>
public sealed class WebhookHub(TestCluster cluster) : HubFixture(cluster)
{
    internal MovedClock Moved { get; } = new();

    internal IPAddress Resolved { get; set; } = IPAddress.Loopback;

    protected override TimeProvider Clock => Moved;

    private protected override OutwardOptions Webhooks => new() { Roots = [Receiver.Certificate], Resolve = (_, _) => Task.FromResult<IPAddress[]>([Resolved]) };

    /// <summary>A webhook of this member that is told events.</summary>
    internal async Task<Webhook> ActiveAsync(Receiver receiver, string who, params string[] types)
    {
        var made = await As(who).RegisterWebhookAsync(new() { Url = receiver.Address.ToString(), Types = types }, default);
        Assert.True(made.Problem is null, made.Body);
        var active = await As(who).ActOnWebhookAsync(made.Value!.Id, "resume", default);
        Assert.True(active.Value is { State: "active" }, active.Body);
        return made.Value;
    }
}

/// <summary>Members' systems are called with what their members are told.</summary>
public sealed class WebhookTests(WebhookHub hub) : IClassFixture<WebhookHub>
{
    [Fact]
    public async Task An_address_is_told_events_signed_once_it_has_answered_a_first_call()
    {
        await using var receiver = await Receiver.StartAsync();
        using var shell = new HubShell(hub.Address, Callers.Utopia);
        Assert.Equal(ExitCode.Done, await shell.RunAsync("webhook", "add", receiver.Address.ToString(), "--type", "hits.caseOpened"));
        var made = (await hub.As(Callers.Utopia).WebhooksAsync(default)).Value!.Items.Single(w => w.Url == receiver.Address.ToString());
        Assert.Equal(("checking", null), (made.State, made.Secret));
        var secret = shell.Out[shell.Out.IndexOf("whsec_", StringComparison.Ordinal)..].Split([' ', '\n'])[0];
        Assert.Equal("webhookExists", (await hub.As(Callers.Utopia).RegisterWebhookAsync(new() { Url = receiver.Address.ToString() }, default)).Problem!.Code);
        Assert.Equal("unknownWebhook", (await hub.As(Callers.France).ActOnWebhookAsync(made.Id, "resume", default)).Problem!.Code);

        receiver.Answer = (_, _) => Task.FromResult(500);
        Assert.Contains("500", (await hub.As(Callers.Utopia).ActOnWebhookAsync(made.Id, "resume", default)).Problem!.Detail, StringComparison.Ordinal);
        receiver.Answer = (_, _) => Task.FromResult(204);
        Assert.Equal(ExitCode.Done, await shell.RunAsync("webhook", "resume", made.Id.ToString()));
        Assert.Equal(1, receiver.Calls.Last().SignedBy(secret));
        var (_, hit) = await hub.MetAsync("WH0000001");
        await hub.OpenedAsync(hit);
        await hub.AnswerAsync(hit, "confirm");
        var (_, second) = await hub.MetAsync("WH0000002");
        var told = await receiver.UntilAsync(all => all.Length == 2);
        Assert.All(told, t => Assert.Equal(("hits.caseOpened", 1, t.Id), (t.Event.Type, t.SignedBy(secret), t.Event.Id.ToString())));
        // Two subjects, so that neither waits for the other.
        Assert.Equal(new[] { hit, second }.Order(), told.Select(t => t.Event.Data.GetProperty("hit").GetGuid()).Order());
        Assert.All(told, t => Assert.DoesNotContain("WH00000", Encoding.UTF8.GetString(t.Body), StringComparison.Ordinal));
        Assert.False(await hub.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM platform.webhook WHERE position(decode($1, 'base64') IN secret) > 0)", secret["whsec_".Length..]));
        Assert.Equal(2L, await hub.ScalarAsync<long>("SELECT sum(cardinality(records) - 1) FROM audit.entry WHERE event = 'webhooks.called' AND $1 = ANY(records)", made.Id));
        Assert.Equal(ExitCode.Done, await shell.RunAsync("webhook", "end", made.Id.ToString()));
        Assert.Equal("unknownWebhook", (await hub.As(Callers.Utopia).ActOnWebhookAsync(made.Id, "resume", default)).Problem!.Code);
    }

    [Fact]
    public async Task Events_of_a_subject_wait_for_one_another_and_others_go_on_and_each_is_told_by_one_node()
    {
        var second = await hub.StartHubAsync();
        await using var receiver = await Receiver.StartAsync();
        var hook = await hub.ActiveAsync(receiver, Callers.Germany);
        // Paused until it is known which of the subjects it is to refuse.
        await hub.As(Callers.Germany).ActOnWebhookAsync(hook.Id, "pause", default);
        var (_, stuck) = await hub.MetAsync("WH0000011");
        await hub.OpenedAsync(stuck);
        await hub.AnswerAsync(stuck, "acknowledge");
        await hub.AnswerAsync(stuck, "confirm");
        var (_, free) = await hub.MetAsync("WH0000012");
        await hub.OpenedAsync(free);
        await hub.AnswerAsync(free, "confirm");
        await hub.UntilDispatchedAsync();
        receiver.Answer = (call, _) => Task.FromResult(call.Event.Subject == stuck.ToString() ? 503 : 200);
        await ResumeAsync(hook.Id, Callers.Germany);
        await receiver.UntilAsync(all => Of(all, free).Length == 2 && Of(all, stuck).Length > 1);
        Assert.Single(Of([.. receiver.Events], stuck).Select(c => c.Id).Distinct());

        receiver.Answer = (_, _) => Task.FromResult(200);
        hub.Moved.Move(TimeSpan.FromHours(1));
        await receiver.UntilAsync(all => Of(all, stuck).Select(c => c.Id).Distinct().Count() >= 3);
        var feed = (await hub.As(Callers.Germany).EventsAsync(null, null, 500, default)).Value!.Events.Where(e => e.Subject == stuck.ToString()).Select(e => e.Id.ToString()).ToArray();
        var told = Of([.. receiver.Events], stuck).Select(c => c.Id).Distinct().ToArray();
        Assert.Equal(feed[..3], told[..3]);
        Assert.All(Of([.. receiver.Events], free).GroupBy(c => c.Id), calls => Assert.Single(calls));
        await hub.As(Callers.Germany).ActOnWebhookAsync(hook.Id, "end", default);
        await second.StopAsync();
        await second.DisposeAsync();

        static Received[] Of(Received[] all, Guid subject) => [.. all.Where(c => c.Event.Subject == subject.ToString())];
    }

    [Fact]
    public async Task What_cannot_be_told_is_dead_in_the_end_the_bureau_is_told_and_it_can_be_told_again()
    {
        await using var receiver = await Receiver.StartAsync();
        var hook = await hub.ActiveAsync(receiver, Callers.Kingdom, "hits.caseOpened");
        receiver.Answer = (_, _) => Task.FromResult(500);
        var (_, hit) = await hub.MetAsync("WH0000021", Callers.Kingdom);
        await hub.OpenedAsync(hit, Callers.Kingdom);
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            var so = attempt;
            await receiver.UntilAsync(all => all.Length >= so);
            await hub.UntilAsync(async () => await AttemptsAsync(hook.Id) >= so, $"{so} tries");
            hub.Moved.Move(TimeSpan.FromHours(6));
        }

        var dead = (await hub.As(Callers.Kingdom).DeadEventsAsync(hook.Id, default)).Value!.Items.Single();
        Assert.Equal(("hits.caseOpened", hit.ToString(), 20, "500"), (dead.Type, dead.Subject, dead.Attempts, dead.LastAnswer));
        Assert.Single(receiver.Events.Select(c => c.Id).Distinct());
        // The pause is a write of its own, after that of the last try.
        await hub.UntilAsync(async () => (await hub.As(Callers.Kingdom).WebhooksAsync(default)).Value!.Items.Any(w => w.Id == hook.Id && w.State == "paused"), "paused");
        await hub.UntilDispatchedAsync();
        var paused = (await hub.As(Callers.Kingdom).WebhooksAsync(default)).Value!.Items.Single(w => w.Id == hook.Id);
        Assert.Equal(("paused", "failing", 1), (paused.State, paused.Why, paused.Dead));
        var feed = (await hub.As(Callers.Kingdom).EventsAsync(null, null, 500, default)).Value!;
        Assert.Contains(feed.Events, e => e.Type == "webhooks.paused" && e.Subject == hook.Id.ToString());

        receiver.Answer = (_, _) => Task.FromResult(200);
        Assert.Equal("active", (await hub.As(Callers.Kingdom).ActOnWebhookAsync(hook.Id, "resume", default)).Value!.State);
        var before = receiver.Events.Count();
        Assert.Equal("webhookNotNow", (await hub.As(Callers.Kingdom).ReplayWebhookAsync(hook.Id, new() { Event = Guid.NewGuid() }, default)).Problem!.Code);
        Assert.Null((await hub.As(Callers.Kingdom).ReplayWebhookAsync(hook.Id, new() { Event = dead.Event }, default)).Problem);
        await receiver.UntilAsync(all => all.Length == before + 1);
        Assert.Null((await hub.As(Callers.Kingdom).ReplayWebhookAsync(hook.Id, new() { After = feed.Cursor.Split('-')[0] + "-0" }, default)).Problem);
        await receiver.UntilAsync(all => all.Length == before + 2);
        Assert.All(receiver.Events, c => Assert.Equal(dead.Event.ToString(), c.Id));
        await hub.As(Callers.Kingdom).ActOnWebhookAsync(hook.Id, "end", default);
    }

    [Fact]
    public async Task Whoever_waits_behind_what_failed_makes_no_node_look_again_and_again()
    {
        await using var receiver = await Receiver.StartAsync();
        var hook = await hub.ActiveAsync(receiver, Callers.France);
        receiver.Answer = (_, _) => Task.FromResult(503);
        var (_, hit) = await hub.MetAsync("WH0000031", Callers.France);
        await hub.OpenedAsync(hit, Callers.France);
        await hub.AnswerAsync(hit, "confirm");
        // The next try is in some seconds, what waits behind it is due long since.
        await hub.UntilAsync(async () => await AttemptsAsync(hook.Id) >= 3 && await WaitingAsync() >= 2, "three tries of what another waits behind");
        await hub.ScalarAsync<long>("""
            CREATE SEQUENCE platform.claims;
            CREATE FUNCTION platform.count_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN PERFORM nextval(''platform.claims''); RETURN NULL; END';
            SELECT 1::bigint
            """);
        await hub.ScalarAsync<long>($"CREATE TRIGGER count_claim AFTER UPDATE ON platform.webhook FOR EACH ROW WHEN (OLD.id = '{hook.Id}') EXECUTE FUNCTION platform.count_claim(); SELECT 1::bigint");
        var before = await AttemptsAsync(hook.Id);
        await hub.UntilAsync(async () => await AttemptsAsync(hook.Id) > before, "one more try");
        Assert.InRange(await hub.ScalarAsync<long>("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM platform.claims"), 1, 20);
        await hub.As(Callers.France).ActOnWebhookAsync(hook.Id, "end", default);
        await hub.ScalarAsync<long>("DROP TRIGGER count_claim ON platform.webhook; SELECT 1::bigint");

        Task<long> WaitingAsync() => hub.ScalarAsync<long>("SELECT count(*) FROM platform.delivery WHERE webhook = $1", hook.Id);
    }

    [Fact]
    public async Task A_replay_from_before_what_is_kept_is_refused_and_tells_no_part_of_it()
    {
        await using var receiver = await Receiver.StartAsync();
        var hook = await hub.ActiveAsync(receiver, Callers.BorderPost, "hits.caseOpened");
        var (_, hit) = await hub.MetAsync("WH0000041", Callers.BorderPost);
        await hub.OpenedAsync(hit, Callers.BorderPost);
        await receiver.UntilAsync(all => all.Length == 1);
        await hub.UntilDispatchedAsync();
        var latest = (await hub.As(Callers.BorderPost).EventsAsync("latest", null, null, default)).Value!.Cursor;
        var (history, last) = (latest.Split('-')[0], long.Parse(latest.Split('-')[1], CultureInfo.InvariantCulture));
        var (_, next) = await hub.MetAsync("WH0000042", Callers.BorderPost);
        await hub.OpenedAsync(next, Callers.BorderPost);
        await receiver.UntilAsync(all => all.Length == 2);
        await hub.ScalarAsync<long>("UPDATE platform.member_event SET told_at = told_at - interval '40 days' WHERE member = 'FRA' AND position <= $1 RETURNING position", last);
        await using (var connection = new NpgsqlConnection(hub.AppConnectionString))
        {
            await connection.OpenAsync();
            await EventRoutes.Removal(hub.Moved).RunAsync(connection, CancellationToken.None);
        }

        Assert.Equal("eventsGone", await ReplayAsync($"{history}-{last - 1}"));
        Assert.Equal("eventsGone", await ReplayAsync($"{history}-{last + 1000}"));
        Assert.Equal("eventsGone", await ReplayAsync($"{Guid.NewGuid():N}-{last}"));
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM platform.delivery WHERE webhook = $1", hook.Id));
        Assert.Null(await ReplayAsync($"{history}-{last}"));
        var told = await receiver.UntilAsync(all => all.Length == 3);
        Assert.Equal(told[1].Id, told[2].Id);
        await hub.As(Callers.BorderPost).ActOnWebhookAsync(hook.Id, "end", default);

        async Task<string?> ReplayAsync(string after) => (await hub.As(Callers.BorderPost).ReplayWebhookAsync(hook.Id, new() { After = after }, default)).Problem?.Code;
    }

    [Fact]
    public async Task For_a_day_after_a_rotation_both_secrets_sign()
    {
        await using var receiver = await Receiver.StartAsync();
        var hook = await hub.ActiveAsync(receiver, Callers.France);
        var rotated = (await hub.As(Callers.France).ActOnWebhookAsync(hook.Id, "secret", default)).Value!;
        Assert.NotEqual(hook.Secret, rotated.Secret);
        await hub.As(Callers.France).ActOnWebhookAsync(hook.Id, "resume", default);
        Assert.Equal((1, 1), (receiver.Calls.Last().SignedBy(hook.Secret!), receiver.Calls.Last().SignedBy(rotated.Secret!)));
        hub.Moved.Move(TimeSpan.FromHours(25));
        await hub.As(Callers.France).ActOnWebhookAsync(hook.Id, "resume", default);
        Assert.Equal((0, 1), (receiver.Calls.Last().SignedBy(hook.Secret!), receiver.Calls.Last().SignedBy(rotated.Secret!)));
        await hub.As(Callers.France).ActOnWebhookAsync(hook.Id, "end", default);
    }

    [Fact]
    public async Task The_hub_follows_nobody_into_its_own_network_and_waits_for_nobody_long()
    {
        await using var receiver = await Receiver.StartAsync();
        foreach (var url in (string?[])["http://receiver.example/", "https://user@receiver.example/", "https://receiver.example/#a", "ftp://receiver.example", "nothing", null, "https://" + new string('a', 500)])
            Assert.Equal("url", (await hub.As(Callers.NoPurpose).RegisterWebhookAsync(new() { Url = url }, default)).Problem!.Errors!.Single().Code);
        var hook = await hub.ActiveAsync(receiver, Callers.NoPurpose);
        receiver.Answer = (_, http) =>
        {
            http.Response.Headers.Location = receiver.Address + "/further";
            return Task.FromResult(307);
        };
        Assert.EndsWith("307.", await ResumeAsync(hook), StringComparison.Ordinal);
        Assert.Equal(2, receiver.Calls.Count);

        receiver.Answer = (_, _) => Task.FromResult(200);
        foreach (var address in (string[])["10.0.0.1", "169.254.169.254", "100.64.0.1", "fd00::1", "::ffff:192.168.0.1", "224.0.0.1"])
        {
            hub.Resolved = IPAddress.Parse(address);
            Assert.EndsWith("network.", await ResumeAsync(hook), StringComparison.Ordinal);
        }

        hub.Resolved = IPAddress.Loopback;
        // What it says is not read, however much it is.
        receiver.Answer = async (_, http) =>
        {
            http.Response.StatusCode = 200;
            var much = new byte[1 << 20];
            for (var i = 0; i < 1000 && !http.RequestAborted.IsCancellationRequested; i++) await http.Response.Body.WriteAsync(much, http.RequestAborted);
            return 200;
        };
        Assert.Equal("", await ResumeAsync(hook));
        receiver.Answer = async (_, http) =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return 200;
        };
        Assert.EndsWith("timeout.", await ResumeAsync(hook), StringComparison.Ordinal);
        await hub.As(Callers.NoPurpose).ActOnWebhookAsync(hook.Id, "end", default);
    }

    [Fact]
    public async Task A_node_that_stood_still_beyond_its_lease_leaves_the_webhook_to_the_one_that_took_it()
    {
        await using var receiver = await Receiver.StartAsync();
        var hook = await hub.ActiveAsync(receiver, Callers.Germany);
        await hub.As(Callers.Germany).ActOnWebhookAsync(hook.Id, "pause", default);
        var (_, hit) = await hub.MetAsync("WH0000051");
        await hub.OpenedAsync(hit);
        await hub.AnswerAsync(hit, "confirm");
        await hub.UntilDispatchedAsync();
        var (held, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        receiver.Answer = async (call, _) =>
        {
            if (call.Event.Subject != hit.ToString()) return 200;
            held.TrySetResult();
            await goOn.Task;
            return 200;
        };
        await ResumeAsync(hook.Id, Callers.Germany);
        await held.Task.WaitAsync(TimeSpan.FromSeconds(30));
        // As another node does that finds the lease at its end.
        var others = await hub.ScalarAsync<DateTime>("UPDATE platform.webhook SET lease_until = clock_timestamp() + interval '1 hour' WHERE id = $1 RETURNING lease_until", hook.Id);
        goOn.SetResult();
        await hub.UntilAsync(async () => await hub.ScalarAsync<long>("SELECT count(*) FROM platform.delivery WHERE webhook = $1 AND subject = $2", hook.Id, hit.ToString()) < 2, "told");
        await Task.Delay(1500);
        Assert.Single(receiver.Events, c => c.Event.Subject == hit.ToString());
        Assert.Equal(others, await hub.ScalarAsync<DateTime>("SELECT lease_until FROM platform.webhook WHERE id = $1", hook.Id));
        await hub.As(Callers.Germany).ActOnWebhookAsync(hook.Id, "end", default);
    }

    [Fact]
    public async Task Addresses_of_one_member_that_do_not_answer_hold_up_no_other_member()
    {
        await using var dead = await Receiver.StartAsync();
        await using var whole = await Receiver.StartAsync();
        var over = new TaskCompletionSource();
        dead.Answer = async (call, _) =>
        {
            if (call.Event.Type != "webhooks.ping") await over.Task;
            return 200;
        };
        var hooks = new List<Guid>();
        for (var i = 0; i < 12; i++)
        {
            var made = (await hub.As(Callers.Germany).RegisterWebhookAsync(new() { Url = $"{dead.Address}/{i}" }, default)).Value!;
            await ResumeAsync(made.Id, Callers.Germany);
            hooks.Add(made.Id);
        }

        var other = await hub.ActiveAsync(whole, Callers.France);
        await hub.OpenedAsync((await hub.MetAsync("WH0000061")).Hit);
        await dead.UntilAsync(all => all.Length > 0);
        var (_, hit) = await hub.MetAsync("WH0000062", Callers.France);
        var most = 0L;
        await hub.UntilAsync(async () =>
        {
            most = Math.Max(most, await hub.ScalarAsync<long>("SELECT count(*) FROM platform.webhook WHERE id = ANY($1) AND lease_until > clock_timestamp()", hooks.ToArray()));
            return whole.Events.Any(c => c.Event.Subject == hit.ToString());
        }, "the other member is told");
        Assert.InRange(most, 1, 2);
        over.SetResult();
        foreach (var id in hooks) await hub.As(Callers.Germany).ActOnWebhookAsync(id, "end", default);
        await hub.As(Callers.France).ActOnWebhookAsync(other.Id, "end", default);
    }

    private async Task ResumeAsync(Guid hook, string who) => Assert.Null((await hub.As(who).ActOnWebhookAsync(hook, "resume", default)).Problem);

    private async Task<string> ResumeAsync(Webhook hook) => (await hub.As(Callers.NoPurpose).ActOnWebhookAsync(hook.Id, "resume", default)).Problem?.Detail ?? "";

    private Task<int> AttemptsAsync(Guid hook) => hub.ScalarAsync<int>("SELECT coalesce(max(attempts), 0) FROM platform.delivery WHERE webhook = $1", hook);
}

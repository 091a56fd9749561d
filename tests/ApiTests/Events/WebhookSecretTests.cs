using System.Security.Cryptography;
using ApiTests.Hits;
using Liaison.Platform.Secrets;
using Liaison.Platform.Webhooks;
using Npgsql;

namespace ApiTests.Events;

/// <summary>Secrets of webhooks outlive a change of the key file, and whatever is wrong with one webhook stops neither the others nor the node.</summary>
public sealed class WebhookSecretTests(WebhookHub hub) : IClassFixture<WebhookHub>, IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("liaison-keys-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task A_secret_that_cannot_be_opened_pauses_its_webhook_and_a_new_one_mends_it()
    {
        await using var broken = await Receiver.StartAsync();
        await using var whole = await Receiver.StartAsync();
        var (hook, other) = (await hub.ActiveAsync(broken, Callers.Germany), await hub.ActiveAsync(whole, Callers.Germany));
        await SetAsync(hook.Id, "secret = '\\x00'");
        var hit = await HitAsync("WS0000001");
        await whole.UntilAsync(all => Told(all, hit));
        Assert.Equal(("paused", "secret"), await StateAsync(hook.Id, s => s.State == "paused"));
        Assert.Empty(broken.Events);
        Assert.EndsWith("secret.", (await hub.As(Callers.Germany).ActOnWebhookAsync(hook.Id, "resume", default)).Problem!.Detail, StringComparison.Ordinal);

        var rotated = (await hub.As(Callers.Germany).ActOnWebhookAsync(hook.Id, "secret", default)).Value!;
        Assert.Null((await hub.As(Callers.Germany).ActOnWebhookAsync(hook.Id, "resume", default)).Problem);
        var told = (await broken.UntilAsync(all => Told(all, hit))).First(c => c.Event.Subject == hit.ToString());
        // The one before signs no more, and nothing was counted as a try.
        Assert.Equal((1, 1), (told.SignedBy(rotated.Secret!), told.Signature.Split(' ').Length));
        await EndAsync(hook.Id, other.Id);
    }

    [Fact]
    public async Task One_that_an_unknown_line_sealed_is_left_to_other_nodes_for_a_while_and_then_paused()
    {
        await using var receiver = await Receiver.StartAsync();
        var hook = await hub.ActiveAsync(receiver, Callers.Germany);
        await SetAsync(hook.Id, "key = '0123456789abcdef'");
        var hit = await HitAsync("WS0000011");
        var seals = new WebhookSeals(KeyFile.Fresh(), hub.Moved);
        await RunAsync(seals);
        await RunAsync(seals);
        Assert.Equal(("active", null), await StateAsync(hook.Id, _ => true));
        Assert.Empty(receiver.Events);

        await hub.As(Callers.Germany).ActOnWebhookAsync(hook.Id, "secret", default);
        await receiver.UntilAsync(all => Told(all, hit));
        await SetAsync(hook.Id, "key = '0123456789abcdef'");
        await RunAsync(seals);
        hub.Moved.Move(TimeSpan.FromMinutes(31));
        await RunAsync(seals);
        Assert.Equal(("paused", "secret"), await StateAsync(hook.Id, _ => true));
        await hub.UntilDispatchedAsync();
        var feed = (await hub.As(Callers.Germany).EventsAsync(null, null, 500, default)).Value!.Events;
        Assert.Contains(feed, e => e.Subject == hook.Id.ToString() && e.Data.GetProperty("why").GetString() == "secret");
        await EndAsync(hook.Id);
    }

    [Fact]
    public async Task What_an_older_line_sealed_is_sealed_anew_so_that_it_can_be_taken_out()
    {
        await using var receiver = await Receiver.StartAsync();
        var hook = await hub.ActiveAsync(receiver, Callers.France);
        var (old, next) = (Line(), Line());
        var (before, both, after) = (Keys(old), Keys(next, old), Keys(next));
        var ((first, _), (second, _)) = (SealedSecret.Make(before), SealedSecret.Make(before));
        await hub.ScalarAsync<Guid>("UPDATE platform.webhook SET key = $2, secret = $3, old_key = $2, old_secret = $4, old_until = now() + interval '1 day' WHERE id = $1 RETURNING id",
            hook.Id, before.Newest, first.Bytes, second.Bytes);
        Assert.Empty((await FindAsync(hook.Id)).Secrets(after, default));
        await RunAsync(new(both, hub.Moved));
        var resealed = await FindAsync(hook.Id);
        Assert.Equal((after.Newest, after.Newest), (resealed.Secret.Key, resealed.OldSecret!.Key));
        Assert.Equal([first.Open(before)!, second.Open(before)!], resealed.Secrets(after, default));
        await EndAsync(hook.Id);
    }

    [Fact]
    public async Task Whatever_goes_wrong_with_a_call_ends_neither_the_calls_of_others_nor_the_node()
    {
        await using var receiver = await Receiver.StartAsync();
        var whole = await hub.ActiveAsync(receiver, Callers.Utopia);
        // As many as are called at once.
        var broken = new List<(Receiver Receiver, Guid Hook)>();
        for (var i = 0; i < 4; i++)
        {
            var address = await Receiver.StartAsync();
            broken.Add((address, (await hub.ActiveAsync(address, Callers.Germany)).Id));
            await SetAsync(broken[i].Hook, $"url = 'https://{new string(' ', i)}'");
        }

        await HitAsync("WS0000021");
        await hub.UntilAsync(async () => await hub.ScalarAsync<long>("SELECT count(*) FROM platform.webhook WHERE url LIKE 'https:// %' AND lease_until > now()") == 3, "all are tried");
        var hit = await HitAsync("WS0000022");
        var file = (await hub.OwnersAsync(hit)).Value!.Id;
        await receiver.UntilAsync(all => Told(all, file));
        Assert.Contains(hub.Log.Lines, line => line.Contains("Webhooks cannot be called by this node now: UriFormatException", StringComparison.Ordinal));
        await hub.WaitUntilReadyAsync();
        await EndAsync(whole.Id, [.. broken.Select(b => b.Hook)]);
        foreach (var (address, _) in broken) await address.DisposeAsync();
    }

    private static bool Told(Received[] all, Guid subject) => all.Any(c => c.Event.Subject == subject.ToString());

    private async Task<Guid> HitAsync(string number)
    {
        var (_, hit) = await hub.MetAsync(number);
        await hub.OpenedAsync(hit);
        return hit;
    }

    private Task<Guid> SetAsync(Guid hook, string what) => hub.ScalarAsync<Guid>($"UPDATE platform.webhook SET {what} WHERE id = $1 RETURNING id", hook);

    private async Task<(string State, string? Why)> StateAsync(Guid hook, Func<(string State, string? Why), bool> wished)
    {
        for (var tries = 0; ; tries++)
        {
            var found = (await hub.As(Callers.Germany).WebhooksAsync(default)).Value!.Items.Single(w => w.Id == hook);
            if (wished((found.State, found.Why)) || tries == 200) return (found.State, found.Why);
            await Task.Delay(50);
        }
    }

    private async Task EndAsync(Guid first, params Guid[] others)
    {
        foreach (var id in (Guid[])[first, .. others]) await hub.ScalarAsync<Guid>("UPDATE platform.webhook SET state = 'ended' WHERE id = $1 RETURNING id", id);
    }

    private async Task<Webhook> FindAsync(Guid id)
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        return (await WebhookRows.FindAsync(connection, id, "FRA", lockIt: false, CancellationToken.None))!;
    }

    private async Task RunAsync(WebhookSeals seals)
    {
        await using var connection = new NpgsqlConnection(hub.AppConnectionString);
        await connection.OpenAsync();
        await seals.Job.RunAsync(connection, CancellationToken.None);
    }

    private static string Line() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private KeyFile Keys(params string[] lines)
    {
        var path = Path.Combine(folder.FullName, Guid.NewGuid().ToString());
        File.WriteAllLines(path, lines);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return KeyFile.Read(path, make: false);
    }
}

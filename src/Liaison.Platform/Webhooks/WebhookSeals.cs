using Liaison.Platform.Data;
using Liaison.Platform.Jobs;
using Liaison.Platform.Secrets;
using Npgsql;

namespace Liaison.Platform.Webhooks;

/// <summary>
/// Seals secrets with the newest line of the key file that an older line sealed, so that the older one can be taken out; and pauses webhooks whose secret
/// no line opens.
/// </summary>
internal sealed class WebhookSeals(KeyFile keys, TimeProvider clock)
{
    /// <summary>
    /// While nodes are started anew one after the other, those that have a new line seal with it what this one cannot open: such a webhook is told by them,
    /// and is not to be paused.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>Webhooks whose secret no line opens, and since when that was seen.</summary>
    private readonly Dictionary<Guid, DateTimeOffset> closed = [];

    public Job Job => new("webhooks.reseal", TimeSpan.FromMinutes(10), RunAsync);

    private async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var still = new HashSet<Guid>();
        foreach (var webhook in await WebhookRows.SealedByOthersAsync(connection, keys.Newest, cancellation))
        {
            if (webhook.OldSecret?.Anew(keys) is { } old) await WebhookRows.ResealOldAsync(connection, webhook, old, cancellation);
            if (webhook.Secret.Anew(keys) is { } secret) await WebhookRows.ResealAsync(connection, webhook, secret, cancellation);
            else if (webhook.State is WebhookState.Active && !await IsPausedAsync(connection, webhook, cancellation)) still.Add(webhook.Id);
        }

        foreach (var id in closed.Keys.Where(id => !still.Contains(id)).ToArray()) closed.Remove(id);
    }

    /// <summary>False while it may yet turn out that only this node cannot open it.</summary>
    private async Task<bool> IsPausedAsync(NpgsqlConnection connection, Webhook webhook, CancellationToken cancellation)
    {
        closed.TryAdd(webhook.Id, clock.GetUtcNow());
        if (clock.GetUtcNow() - closed[webhook.Id] < Patience) return false;
        await using var transaction = await WriteTransaction.BeginAsync(connection, clock, cancellation);
        var found = await WebhookRows.FindAsync(connection, webhook.Id, webhook.Member, lockIt: true, cancellation);
        // Not when it was given another secret meanwhile.
        if (found is { State: WebhookState.Active } && found.Secret.Key == webhook.Secret.Key)
            await WebhookPause.CommitAsync(transaction, found, WebhookPause.Secret, cancellation);
        return true;
    }
}

using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Data;
using Liaison.Platform.Outbox;

namespace Liaison.Platform.Webhooks;

/// <summary>The hub calls an address no more until its member resumes it, and why.</summary>
internal static class WebhookPause
{
    public const string Failing = "failing", Gone = "gone", Secret = "secret";

    /// <summary>Its bureau is told where it still can be: by its feed, and by its other webhooks.</summary>
    /// <param name="transaction">Holds the webhook locked; it is committed.</param>
    /// <param name="webhook">An active one.</param>
    /// <param name="why">One of the codes.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public static async Task CommitAsync(WriteTransaction transaction, Webhook webhook, string why, CancellationToken cancellation)
    {
        await WebhookRows.SetStateAsync(transaction.Connection, webhook.Id, WebhookState.Paused, why, transaction.At, cancellation);
        transaction.Add(AuditEntry.Of(Hub(webhook.Member), WebhookRoutes.Paused, "done", transaction.At) with { Asked = AuditJson.Of(("why", why)).Text, Records = [webhook.Id] },
            new OutboxEvent(Guid.CreateVersion7(transaction.At), WebhookRoutes.PausedEvent, AuditJson.Of(("member", webhook.Member), ("webhook", webhook.Id), ("why", why)).Text));
        await transaction.CommitAsync(WebhookRoutes.Module, cancellation);
    }

    /// <summary>What the hub does by itself, in the name of a member.</summary>
    public static Caller Hub(string member) => new("hub", member, new HashSet<string>(), null);
}

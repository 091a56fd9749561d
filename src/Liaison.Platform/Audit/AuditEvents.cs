namespace Liaison.Platform.Audit;

/// <summary>A word of the audit's vocabulary: its stable code and what it means.</summary>
public sealed record AuditEventKind(string Code, string Meaning);

/// <summary>The audit events that belong to Platform and the host; each module adds its own. Published in docs/audit-events.md.</summary>
public static class AuditEvents
{
    public static readonly AuditEventKind Denied = new("access.denied", "A caller with valid credentials was refused for want of a right.");
    public static readonly AuditEventKind Replayed =
        new("hub.writeReplayed", "A write was repeated with its Idempotency-Key; the first answer was given again.");
    public static readonly AuditEventKind StatusRead = new("hub.statusRead", "The state of the hub was read.");

    public static IReadOnlyList<AuditEventKind> All { get; } = [Denied, Replayed, StatusRead, .. Events.EventRoutes.AuditEvents, .. Webhooks.WebhookRoutes.AuditEvents];
}

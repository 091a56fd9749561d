namespace Liaison.Platform.Audit;

/// <summary>
/// The vocabulary of the audit that belongs to Platform itself; each module adds its own. Published in docs/audit-events.md.
/// </summary>
public static class AuditEvents
{
    /// <summary>A caller with valid credentials was refused for want of a right.</summary>
    public const string Denied = "access.denied";

    /// <summary>A write was repeated with its Idempotency-Key; the first answer was given again.</summary>
    public const string Replayed = "hub.writeReplayed";

    /// <summary>The state of the hub was read.</summary>
    public const string StatusRead = "hub.statusRead";
}

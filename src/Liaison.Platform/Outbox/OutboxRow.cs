namespace Liaison.Platform.Outbox;

/// <summary>An event as it stands in the outbox.</summary>
/// <param name="Number">Ascends in the order in which events were written.</param>
/// <param name="Id">Names the event.</param>
/// <param name="Type">Dotted name.</param>
/// <param name="At">When what it tells of happened.</param>
/// <param name="AuditEntry">The entry that it was written with.</param>
/// <param name="Payload">JSON object.</param>
public sealed record OutboxRow(long Number, Guid Id, string Type, DateTimeOffset At, Guid AuditEntry, string Payload);

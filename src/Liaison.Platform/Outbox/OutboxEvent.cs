namespace Liaison.Platform.Outbox;

/// <summary>
/// Something that others must learn of, stored in the same transaction as its cause. A hit is an outbox row and nothing else.
/// </summary>
/// <param name="Id">Names the event for idempotent receipt.</param>
/// <param name="Type">Dotted name (<c>travelDocuments.hit</c>).</param>
/// <param name="Payload">JSON object that holds ids only, never a document number.</param>
public sealed record OutboxEvent(Guid Id, string Type, string Payload);

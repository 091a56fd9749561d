namespace Liaison.Platform.Events;

/// <summary>Something that a member is told: ids and codes, never a number or a name.</summary>
/// <param name="Id">Names it for idempotent receipt.</param>
/// <param name="Member">Who is told.</param>
/// <param name="Type">Dotted name, as of the outbox.</param>
/// <param name="At">When it happened.</param>
/// <param name="Subject">What it is about, as the member knows it; events of one subject are told in order. Null when it is about nothing that lasts.</param>
/// <param name="Data">JSON object.</param>
public sealed record MemberEvent(Guid Id, string Member, string Type, DateTimeOffset At, string? Subject, string Data);

/// <summary>How an event of the outbox becomes one of a member, when its payload says all that is needed.</summary>
/// <param name="Type">Of the event.</param>
/// <param name="Addressee">Name of the value that is the member.</param>
/// <param name="Subject">Name of the value that is the subject, or null.</param>
/// <param name="Data">Names of the values that the member is told.</param>
public sealed record FeedRule(string Type, string Addressee, string? Subject, params IReadOnlyList<string> Data)
{
    /// <summary>Only of events that have a value of this name.</summary>
    public string? OnlyWith { get; init; }
}

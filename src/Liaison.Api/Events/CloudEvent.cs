using System.Text.Json;
using System.Text.Json.Serialization;

namespace Liaison.Api.Events;

/// <summary>A part of what a member is told.</summary>
/// <param name="Events">In order.</param>
/// <param name="Cursor">How far they reach: what comes after it is asked for next.</param>
public sealed record EventBatch(IReadOnlyList<CloudEvent> Events, string Cursor);

/// <summary>Something that a member is told, as CloudEvents 1.0 has it. Its data are ids and codes: what they stand for is read from the hub.</summary>
public sealed record CloudEvent
{
    /// <summary>Of one event.</summary>
    public const string MediaType = "application/cloudevents+json";

    /// <summary>Of several, in an array.</summary>
    public const string BatchMediaType = "application/cloudevents-batch+json";

    [JsonPropertyName("specversion")]
    public string SpecVersion { get; init; } = "1.0";

    /// <summary>The same whenever the event is told again.</summary>
    public required Guid Id { get; init; }

    /// <summary>Names the hub.</summary>
    public required string Source { get; init; }

    /// <summary>A dotted name: what happened.</summary>
    public required string Type { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>What it is about, by the id under which the member knows it. Events of one subject come in order.</summary>
    public string? Subject { get; init; }

    [JsonPropertyName("datacontenttype")]
    public string DataContentType { get; init; } = "application/json";

    public required JsonElement Data { get; init; }

    /// <summary>In the feed: whoever asks for what comes after this cursor has this event. An extension of CloudEvents.</summary>
    public string? Cursor { get; init; }
}

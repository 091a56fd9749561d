namespace Liaison.Api.Events;

/// <summary>An address of a member's that the hub is to call with what the member is told.</summary>
public sealed record WebhookRequest
{
    /// <summary>Over https; at most 500 characters.</summary>
    public string? Url { get; init; }

    /// <summary>Only events of these types; of all when absent.</summary>
    public IReadOnlyList<string>? Types { get; init; }
}

/// <summary>What is to be told again.</summary>
public sealed record WebhookReplay
{
    /// <summary>One event that could not be told, by its id.</summary>
    public Guid? Event { get; init; }

    /// <summary>Everything after this cursor of the feed; with neither, all that could not be told.</summary>
    public string? After { get; init; }
}

/// <summary>An address that the hub calls.</summary>
public sealed record Webhook
{
    public required Guid Id { get; init; }

    public required string Url { get; init; }

    public required IReadOnlyList<string> Types { get; init; }

    /// <summary><c>checking</c> (until it has answered a first call), <c>active</c>, <c>paused</c> or <c>ended</c>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Why the hub paused it: <c>failing</c>, <c>gone</c>, or <c>secret</c> (the hub has lost it: rotate it, then resume).</summary>
    public string? Why { get; init; }

    /// <summary>Events that wait to be told.</summary>
    public required long Waiting { get; init; }

    /// <summary>Events that could not be told.</summary>
    public required long Dead { get; init; }

    /// <summary>Once, when it is made: what the hub signs its calls with (Standard Webhooks).</summary>
    public string? Secret { get; init; }
}

/// <summary>The addresses of a member.</summary>
public sealed record WebhookList(IReadOnlyList<Webhook> Items);

/// <summary>Events that could not be told.</summary>
public sealed record DeadEvents(IReadOnlyList<DeadEvent> Items);

/// <summary>An event that could not be told.</summary>
/// <param name="Event">Its id.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="LastAnswer">HTTP status of the last try, or <c>timeout</c>, <c>network</c>, <c>tls</c>, <c>unreachable</c>.</param>
public sealed record DeadEvent(Guid Event, string Type, string? Subject, DateTimeOffset At, int Attempts, string? LastAnswer);

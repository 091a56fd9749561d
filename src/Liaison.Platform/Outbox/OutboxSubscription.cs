using Liaison.Platform.Data;

namespace Liaison.Platform.Outbox;

/// <summary>Who wants to be told of events, exactly once each.</summary>
/// <param name="Name">For the log.</param>
/// <param name="Types">Of the events.</param>
/// <param name="TakeAsync">
/// Takes events in their order. What it writes in the transaction is durable together with the mark that they were taken, or not at all; when it
/// throws they come again, one by one, so that one bad event fails alone.
/// </param>
public sealed record OutboxSubscription(
    string Name, IReadOnlySet<string> Types, Func<WriteTransaction, IReadOnlyList<OutboxRow>, CancellationToken, Task> TakeAsync);

using Liaison.Api;

namespace Liaison.Platform.Data;

/// <summary>What follows the change log on this node, so that a writer can wait until its node sees what it wrote.</summary>
public interface IFollower
{
    /// <summary>Its name in the change log.</summary>
    string Name { get; }

    /// <summary>Returns when this node sees everything up to the position.</summary>
    /// <exception cref="TimeoutException">The node cannot follow; what was written is durable all the same.</exception>
    Task ReachAsync(long position, CancellationToken cancellation);
}

/// <summary>What the hub asks of every dataset that answers searches: how much it knows, and whether it can be trusted now.</summary>
public interface IDataset : IFollower
{
    /// <summary>Records that can answer a search.</summary>
    long Records { get; }

    AsOf AsOf { get; }

    /// <summary>Null when this node should be asked, else why not: it was never complete yet, or it cannot read how far the database is.</summary>
    string? WhyNotReady { get; }

    /// <summary>
    /// It was complete once, and for a while it has not been able to follow the database, or has not had a large change set that is on its way. It still answers, and says
    /// so in every answer.
    /// </summary>
    bool IsStale { get; }
}

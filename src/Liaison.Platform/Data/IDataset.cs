using Liaison.Api;

namespace Liaison.Platform.Data;

/// <summary>What the hub asks of every dataset that answers searches: how much it knows and whether it can be trusted now.</summary>
public interface IDataset
{
    /// <summary>Name on the wire (<c>travelDocuments</c>).</summary>
    string Name { get; }

    /// <summary>Records that can answer a search.</summary>
    long Records { get; }

    AsOf AsOf { get; }

    /// <summary>Null when searches can be answered, else why not.</summary>
    string? WhyNotReady { get; }
}

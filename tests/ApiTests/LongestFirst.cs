using Xunit.Sdk;
using Xunit.v3;

// Much of what they do is wait: for processes, clocks and locks.
[assembly: Parallelization(MaxThreads = 4)]
[assembly: TestCollectionOrderer(typeof(ApiTests.LongestFirst))]

namespace ApiTests;

/// <summary>What starts processes and databases of its own takes longest and begins first, so that nobody waits for it alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Slow = ["ApiTests.Processes.", "ApiTests.Operation.", "ApiTests.Nodes.", "ApiTests.PrivatePostgres.", "ApiTests.Platform.Outage"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(c => Array.FindIndex(Slow, s => c.TestCollectionDisplayName.Contains(s, StringComparison.Ordinal)) is var i and >= 0 ? i : Slow.Length)];
}

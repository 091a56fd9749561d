using Liaison.Matching.Segments;

namespace UnitTests.Matching;

/// <summary>The contract, kept in segments that know by a filter what they do not have.</summary>
public sealed class FilteredIndexTests : NumberIndexContract
{
    protected override IndexUnderTest Open() => new IndexInSegments(filters: true);

    /// <summary>Each writes and opens files.</summary>
    protected override int Sequences => 300;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void A_filter_knows_all_that_it_was_given_and_few_others(int count)
    {
        var random = new Random(11);
        var filter = new NumberFilter(count);
        try
        {
            ulong[] hashes = [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64(long.MinValue, long.MaxValue))];
            foreach (var hash in hashes) filter.Add(hash);
            Assert.All(hashes, hash => Assert.True(filter.MayHave(hash)));
            var taken = Enumerable.Range(0, 100_000).Count(_ => filter.MayHave((ulong)random.NextInt64(long.MinValue, long.MaxValue)));
            Assert.InRange(taken, 0, 5_000);
        }
        finally
        {
            filter.Release();
        }
    }
}

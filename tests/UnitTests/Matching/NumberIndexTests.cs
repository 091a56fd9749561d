using Liaison.Matching;

namespace UnitTests.Matching;

/// <summary>The contract, kept in memory.</summary>
public sealed class NumberIndexTests : NumberIndexContract
{
    protected override IndexUnderTest Open() => new InMemory();

    private sealed class InMemory : IndexUnderTest
    {
        private readonly NumberIndex index = new();

        public override long Position => index.Position;

        public override int Count => (int)index.Count;

        public override void Apply(long position, params ReadOnlySpan<IndexChange> changes) => index.Apply(position, changes);

        public override SearchResult Search(in Question question, int limit) => index.Search(question, limit);
    }
}

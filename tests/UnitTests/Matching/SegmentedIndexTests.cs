using Liaison.Matching;

namespace UnitTests.Matching;

/// <summary>The contract, kept in segments: flushed, merged, loaded and opened again in between.</summary>
public sealed class SegmentedIndexTests : NumberIndexContract
{
    protected override IndexUnderTest Open() => new InSegments();

    /// <summary>Each writes and opens files.</summary>
    protected override int Sequences => 300;

    /// <summary>The load of a large change set may be published between two small ones that came after it.</summary>
    [Fact]
    public void What_comes_after_a_set_that_is_being_loaded_stays_above_it_and_does_not_say_where_the_index_stands()
    {
        var folder = Directory.CreateTempSubdirectory("liaison-index-").FullName;
        try
        {
            using var index = NumberIndex.Open(folder, out _);
            var load = index.BeginLoad();
            load.Add(new IndexedNumber(1, Key("LD000001"), 1, 0));
            load.Add(new IndexedNumber(2, Key("LD000002"), 1, 0));
            index.ApplyAhead([new Removed(1), new IndexedNumber(3, Key("LD000003"), 1, 0)]);
            Assert.Equal((0, 1), (index.Position, index.Count));
            load.Publish(new(20, Guid.NewGuid()), CancellationToken.None);
            load.Dispose();
            index.ApplyAhead([new IndexedNumber(4, Key("LD000004"), 1, 0)]);
            Assert.Equal((20, 3), (index.Position, index.Count));
            index.Apply(22, []);
            Assert.Equal(22, index.Position);
            Assert.Equal([false, true, true, true], Enumerable.Range(1, 4).Select(i =>
                index.Search(new Question { Number = Key($"LD00000{i}"), Issuer = 1, Kinds = 1 }, 1).Candidates.Count == 1));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static NumberKey Key(string text) => NumberKey.TryParse(text, out var key) ? key : throw new ArgumentException(text);

    private sealed class InSegments : IndexUnderTest
    {
        private readonly string folder = Directory.CreateTempSubdirectory("liaison-index-").FullName;

        /// <summary>What a database would hold: the change sets that the folder does not remember are applied again.</summary>
        private readonly List<(long Position, IndexChange[] Changes)> log = [];
        private NumberIndex index;
        private int merges;

        public InSegments() => index = NumberIndex.Open(folder, out _);

        public override long Position => index.Position;

        public override int Count => (int)index.Count;

        public override void Apply(long position, params ReadOnlySpan<IndexChange> changes)
        {
            lock (log) log.Add((position, changes.ToArray()));
            index.Apply(position, changes);
        }

        public override SearchResult Search(in Question question, int limit)
        {
            var result = index.Search(question, limit);
            SearchResult[] together = [default];
            if (!question.Near) index.SearchMany([question], limit, together);
            if (!question.Near && !together[0].Candidates.SequenceEqual(result.Candidates) && together[0].Position == result.Position)
                throw new InvalidOperationException("SearchMany differs from Search.");
            return result;
        }

        public override void Restart()
        {
            index.Dispose();
            index = NumberIndex.Open(folder, out var discarded);
            Assert.Null(discarded);
            var kept = index.Position;
            foreach (var (position, changes) in log.Where(set => set.Position > kept)) index.Apply(position, changes);
        }

        public override void Merge()
        {
            // In turn: a flush alone, everything that is due, and the last change sets by way of a load.
            merges++;
            if (merges % 3 == 2)
            {
                LoadLast();
                return;
            }

            index.Compact(flush: true, CancellationToken.None);
            if (merges % 3 != 0) return;
            while (index.Compact(flush: true, CancellationToken.None))
            {
            }
        }

        /// <summary>Says again what the last change set said, as one large set that was read late would.</summary>
        private void LoadLast()
        {
            if (log.Count == 0) return;
            var (position, changes) = log[^1];
            using var load = index.BeginLoad();
            foreach (var change in changes.GroupBy(c => c.Record).Select(c => c.Last())) load.Add(change);
            load.Publish(new(position, Guid.Empty), CancellationToken.None);
        }

        public override void Dispose()
        {
            index.Dispose();
            Directory.Delete(folder, recursive: true);
            base.Dispose();
        }
    }
}

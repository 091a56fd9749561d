using Liaison.Matching;

namespace UnitTests.Matching;

/// <summary>The contract, kept in segments: flushed, merged, loaded and opened again in between.</summary>
public sealed class SegmentedIndexTests : NumberIndexContract
{
    protected override IndexUnderTest Open() => new IndexInSegments(filters: false);

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
}

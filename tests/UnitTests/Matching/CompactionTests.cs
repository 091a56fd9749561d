using Liaison.Matching;

namespace UnitTests.Matching;

/// <summary>What goes on beside compaction and loads, and what is left when they fail.</summary>
public sealed class CompactionTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("liaison-index-").FullName;

    /// <summary>A record moves between two numbers while everything is flushed, merged and loaded beneath it; no search misses it.</summary>
    [Fact]
    public async Task A_search_beside_compaction_and_loads_never_misses_what_is_known_all_the_time()
    {
        using var index = NumberIndex.Open(folder, out _);
        index.Apply(1, [new IndexedNumber(1, Key("A10"), 1, 0), new IndexedNumber(2, Key("A10"), 1, 0)]);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() => Write(index, stop.Token), CancellationToken.None);
        var compaction = Task.Run(() => Compact(index, stop.Token), CancellationToken.None);
        var faults = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Read(index), CancellationToken.None)));
        await stop.CancelAsync();
        var (written, compacted) = (await writer, await compaction);

        Assert.All(faults, Assert.Null);
        Assert.True(written > 100 && compacted > 3, $"only {written} sets and {compacted} compactions beside the searches");
        Assert.Equal(2 + 50, index.Count);
    }

    [Fact]
    public async Task Disposed_beside_a_merge_it_ends_and_what_the_folder_says_stays_true()
    {
        for (var round = 0; round < 10; round++)
        {
            var index = NumberIndex.Open(folder, out var discarded);
            Assert.Null(discarded);
            Assert.Equal(400L * round, index.Count);
            for (var set = 0; set < 4; set++)
            {
                var first = 400 * round + 100 * set;
                index.Apply(index.Position + 1, [.. Enumerable.Range(first, 100).Select(i => new IndexedNumber(i, Key($"N{i}"), 1, 0))]);
                Assert.True(index.Compact(flush: true, CancellationToken.None));
            }

            var merging = Task.Run(() => { while (index.Compact(flush: true, CancellationToken.None)) { } }, CancellationToken.None);
            Thread.SpinWait(2_000 * round);
            index.Dispose();
            await merging;
            Assert.False(index.Compact(flush: true, CancellationToken.None));
            Assert.Throws<ObjectDisposedException>(() => index.Apply(100_000, [new Removed(1)]));
            Assert.Throws<ObjectDisposedException>(() => index.Search(new() { Number = Key("N1") }, 1));
        }
    }

    /// <summary>Two deltas wait to become segments; the folder must not say that it has both when it has one.</summary>
    [Fact]
    public void After_loads_that_were_given_up_nothing_is_lost_by_a_restart()
    {
        using (var index = NumberIndex.Open(folder, out _))
        {
            index.Apply(1, [new IndexedNumber(1, Key("A1"), 1, 0)]);
            index.BeginLoad(SegmentFiles.Origin).Dispose();
            index.Apply(2, [new IndexedNumber(2, Key("A2"), 1, 0)]);
            index.BeginLoad(SegmentFiles.Origin).Dispose();
            Assert.True(index.Compact(flush: true, CancellationToken.None));
        }

        Assert.True(IsWhole(0), "after the first of two flushes");
    }

    [Fact]
    public void A_load_after_one_that_was_given_up_publishes_all_that_came_before_it()
    {
        using (var index = NumberIndex.Open(folder, out _))
        {
            index.Apply(1, [new IndexedNumber(1, Key("A1"), 1, 0)]);
            index.BeginLoad(SegmentFiles.Origin).Dispose();
            index.Apply(2, [new IndexedNumber(2, Key("A2"), 1, 0)]);
            using var load = index.BeginLoad();
            load.Add(new IndexedNumber(3, Key("A3"), 1, 0));
            load.Publish(new(3, Guid.NewGuid()), CancellationToken.None);
        }

        Assert.True(IsWhole(3), "after the load");
    }

    /// <summary>The folder has everything up to the position that it names, and that is at least the one given.</summary>
    private bool IsWhole(long least)
    {
        using var index = NumberIndex.Open(folder, out var discarded);
        Assert.Null(discarded);
        return index.Position >= least
            && Enumerable.Range(1, (int)index.Position).All(i => index.Search(new() { Number = Key($"A{i}") }, 1).Candidates is [var one] && one.Record == i)
            && index.Count == index.Position;
    }

    private static long Write(NumberIndex index, CancellationToken stop)
    {
        var written = 0L;
        while (!stop.IsCancellationRequested)
        {
            var number = Key(written++ % 2 == 0 ? "AI0" : "A10");
            index.Apply(index.Position + 1, [new IndexedNumber(1, number, 1, 0), new IndexedNumber(1_000 + written % 50, Key("B77"), 1, 0)]);
            Thread.SpinWait(200);
        }

        for (var i = 0; i < 50; i++) index.Apply(index.Position + 1, [new IndexedNumber(1_000 + i, Key("B77"), 1, 0)]);
        return written;
    }

    private static int Compact(NumberIndex index, CancellationToken stop)
    {
        var done = 0;
        for (var round = 0; !stop.IsCancellationRequested; round++)
        {
            if (index.Compact(flush: true, CancellationToken.None)) done++;
            if (round % 5 != 4) continue;
            using var load = index.BeginLoad();
            load.Add(new IndexedNumber(2, Key("A10"), 1, 0));
            load.Publish(new(index.Position, Guid.NewGuid()), CancellationToken.None);
        }

        return done;
    }

    private static string? Read(NumberIndex index)
    {
        for (var i = 0; i < 20_000; i++)
        {
            var found = index.Search(new() { Number = Key("A10"), Issuer = 1 }, 10).Candidates.Select(c => c.Record).ToArray();
            if (!found.Contains(1) || !found.Contains(2)) return $"search {i} finds only {string.Join(',', found)}";
        }

        return null;
    }

    private static NumberKey Key(string text) => NumberKey.TryParse(text, out var key) ? key : throw new ArgumentException(text);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

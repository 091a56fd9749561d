using Liaison.Matching;

namespace UnitTests.Matching;

/// <summary>What every index must do while it is read and written at once.</summary>
public abstract partial class NumberIndexContract
{
    /// <summary>
    /// One record moves through places that one near question reaches by different paths, another gives way to a third and back, a
    /// last one stands still. No search may miss any of the three.
    /// </summary>
    [Fact]
    public async Task A_search_beside_a_writer_never_misses_what_is_known_all_the_time()
    {
        using var index = Open();
        IndexChange[] places =
        [
            new IndexedNumber(1, Key("A10"), Issuer, 0),
            new IndexedNumber(1, Key("AIO"), Issuer, 0),
            new IndexedRange(1, Range("A05", "A15"), Issuer, 0),
            new IndexedNumber(1, Key("A01"), Issuer, 0),
            new IndexedRange(1, Range("A00", "A99"), Issuer, 0),
            new IndexedNumber(1, Key("Z10"), Issuer, 0),
            new IndexedNumber(1, Key("A1Z"), Issuer, 0),
        ];
        index.Apply(1, places[0], new IndexedNumber(2, Key("A10"), Issuer, 0), new IndexedNumber(9, Key("A10"), Issuer, 0));

        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() => Write(index, places, stop.Token), CancellationToken.None);
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() => Read(index), CancellationToken.None)).ToArray();
        var faults = await Task.WhenAll(readers);
        await stop.CancelAsync();
        var written = await writer;

        Assert.All(faults, Assert.Null);
        Assert.True(written > 100, $"only {written} change sets were applied beside the searches");
    }

    private static long Write(IndexUnderTest index, IndexChange[] places, CancellationToken stop)
    {
        var position = index.Position;
        while (!stop.IsCancellationRequested)
        {
            position++;
            var (comes, goes) = position % 2 == 0 ? (3, 2) : (2, 3);
            IndexChange heir = position % 4 < 2
                ? new IndexedNumber(comes, Key("A10"), Issuer, 0)
                : new IndexedRange(comes, Range("A10", "A10"), Issuer, 0);
            index.Apply(position, new Removed(goes), places[position % places.Length], heir);
            Thread.SpinWait(200); // a writer that never pauses leaves a near search no time to end
        }

        return position;
    }

    private static string? Read(IndexUnderTest index)
    {
        var question = new Question { Number = Key("A10"), Issuer = Issuer, Near = true };
        // On a busy machine the writer may come late to its turn.
        for (var i = 0; i < 20_000 || (i < 2_000_000 && index.Position <= 110); i++)
        {
            var before = index.Position;
            var result = index.Search(question, 10);
            var found = result.Candidates.Select(c => c.Record).ToHashSet();
            if (result.Position < before) return $"search {i} is older than the index was";
            if (found.Count != result.Candidates.Count) return $"search {i} names a record twice";
            if (!found.Contains(1) || !(found.Contains(2) || found.Contains(3)) || !found.Contains(9))
            {
                return $"search {i} at {result.Position} finds only {string.Join(',', found)}";
            }
        }

        return null;
    }

    [Fact]
    public async Task Two_writers_take_turns()
    {
        using var index = Open();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(writer => Task.Run(
            () =>
            {
                for (var i = 0; i < 500; i++) index.Apply(1, new IndexedNumber(writer * 1_000 + i, Key($"A{i % 50}"), Issuer, 0));
            },
            CancellationToken.None)));
        Assert.Equal(1_000, index.Count);
        Assert.Equal(20, index.Search(new() { Number = Key("A49") }, 100).Candidates.Count);
    }

    [Fact]
    public void Two_hundred_thousand_numbers_load_at_once_and_are_found()
    {
        using var index = Open();
        var changes = Enumerable.Range(0, 200_000)
            .Select(i => (IndexChange)new IndexedNumber(i, Key($"P{i * 7919L % 10_000_000:D8}"), (ushort)(1 + i % 190), (byte)(i % 4)))
            .ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        index.Apply(1, changes);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(changes.Length, index.Count);
        // Bytes, not seconds: they say the same on a busy machine, and a load that became quadratic copies without end.
        Assert.InRange(allocated / changes.Length, 0, 1_000);
        foreach (var change in changes.Where((_, i) => i % 997 == 0).Cast<IndexedNumber>())
        {
            var found = index.Search(new() { Number = change.Number, Issuer = change.Issuer, Kinds = 1u << change.Kind }, 10);
            Assert.Equal(new Candidate(change.Record, NumberMatch.Exact, FacetMatch.Same, FacetMatch.Same), found.Candidates[0]);
        }
    }

    [Fact]
    public void Ten_thousand_ranges_of_one_issuer_load_at_once_and_are_found()
    {
        using var index = Open();
        var changes = Enumerable.Range(0, 10_000)
            .Select(i => (IndexChange)new IndexedRange(i, Range($"P{i:D4}000", $"P{i:D4}499"), Issuer, 0))
            .ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();
        index.Apply(1, changes);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / changes.Length, 0, 1_000);

        for (var i = 0; i < changes.Length; i += 97)
        {
            Assert.Equal($"{i}", Records(index, $"P{i:D4}123", Issuer));
            Assert.Equal("", Records(index, $"P{i:D4}500", Issuer));
        }
    }
}

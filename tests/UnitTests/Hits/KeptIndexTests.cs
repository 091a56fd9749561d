using CsCheck;
using Liaison.Hits.Late;
using Liaison.Matching;

namespace UnitTests.Hits;

/// <summary>The index of kept searches against a list: whatever is added, written to files, forgotten and opened again.</summary>
public sealed class KeptIndexTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly IndexOrigin Origin = new(Guid.NewGuid(), Guid.NewGuid());
    private readonly string folder = Directory.CreateTempSubdirectory("kept").FullName;

    [Fact]
    public void Whatever_was_added_is_found_in_memory_and_in_files() =>
        // Few fingerprints, so that the same is asked often; rows of a day each, so that there are several periods.
        Gen.Select(Gen.ULong[1, 40].Array[1, 12], Gen.Int[0, 4]).Array[1, 40].Sample(steps =>
        {
            var path = Path.Combine(folder, Guid.NewGuid().ToString());
            var index = KeptIndex.Open(path, Origin, TimeSpan.FromDays(30));
            var (all, row) = (new List<(ulong Print, long Row, int Place)>(), 0L);
            foreach (var (prints, then) in steps)
            {
                row++;
                index.Add(Start.AddDays(row), row, prints);
                index.Complete(row);
                all.AddRange(prints.Select((print, place) => (print, row, place)));
                if (then > 2) index.Compact(hurry: true, CancellationToken.None);
                if (then < 4) continue;
                index.Dispose();
                index = KeptIndex.Open(path, Origin, TimeSpan.FromDays(30));
                // As the follower does: what was not in files yet comes again from the rows.
                var again = index.Through;
                foreach (var late in all.Where(a => a.Row > again).GroupBy(a => a.Row).OrderBy(g => g.Key))
                {
                    index.Add(Start.AddDays(late.Key), late.Key, [.. late.Select(a => a.Print)]);
                    index.Complete(late.Key);
                }
            }

            ulong[] asked = [.. Enumerable.Range(1, 41).Select(i => (ulong)i), 7];
            var found = index.Find(asked).ToArray();
            Assert.Equal(all.Order(), found.Where(f => f.Print < 41).Select(f => (asked[f.Print], f.Row, f.Place)).Distinct().Order());
            Assert.Equal(all.Where(a => a.Print == 7).Select(a => (a.Row, a.Place)).Order(), found.Where(f => f.Print == 41).Select(f => (f.Row, f.Place)).Distinct().Order());
            index.Dispose();
        }, iter: 8);

    [Fact]
    public void As_many_as_an_import_asks_for_are_found_each_at_its_place()
    {
        const int Rows = 3, InRow = 1_000;
        var path = Path.Combine(folder, "import");
        var index = KeptIndex.Open(path, Origin, TimeSpan.FromDays(30));
        for (var row = 1; row <= Rows; row++)
        {
            index.Add(Start, row, [.. Enumerable.Range(0, InRow).Select(place => Print(row, place))]);
            index.Complete(row);
        }

        // Of another period, so that the part with the others is written to a file.
        index.Add(Start.AddDays(20), Rows + 1, [1]);
        index.Complete(Rows + 1);
        index.Compact(hurry: true, CancellationToken.None);
        index.Dispose();
        index = KeptIndex.Open(path, Origin, TimeSpan.FromDays(30));
        var asked = Enumerable.Range(0, Rows * InRow).Select(i => Print(1 + i / InRow, i % InRow)).ToArray();
        (asked[5], asked[2_500]) = (Print(2, 7), Print(2, 7));
        var expected = asked.Select((print, i) => (i, (long)(print >> 32), (int)(uint)print)).ToArray();
        Assert.Equal(expected, index.Find(asked).Order());
        index.Dispose();

        static ulong Print(int row, int place) => (ulong)row << 32 | (uint)place;
    }

    [Fact]
    public void More_marks_than_memory_is_for_go_to_files_and_are_found_there()
    {
        var index = KeptIndex.Open(Path.Combine(folder, "many"), Origin, TimeSpan.FromDays(30), mostParts: 2);
        var prints = new ulong[4096];
        var row = 0L;
        for (; !index.IsFull; row++)
        {
            for (var i = 0; i < prints.Length; i++) prints[i] = (ulong)row << 12 | (uint)i;
            index.Add(Start, row, prints);
            index.Complete(row);
        }

        Assert.Equal(0, index.Through);
        index.Compact(hurry: true, CancellationToken.None);
        Assert.False(index.IsFull);
        Assert.InRange(index.Through, 1, row - 1);
        ulong[] asked = [5, (ulong)(row - 1) << 12 | 9, ulong.MaxValue];
        Assert.Equal([(1, row - 1, 9), (0, 0L, 5)], index.Find(asked));
        index.Dispose();
    }

    [Fact]
    public void A_period_with_very_many_has_several_folders_which_are_opened_again()
    {
        var path = Path.Combine(folder, "several");
        var (row, prints) = (0L, new ulong[4096]);
        for (var round = 0; round < 3; round++)
        {
            using var index = KeptIndex.Open(path, Origin, TimeSpan.FromDays(30), mostOfFolder: 10);
            Assert.Equal(row, index.Through);
            // What is being filled is not written: a whole part of memory.
            for (var i = 0; i < 64; i++)
            {
                row++;
                for (var place = 0; place < prints.Length; place++) prints[place] = (ulong)row << 12 | (uint)place;
                index.Add(Start, row, prints);
                index.Complete(row);
            }

            index.Compact(hurry: true, CancellationToken.None);
        }

        Assert.Equal(3, Directory.GetDirectories(path).Length);
        using var again = KeptIndex.Open(path, Origin, TimeSpan.FromDays(30), mostOfFolder: 10);
        Assert.Equal([190L, 100, 1], again.Find(new ulong[] { 1 << 12, 100 << 12, 190 << 12 }).Select(f => f.Row));
        again.Forget(Start.AddDays(100));
        Assert.Single(Directory.GetDirectories(path));
        Assert.Equal(192, again.Through);
    }

    [Fact]
    public void Of_one_fingerprint_the_newest_are_found_and_no_more_than_the_most()
    {
        var index = KeptIndex.Open(Path.Combine(folder, "most"), Origin, TimeSpan.FromDays(30));
        for (var row = 1L; row <= KeptIndex.Most + 5; row++) index.Add(Start, row, [3]);
        Assert.Equal(Enumerable.Range(6, KeptIndex.Most).Reverse().Select(r => (long)r), index.Find(new ulong[] { 3 }).Select(f => f.Row));
        index.Dispose();
    }

    [Fact]
    public void A_period_that_is_over_goes_with_its_folder_and_the_newest_stays()
    {
        var path = Path.Combine(folder, "forget");
        var index = KeptIndex.Open(path, Origin, TimeSpan.FromDays(30));
        foreach (var day in (int[])[0, 20, 40, 60]) index.Add(Start.AddDays(day), day + 1, [(ulong)day]);
        index.Compact(hurry: true, CancellationToken.None);
        Assert.Equal(3, Directory.GetDirectories(path).Length);
        index.Forget(Start.AddDays(39));
        Assert.Equal([41L, 61], index.Find(new ulong[] { 0, 20, 40, 60 }).Select(f => f.Row).Order());
        index.Forget(Start.AddDays(400));
        Assert.Contains(61, index.Find(new ulong[] { 60 }).Select(f => f.Row));
        index.Dispose();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

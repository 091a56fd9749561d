using Liaison.Matching;

namespace UnitTests.Matching;

/// <summary>An index in a folder of its own, and what a database would hold.</summary>
internal sealed class IndexInSegments : IndexUnderTest
{
    private readonly bool filters;
    private readonly string folder;

    /// <summary>What a database would hold: the change sets that the folder does not remember are applied again.</summary>
    private readonly List<(long Position, IndexChange[] Changes)> log = [];
    private NumberIndex index;
    private int merges;

    /// <param name="filters">Segments know by a filter what they do not have.</param>
    public IndexInSegments(bool filters)
    {
        (this.filters, folder) = (filters, Directory.CreateTempSubdirectory("liaison-index-").FullName);
        index = NumberIndex.Open(folder, out _, filters);
    }

    public override long Position => index.Position;

    public override int Count => (int)index.Count;

    public override void Apply(long position, params ReadOnlySpan<IndexChange> changes)
    {
        lock (log) log.Add((position, changes.ToArray()));
        index.Apply(position, changes);
    }

    public override SearchResult Search(in Question question, int limit)
    {
        Assert.Equal(filters ? index.SegmentCount : 0, index.FilterCount);
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
        index = NumberIndex.Open(folder, out var discarded, filters);
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
        // Few of them make several runs, as millions do.
        using var load = index.BeginLoad(null, mostBuffered: 1 + merges % 2);
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

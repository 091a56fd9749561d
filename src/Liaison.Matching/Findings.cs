namespace Liaison.Matching;

/// <summary>What the layers of an index hold for one question, before newer layers and the limit have their say.</summary>
internal struct Findings(int limit)
{
    private List<(Candidate Candidate, int Layer)>? found;

    public readonly int Count => found?.Count ?? 0;

    public readonly (Candidate Candidate, int Layer) this[int i] => found![i];

    /// <summary>Almost every search finds nothing, so nothing is allocated before the first candidate.</summary>
    public void Add(in Candidate candidate, int layer) => (found ??= []).Add((candidate, layer));

    public readonly void RemoveAt(int i) => found!.RemoveAt(i);

    public readonly void CutTo(int count)
    {
        if (found is not null) found.RemoveRange(count, found.Count - count);
    }

    public readonly SearchResult Rank(long position)
    {
        if (found is null) return new(position, [], false);
        var ranking = new Ranking(limit);
        foreach (var (candidate, _) in found) ranking.Add(candidate);
        return new(position, ranking.Candidates, ranking.More);
    }
}

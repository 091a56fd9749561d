namespace Liaison.Matching;

/// <summary>The strongest candidates of one search, each record once, kept sorted and never more than the limit.</summary>
internal struct Ranking(int limit)
{
    private List<Candidate>? kept;

    /// <summary>True once a candidate was left out.</summary>
    public bool More { get; private set; }

    /// <summary>Almost every search finds nothing, so nothing is allocated before the first candidate.</summary>
    public readonly IReadOnlyList<Candidate> Candidates => kept ?? (IReadOnlyList<Candidate>)[];

    public void Add(in Candidate candidate)
    {
        kept ??= [];
        for (var i = 0; i < kept.Count; i++)
        {
            if (kept[i].Record != candidate.Record) continue;
            // A record on its way to another number may be met under both.
            if (kept[i] <= candidate) return;
            kept.RemoveAt(i);
            break;
        }

        var place = kept.BinarySearch(candidate);
        kept.Insert(place < 0 ? ~place : place, candidate);
        if (kept.Count <= limit) return;
        kept.RemoveAt(limit);
        More = true;
    }
}

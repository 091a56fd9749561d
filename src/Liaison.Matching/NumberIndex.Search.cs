using Liaison.Matching.Segments;

namespace Liaison.Matching;

public sealed partial class NumberIndex
{
    /// <summary>Questions whose memory is fetched together: more would push one another out of the nearest cache.</summary>
    private const int Together = 32;

    /// <summary>The strongest entries that answer the question, at most <paramref name="limit"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is below 1.</exception>
    public SearchResult Search(in Question question, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        // Read first: whatever is published while the search runs only adds to what the position promises.
        var asOf = Position;
        var held = Hold();
        try
        {
            var folded = question.Number.Fold();
            return SearchOne(held, question, folded, NumberHash.Of(folded), limit, asOf);
        }
        finally
        {
            held.Release();
        }
    }

    /// <summary>Many questions at once: their memory is fetched while others are compared, so each costs a fraction of a single one.</summary>
    /// <param name="results">One for each question.</param>
    public void SearchMany(ReadOnlySpan<Question> questions, int limit, Span<SearchResult> results)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, questions.Length, nameof(results));
        var asOf = Position;
        var held = Hold();
        try
        {
            Span<NumberKey> folded = stackalloc NumberKey[Together];
            Span<ulong> hashes = stackalloc ulong[Together];
            for (var from = 0; from < questions.Length; from += Together)
            {
                var part = questions.Slice(from, Math.Min(Together, questions.Length - from));
                for (var i = 0; i < part.Length; i++)
                {
                    folded[i] = part[i].Number.Fold();
                    hashes[i] = NumberHash.Of(folded[i]);
                    foreach (var layer in held.Older) layer.Prefetch(hashes[i]);
                }

                foreach (var layer in held.Older)
                {
                    if (layer is not Segment segment) continue;
                    for (var i = 0; i < part.Length; i++) segment.PrefetchEntries(hashes[i]);
                }

                for (var i = 0; i < part.Length; i++) results[from + i] = SearchOne(held, part[i], folded[i], hashes[i], limit, asOf);
            }
        }
        finally
        {
            held.Release();
        }
    }

    private static SearchResult SearchOne(Layers held, in Question question, in NumberKey folded, ulong hash, int limit, long asOf)
    {
        var findings = new Findings(limit);
        if (folded.Length == 0) return findings.Rank(asOf);
        Find(held.Older, 0, question, folded, hash, ref findings);

        // A newer layer's word counts. Whether the delta has one is asked before the delta is searched: it can be searched for a record
        // before it hides what older layers say, so a record that has just moved there is met here or there.
        for (var i = findings.Count - 1; i >= 0; i--)
        {
            var (candidate, layer) = findings[i];
            if (held.IsHidden(candidate.Record, layer)) findings.RemoveAt(i);
        }

        var delta = held.Active;
        if (delta.Size == 0) return findings.Rank(asOf);
        var older = findings.Count;
        while (true)
        {
            // A record that moves is in its new place before the count goes up and leaves its old place after. Only a search that saw the
            // count go up can have looked at the new place too early and at the old one too late, and it looks again.
            var before = delta.Moves;
            Find([delta], held.Older.Length, question, folded, hash, ref findings);
            Volatile.ReadBarrier();
            if (before == delta.Moves) return findings.Rank(asOf);
            findings.CutTo(older);
        }
    }

    private static void Find(
        ReadOnlySpan<Layer> layers, int firstLayer, in Question question, in NumberKey folded, ulong hash, ref Findings findings)
    {
        for (var i = 0; i < layers.Length; i++)
        {
            layers[i].Find(folded, hash, question, NumberMatch.Exact, ref findings, firstLayer + i);
            if (question.Issuer == 0) continue;
            layers[i].FindRanges(question.Issuer, question, folded, ref findings, firstLayer + i);
            foreach (var issuer in question.LookAlikeIssuers.Span)
            {
                if (issuer != 0 && issuer != question.Issuer) layers[i].FindRanges(issuer, question, folded, ref findings, firstLayer + i);
            }
        }

        if (question.Near && layers.Length > 0) NearNumbers.Find(layers, firstLayer, question, folded, ref findings);
    }
}

using System.Collections.Concurrent;
using Liaison.Kernel.Text;

namespace Liaison.Matching;

/// <summary>
/// Answers "is this number known?" from memory. It knows records by id, numbers as characters, and issuer and kind as bare figures;
/// what they mean is the caller's affair. Issuer and kind are compared here, so that a foreign namesake costs the caller no read.
/// </summary>
/// <remarks>
/// Thread-safe. Searches take no lock; change sets are applied one after the other. A search that begins after <see cref="Apply"/>
/// returned sees all of its changes. A search beside it may see some, but each record as it was before or as it is after, and what a set
/// adds before what it takes away: a record that moves to another number, or gives way to another record in the same set, is never
/// missed in between.
/// </remarks>
public sealed class NumberIndex
{
    private readonly Lock writing = new();

    /// <summary>What every record stands for now. Only the writer reads it.</summary>
    private readonly Dictionary<long, IndexChange> records = [];

    /// <summary>By folded number, so that one probe finds the exact and the confusable. Arrays are replaced, never written to.</summary>
    private readonly ConcurrentDictionary<string, IndexedNumber[]> numbers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<RangeGroup, RangeSet> ranges = new();
    private long position;
    private long moves;
    private int count;

    /// <summary>The position of the last change set applied; 0 when there was none.</summary>
    public long Position => Volatile.Read(ref position);

    /// <summary>How many records the index knows.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>
    /// Takes in one change set; the last change of a record counts. A large load may come in several sets of one position, as long as
    /// nobody trusts <see cref="Position"/> before the last.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is before <see cref="Position"/>: history does not run backwards.</exception>
    /// <exception cref="ArgumentException">A change has the default number or range, or a kind above 31. Nothing was applied.</exception>
    public void Apply(long position, ReadOnlySpan<IndexChange> changes)
    {
        lock (writing)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(position, this.position);
            foreach (var change in changes) Require(change);

            if (changes.Length == 1)
            {
                Publish([changes[0]]);
            }
            else
            {
                var last = new Dictionary<long, IndexChange>(changes.Length);
                foreach (var change in changes) last[change.Record] = change;
                Publish(last.Values);
            }

            Volatile.Write(ref count, records.Count);
            Volatile.Write(ref this.position, position);
        }
    }

    /// <summary>The strongest entries that answer the question, at most <paramref name="limit"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is below 1.</exception>
    public SearchResult Search(in Question question, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        Span<char> folded = stackalloc char[NumberKey.MaxLength];
        folded = folded[..question.Number.Length];
        Confusables.Fold(question.Number.Text, folded);

        while (true)
        {
            // A record that moves is in its new place before the count goes up and leaves its old place after. Only a search that saw the
            // count go up can have looked at the new place too early and at the old one too late, and it looks again.
            var before = Volatile.Read(ref moves);
            var result = SearchOnce(question, folded, limit);
            Volatile.ReadBarrier();
            if (before == Volatile.Read(ref moves)) return result;
        }
    }

    private SearchResult SearchOnce(in Question question, ReadOnlySpan<char> folded, int limit)
    {
        // Read first: whatever is published while the search runs only adds to what the position promises.
        var asOf = Position;
        var ranking = new Ranking(limit);
        FindSame(question, folded, ref ranking);
        if (question.Issuer != 0) FindRanges(question, folded, ref ranking);
        if (question.Near) NearNumbers.Find(numbers, question, folded, ref ranking);
        return new(asOf, ranking.Candidates, ranking.More);
    }

    private void FindSame(in Question question, ReadOnlySpan<char> folded, ref Ranking ranking)
    {
        if (!numbers.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(folded, out var posting)) return;
        foreach (var entry in posting)
        {
            var issuer = Facets.Issuer(question, entry.Issuer);
            if (issuer == FacetMatch.Other && !question.Near) continue;
            var match = entry.Number == question.Number ? NumberMatch.Exact : NumberMatch.Confusable;
            ranking.Add(new(entry.Record, match, issuer, Facets.Kind(question, entry.Kind)));
        }
    }

    private void FindRanges(in Question question, ReadOnlySpan<char> folded, ref Ranking ranking)
    {
        FindRanges(question.Issuer, question, folded, ref ranking);
        foreach (var issuer in question.LookAlikeIssuers.Span)
        {
            if (issuer != 0 && issuer != question.Issuer) FindRanges(issuer, question, folded, ref ranking);
        }
    }

    private void FindRanges(ushort issuer, in Question question, ReadOnlySpan<char> folded, ref Ranking ranking)
    {
        if (ranges.TryGetValue(new(issuer, folded.Length), out var set)) set.Find(question, folded, ref ranking);
    }

    private static void Require(IndexChange change)
    {
        var good = change switch
        {
            IndexedNumber number => number.Number.Length > 0 && number.Kind <= IndexChange.MaxKind,
            IndexedRange range => range.Range.First.Length > 0 && range.Kind <= IndexChange.MaxKind,
            _ => true,
        };
        if (!good) throw new ArgumentException("A change has no number, or a kind beyond the mask.", nameof(change));
    }

    private void Publish(IReadOnlyCollection<IndexChange> changes)
    {
        var arriving = new Dictionary<RangeGroup, Dictionary<long, IndexedRange>>();
        var leaving = new Dictionary<RangeGroup, HashSet<long>>();
        var gone = new List<IndexedNumber>();
        foreach (var change in changes)
        {
            records.Remove(change.Record, out var old);
            if (change is not Removed) records[change.Record] = change;

            if (change is IndexedNumber number) Add(number);
            else if (change is IndexedRange range) Of(arriving, RangeGroup.Of(range))[range.Record] = range;

            // What stays in its place was replaced there; only what moved or ended is taken away, when all additions are visible.
            if (old is IndexedNumber before && !(change is IndexedNumber now && SamePlace(before, now))) gone.Add(before);
            if (old is IndexedRange past && !(change is IndexedRange here && RangeGroup.Of(past) == RangeGroup.Of(here)))
            {
                Of(leaving, RangeGroup.Of(past)).Add(past.Record);
            }
        }

        foreach (var (group, added) in arriving) ranges[group] = ranges.GetValueOrDefault(group, RangeSet.Empty).With(added);
        // A set that only takes away moves nothing.
        if (gone.Count + leaving.Count > 0 && changes.Any(change => change is not Removed)) Interlocked.Increment(ref moves);
        foreach (var number in gone) Remove(number);
        foreach (var (group, lost) in leaving)
        {
            var rest = ranges[group].Without(lost);
            if (rest.IsEmpty) ranges.TryRemove(group, out _);
            else ranges[group] = rest;
        }
    }

    private void Add(IndexedNumber number)
    {
        var key = Confusables.Fold(number.Number.Text);
        numbers[key] = numbers.TryGetValue(key, out var posting)
            ? [.. posting.Where(entry => entry.Record != number.Record), number]
            : [number];
    }

    private void Remove(IndexedNumber number)
    {
        var key = Confusables.Fold(number.Number.Text);
        var rest = Array.FindAll(numbers[key], entry => entry.Record != number.Record);
        if (rest.Length == 0) numbers.TryRemove(key, out _);
        else numbers[key] = rest;
    }

    private static bool SamePlace(IndexedNumber a, IndexedNumber b) => Confusables.Fold(a.Number.Text) == Confusables.Fold(b.Number.Text);

    private static T Of<T>(Dictionary<RangeGroup, T> groups, RangeGroup group)
        where T : new() =>
        groups.TryGetValue(group, out var found) ? found : groups[group] = new T();

    private readonly record struct RangeGroup(ushort Issuer, int Length)
    {
        public static RangeGroup Of(IndexedRange entry) => new(entry.Issuer, entry.Range.First.Length);
    }
}

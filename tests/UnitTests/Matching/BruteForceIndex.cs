using Liaison.Matching;

namespace UnitTests.Matching;

/// <summary>
/// The oracle: a list of entries and one function that compares a question with an entry, written from the definitions alone. A range
/// is the list of all its numbers.
/// </summary>
public sealed class BruteForceIndex
{
    private static readonly string[] LookAlikes = ["0ODQ", "1IL", "2Z", "5S", "6G", "8B"];

    private readonly SortedDictionary<long, IndexChange> entries = [];

    public int Count => entries.Count;

    public void Apply(IEnumerable<IndexChange> changes)
    {
        foreach (var change in changes)
        {
            if (change is Removed) entries.Remove(change.Record);
            else entries[change.Record] = change;
        }
    }

    public (List<Candidate> Candidates, bool More) Search(Question question, int limit)
    {
        var all = entries.Values.Select(entry => Classify(question, entry)).OfType<Candidate>()
            .OrderBy(c => c.Number).ThenBy(c => c.Issuer).ThenBy(c => c.Kind).ThenBy(c => c.Record)
            .ToList();
        return (all.Take(limit).ToList(), all.Count > limit);
    }

    public static Candidate? Classify(Question question, IndexChange entry)
    {
        var asked = question.Number.Text;
        var (match, issuer, kind) = entry switch
        {
            IndexedNumber number => (Compare(asked, number.Number.Text, question.Near), number.Issuer, number.Kind),
            IndexedRange range => (Compare(asked, Members(range.Range)), range.Issuer, range.Kind),
            _ => (null, (ushort)0, (byte)0),
        };
        if (match is null) return null;

        var issuerMatch = question.Issuer == 0 ? FacetMatch.NotAsked
            : question.Issuer == issuer ? FacetMatch.Same
            : question.LookAlikeIssuers.ToArray().Contains(issuer) ? FacetMatch.LookAlike
            : FacetMatch.Other;
        var kindMatch = question.Kinds == 0 ? FacetMatch.NotAsked
            : (question.Kinds & (1u << kind)) != 0 ? FacetMatch.Same
            : FacetMatch.Other;

        var isRange = match is NumberMatch.Range or NumberMatch.RangeConfusable;
        if (isRange && (issuer == 0 || issuerMatch is not (FacetMatch.Same or FacetMatch.LookAlike))) return null;
        var namesake = match is NumberMatch.Exact or NumberMatch.Confusable;
        if (issuerMatch == FacetMatch.Other && !(question.Near && namesake)) return null;
        return new Candidate(entry.Record, match.Value, issuerMatch, kindMatch);
    }

    public static List<string> Members(NumberRange range)
    {
        var prefix = range.First.Text[..range.PrefixLength];
        var digits = range.First.Length - range.PrefixLength;
        var (first, last) = (int.Parse(range.First.Text[range.PrefixLength..]), int.Parse(range.Last.Text[range.PrefixLength..]));
        return [.. Enumerable.Range(first, last - first + 1).Select(i => prefix + i.ToString($"D{digits}"))];
    }

    private static NumberMatch? Compare(string asked, List<string> members)
    {
        if (members.Contains(asked)) return NumberMatch.Range;
        return members.Exists(member => LookAlike(asked, member)) ? NumberMatch.RangeConfusable : null;
    }

    private static NumberMatch? Compare(string asked, string known, bool near)
    {
        if (asked == known) return NumberMatch.Exact;
        if (LookAlike(asked, known)) return NumberMatch.Confusable;
        if (!near || asked.Length != known.Length) return null;
        if (asked.Zip(known).Count(pair => pair.First != pair.Second) == 1) return NumberMatch.Substituted;
        for (var i = 0; i + 1 < asked.Length; i++)
        {
            var swapped = asked[..i] + asked[i + 1] + asked[i] + asked[(i + 2)..];
            if (asked[i] != asked[i + 1] && swapped == known) return NumberMatch.Transposed;
        }

        return null;
    }

    private static bool LookAlike(string a, string b) =>
        a.Length == b.Length
        && a.Zip(b).All(pair => pair.First == pair.Second
            || LookAlikes.Any(members => members.Contains(pair.First) && members.Contains(pair.Second)));
}

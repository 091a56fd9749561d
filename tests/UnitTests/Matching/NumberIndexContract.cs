using CsCheck;
using Liaison.Matching;

namespace UnitTests.Matching;

/// <summary>What every index must do, whatever it is made of. This part: agreement with the brute-force oracle.</summary>
public abstract partial class NumberIndexContract
{
    // Rich in look-alikes, and short, so that almost every number meets others.
    private static readonly Gen<char> GenChar = Gen.OneOf('0', 'O', 'D', '1', 'I', '8', 'B', 'A', '7');
    private static readonly Gen<string> GenNumber = Gen.OneOf(GenChar.Array[1, 3], GenChar.Array[4]).Select(c => new string(c));
    private static readonly Gen<ushort> GenIssuer = Gen.OneOf<ushort>(0, 1, 2, 3);
    private static readonly Gen<byte> GenKind = Gen.OneOf<byte>(0, 1, 31);
    /// <summary>Some take eight bytes.</summary>
    private static readonly Gen<long> GenRecord = Gen.Long[1, 14].Select(record => record > 11 ? record + (5L << 32) : record);

    private static readonly Gen<NumberRange> GenRange =
        Gen.Select(Gen.OneOf("", "A", "O", "D", "1B", "18", "0I", "BOA"), Gen.Int[1, 2], Gen.Int[0, 99], Gen.Int[0, 99])
            .Select((prefix, digits, a, b) =>
            {
                var modulus = digits == 1 ? 10 : 100;
                var (low, high) = (Math.Min(a % modulus, b % modulus), Math.Max(a % modulus, b % modulus));
                return Range(prefix + low.ToString($"D{digits}"), prefix + high.ToString($"D{digits}"));
            });

    private static readonly Gen<IndexChange> GenChange = Gen.Frequency(
        (6, Gen.Select(GenRecord, GenNumber, GenIssuer, GenKind, (r, n, i, k) => (IndexChange)new IndexedNumber(r, Key(n), i, k))),
        (3, Gen.Select(GenRecord, GenRange, GenIssuer, GenKind, (r, n, i, k) => (IndexChange)new IndexedRange(r, n, i, k))),
        (2, GenRecord.Select(r => (IndexChange)new Removed(r))));

    private static readonly Gen<Question> GenQuestion =
        Gen.Select(GenNumber, GenIssuer, GenIssuer.Array[0, 2], Gen.OneOf(0u, 1u, 2u, 3u, 1u << 31), Gen.Bool)
            .Select((number, issuer, lookAlikes, kinds, near) => new Question
            {
                Number = Key(number), Issuer = issuer, LookAlikeIssuers = lookAlikes, Kinds = kinds, Near = near,
            });

    private static readonly Gen<Step> GenStep = Gen.Frequency(
        (8, GenChange.Array[1, 6].Select(changes => (Step)new Change(changes))),
        (8, Gen.Select(GenQuestion, Gen.Frequency((1, Gen.Int[1, 3]), (2, Gen.Const(50))), (q, limit) => (Step)new Ask(q, limit))),
        (1, Gen.Const((Step)new Restart())),
        (1, Gen.Const((Step)new Merge())));

    protected abstract IndexUnderTest Open();

    /// <summary>How many sequences are compared.</summary>
    protected virtual int Sequences => 3_000;

    [Fact]
    public void Equals_the_oracle_over_any_sequence_of_changes_questions_restarts_and_merges() =>
        GenStep.Array[1, 60].Sample(
            steps => FirstDifference(steps) is null,
            // CsCheck_Iter=100000 in the environment runs as many.
            iter: Math.Max(Check.Iter, Sequences),
            print: steps => $"{string.Join("\n", steps.Select(Print))}\n{FirstDifference(steps)}");

    [Fact]
    public void Gives_the_oracles_answer_to_every_short_question_over_a_full_index()
    {
        using var index = Open();
        var oracle = new BruteForceIndex();
        var changes = Enumerable.Range(0, 400)
            .Select(seed => WithRecord(GenChange.Generate(new PCG(7, (ulong)seed), null, out _), seed))
            .ToArray();
        index.Apply(1, changes);
        oracle.Apply(changes);
        var reached = new HashSet<(NumberMatch, FacetMatch)>();
        foreach (var question in Enumerable.Range(0, 6_000).Select(seed => GenQuestion.Generate(new PCG(9, (ulong)seed), null, out _)))
        {
            var expected = oracle.Search(question, 500);
            Assert.Equal(expected.Candidates, index.Search(question, 500).Candidates);
            reached.UnionWith(expected.Candidates.Select(c => (c.Number, c.Issuer)));
        }

        // The questions reach every kind of answer there is; otherwise the comparison proves less than it seems to.
        NumberMatch[] numbers = [NumberMatch.Exact, NumberMatch.Confusable, NumberMatch.Substituted, NumberMatch.Transposed];
        FacetMatch[] issuers = [FacetMatch.Same, FacetMatch.NotAsked, FacetMatch.LookAlike];
        HashSet<(NumberMatch, FacetMatch)> reachable =
        [
            .. numbers.SelectMany(n => issuers.Select(i => (n, i))),
            (NumberMatch.Exact, FacetMatch.Other), (NumberMatch.Confusable, FacetMatch.Other),
            (NumberMatch.Range, FacetMatch.Same), (NumberMatch.Range, FacetMatch.LookAlike),
            (NumberMatch.RangeConfusable, FacetMatch.Same), (NumberMatch.RangeConfusable, FacetMatch.LookAlike),
        ];
        Assert.Equal(reachable, reached);
    }

    private string? FirstDifference(Step[] steps)
    {
        using var index = Open();
        var oracle = new BruteForceIndex();
        for (var i = 0; i < steps.Length; i++)
        {
            switch (steps[i])
            {
                case Change change:
                    index.Apply(i + 1, change.Changes);
                    oracle.Apply(change.Changes);
                    if (index.Position != i + 1) return $"step {i}: position {index.Position}";
                    if (index.Count != oracle.Count) return $"step {i}: {index.Count} records, not {oracle.Count}";
                    break;
                case Ask ask:
                    var (expected, found) = (oracle.Search(ask.Question, ask.Limit), index.Search(ask.Question, ask.Limit));
                    if (!expected.Candidates.SequenceEqual(found.Candidates) || expected.More != found.More)
                    {
                        return $"step {i}:\nexpected {Print(expected.Candidates)} {expected.More}"
                            + $"\nfound {Print(found.Candidates)} {found.More}";
                    }

                    break;
                case Restart:
                    index.Restart();
                    break;
                case Merge:
                    index.Merge();
                    break;
            }
        }

        return null;
    }

    private static NumberKey Key(string text) => NumberKey.TryParse(text, out var key) ? key : throw new ArgumentException(text);

    private static NumberRange Range(string first, string last) =>
        NumberRange.TryCreate(Key(first), Key(last), out var range) is RangeFault.None ? range : throw new ArgumentException(first);

    private static IndexChange WithRecord(IndexChange change, long record) => change switch
    {
        IndexedNumber number => number with { Record = record },
        IndexedRange range => range with { Record = record },
        _ => new Removed(record),
    };

    // Keys hide their characters from logs; a failed test has to show them.
    private static string Print(Step step) => step switch
    {
        Change change => "change " + string.Join("; ", change.Changes.Select(Print)),
        Ask ask => $"ask {ask.Question.Number.Text}"
            + $" issuer {ask.Question.Issuer} or {string.Join(',', ask.Question.LookAlikeIssuers.ToArray())}"
            + $" kinds {ask.Question.Kinds:x} near {ask.Question.Near} limit {ask.Limit}",
        _ => step.GetType().Name,
    };

    private static string Print(IndexChange change) => change switch
    {
        IndexedNumber n => $"{n.Record} is {n.Number.Text} of {n.Issuer}/{n.Kind}",
        IndexedRange r => $"{r.Record} is {r.Range.First.Text}-{r.Range.Last.Text} of {r.Issuer}/{r.Kind}",
        _ => $"{change.Record} is gone",
    };

    private static string Print(IEnumerable<Candidate> candidates) => string.Join(", ", candidates);

    private abstract record Step;

    private sealed record Change(IndexChange[] Changes) : Step;

    private sealed record Ask(Question Question, int Limit) : Step;

    private sealed record Restart : Step;

    private sealed record Merge : Step;
}

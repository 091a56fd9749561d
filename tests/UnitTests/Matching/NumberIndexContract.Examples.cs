using Liaison.Matching;

namespace UnitTests.Matching;

/// <summary>What every index must do, by example.</summary>
public abstract partial class NumberIndexContract
{
    private const ushort Issuer = 500;
    private const ushort LookAlikeIssuer = 501;
    private const ushort OtherIssuer = 502;

    [Theory]
    [InlineData("L898902C3", "L898902C3", NumberMatch.Exact)]
    [InlineData("L898902C3", "1898902C3", NumberMatch.Confusable)]
    [InlineData("O0O0", "0O0O", NumberMatch.Confusable)]
    [InlineData("L898902C3", "L898902C4", NumberMatch.Substituted)]
    [InlineData("L898902C3", "X898902C3", NumberMatch.Substituted)]
    [InlineData("L898902C3", "L899802C3", NumberMatch.Transposed)]
    [InlineData("L898902C3", "L8989023C", NumberMatch.Transposed)]
    [InlineData("L898902C3", "8L98902C3", NumberMatch.Transposed)]
    [InlineData("01", "10", NumberMatch.Transposed)]
    [InlineData("0O", "O0", NumberMatch.Confusable)] // swapped look-alikes are look-alikes first
    [InlineData("7", "8", NumberMatch.Substituted)]
    [InlineData("L898902C3", "L898902C34", null)] // a character too many
    [InlineData("L898902C3", "L898902C", null)]
    [InlineData("L898902C3", "X898902C4", null)] // two slips
    [InlineData("L898902C3", "I898902C4", null)] // a look-alike and a slip are two
    [InlineData("O8", "81", null)] // swapped, and a look-alike besides
    public void A_number_matches(string known, string asked, NumberMatch? expected)
    {
        using var index = Open();
        index.Apply(1, new IndexedNumber(7, Key(known), Issuer, 0));

        var near = index.Search(new() { Number = Key(asked), Issuer = Issuer, Near = true }, 10);
        Candidate[] wanted = expected is { } match ? [new(7, match, FacetMatch.Same, FacetMatch.NotAsked)] : [];
        Assert.Equal(wanted, near.Candidates);

        var strict = index.Search(new() { Number = Key(asked), Issuer = Issuer }, 10);
        Assert.Equal(expected is NumberMatch.Exact or NumberMatch.Confusable, strict.Candidates.Count == 1);
    }

    [Theory]
    [InlineData("AB000100", "AB000200", "AB000100", NumberMatch.Range)]
    [InlineData("AB000100", "AB000200", "AB000200", NumberMatch.Range)]
    [InlineData("AB000100", "AB000200", "AB000150", NumberMatch.Range)]
    [InlineData("AB000100", "AB000200", "AB000099", null)]
    [InlineData("AB000100", "AB000200", "AB000201", null)]
    [InlineData("AB000100", "AB000200", "AC000150", null)]
    [InlineData("AB000100", "AB000200", "AB00150", null)] // width
    [InlineData("AB000100", "AB000200", "A8000150", NumberMatch.RangeConfusable)]
    [InlineData("AB000100", "AB000200", "ABO0OISO", NumberMatch.RangeConfusable)]
    [InlineData("AB000100", "AB000200", "AB00015C", null)] // between the ends in the order of characters, but no number
    [InlineData("000100", "000200", "000150", NumberMatch.Range)]
    [InlineData("000100", "000200", "OOO150", NumberMatch.RangeConfusable)]
    [InlineData("A000100", "A000200", "A00O150", NumberMatch.RangeConfusable)] // its own prefix would be longer
    [InlineData("1B5", "1B5", "1B5", NumberMatch.Range)]
    [InlineData("1000000000000000000000000000", "1999999999999999999999999999", "1555555555555555555555555555", NumberMatch.Range)]
    public void A_range_matches(string first, string last, string asked, NumberMatch? expected)
    {
        using var index = Open();
        index.Apply(1, new IndexedRange(7, Range(first, last), Issuer, 0));
        foreach (var near in new[] { false, true })
        {
            var found = index.Search(new() { Number = Key(asked), Issuer = Issuer, Near = near }, 10);
            Candidate[] wanted = expected is { } match ? [new(7, match, FacetMatch.Same, FacetMatch.NotAsked)] : [];
            Assert.Equal(wanted, found.Candidates);
            Assert.Empty(index.Search(new() { Number = Key(asked), Near = near }, 10).Candidates);
            Assert.Empty(index.Search(new() { Number = Key(asked), Issuer = OtherIssuer, Near = near }, 10).Candidates);
        }
    }

    [Fact]
    public void A_number_is_found_in_all_ranges_around_it_nested_or_overlapping()
    {
        using var index = Open();
        index.Apply(
            1,
            new IndexedRange(1, Range("A0000", "A9999"), Issuer, 0),
            new IndexedRange(2, Range("A0100", "A0100"), Issuer, 0),
            new IndexedRange(3, Range("A4000", "A5000"), Issuer, 0),
            new IndexedRange(4, Range("A4999", "A6000"), Issuer, 0),
            new IndexedRange(5, Range("A5001", "A7000"), Issuer, 0),
            new IndexedRange(6, Range("A4000", "A5000"), Issuer, 0));
        Assert.Equal("1,3,4,6", Records(index, "A5000", Issuer));
        Assert.Equal("1,2", Records(index, "A0100", Issuer));
        Assert.Equal("1", Records(index, "A9000", Issuer));
    }

    [Theory]
    [InlineData(Issuer, false, FacetMatch.Same)]
    [InlineData(LookAlikeIssuer, false, FacetMatch.LookAlike)]
    [InlineData(OtherIssuer, false, null)]
    [InlineData(OtherIssuer, true, FacetMatch.Other)]
    [InlineData((ushort)0, false, null)]
    public void An_issuer_matches(ushort known, bool near, FacetMatch? expected)
    {
        using var index = Open();
        index.Apply(1, new IndexedNumber(7, Key("A1"), known, 0));
        var question = new Question { Number = Key("A1"), Issuer = Issuer, LookAlikeIssuers = new[] { LookAlikeIssuer }, Near = near };
        var found = index.Search(question, 10).Candidates;
        Candidate[] wanted = expected is { } match ? [new(7, NumberMatch.Exact, match, FacetMatch.NotAsked)] : [];
        Assert.Equal(wanted, found);
    }

    [Fact]
    public void Another_issuers_number_one_slip_away_says_nothing()
    {
        using var index = Open();
        index.Apply(1, new IndexedNumber(7, Key("A12"), OtherIssuer, 0));
        Assert.Empty(index.Search(new() { Number = Key("A13"), Issuer = Issuer, Near = true }, 10).Candidates);
        Assert.Empty(index.Search(new() { Number = Key("A21"), Issuer = Issuer, Near = true }, 10).Candidates);
        Assert.Single(index.Search(new() { Number = Key("A13"), Near = true }, 10).Candidates);
    }

    [Theory]
    [InlineData(0u, FacetMatch.NotAsked)]
    [InlineData(1u << 31, FacetMatch.Same)]
    [InlineData(1u << 31 | 1, FacetMatch.Same)]
    [InlineData(1u, FacetMatch.Other)]
    public void Another_kind_is_returned_and_told(uint asked, FacetMatch expected)
    {
        using var index = Open();
        index.Apply(1, new IndexedNumber(7, Key("A1"), Issuer, 31), new IndexedRange(8, Range("A0", "A9"), Issuer, 31));
        var found = index.Search(new() { Number = Key("A1"), Issuer = Issuer, Kinds = asked }, 10).Candidates;
        Assert.Equal([new(7, NumberMatch.Exact, FacetMatch.Same, expected), new(8, NumberMatch.Range, FacetMatch.Same, expected)], found);
    }

    [Fact]
    public void The_strongest_come_first_and_the_limit_says_that_more_exist()
    {
        using var index = Open();
        index.Apply(
            1,
            new IndexedNumber(1, Key("B10"), Issuer, 0), // substituted
            new IndexedNumber(2, Key("AIO"), Issuer, 0), // confusable
            new IndexedNumber(3, Key("A10"), LookAlikeIssuer, 0),
            new IndexedNumber(4, Key("A10"), Issuer, 1), // another kind
            new IndexedNumber(6, Key("A10"), Issuer, 0),
            new IndexedNumber(5, Key("A10"), Issuer, 0),
            new IndexedRange(7, Range("A00", "A99"), Issuer, 0),
            new IndexedNumber(8, Key("A01"), Issuer, 0)); // transposed
        var question = new Question
        {
            Number = Key("A10"), Issuer = Issuer, LookAlikeIssuers = new[] { LookAlikeIssuer }, Kinds = 1, Near = true,
        };
        long[] order = [5, 6, 4, 3, 7, 2, 1, 8];
        for (var limit = 1; limit <= order.Length + 1; limit++)
        {
            var found = index.Search(question, limit);
            Assert.Equal(order.Take(limit), found.Candidates.Select(c => c.Record));
            Assert.Equal(limit < order.Length, found.More);
        }
    }

    [Fact]
    public void A_record_is_one_entry_and_its_last_change_counts()
    {
        using var index = Open();
        index.Apply(1, new IndexedNumber(1, Key("A1"), Issuer, 0), new IndexedNumber(1, Key("B2"), Issuer, 0));
        Assert.Equal(("", "1", 1), (Records(index, "A1"), Records(index, "B2"), index.Count));
        index.Apply(2, new IndexedRange(1, Range("C1", "C9"), Issuer, 0));
        Assert.Equal(("", "1", 1), (Records(index, "B2"), Records(index, "C5", Issuer), index.Count));
        index.Apply(3, new IndexedRange(1, Range("C1", "C4"), Issuer, 0));
        Assert.Equal(("", "1", 1), (Records(index, "C5", Issuer), Records(index, "C4", Issuer), index.Count));
        index.Apply(4, new Removed(1), new Removed(99));
        Assert.Equal(("", 0), (Records(index, "C4", Issuer), index.Count));
        index.Apply(5, new IndexedNumber(1, Key("A1"), Issuer, 0), new Removed(1), new IndexedNumber(1, Key("A1"), OtherIssuer, 0));
        Assert.Equal(("", "1", 1), (Records(index, "A1", Issuer), Records(index, "A1", OtherIssuer), index.Count));
    }

    [Fact]
    public void An_empty_index_an_empty_question_and_an_empty_change_set_are_nothing_special()
    {
        using var index = Open();
        Assert.Equal((0, 0), (index.Position, index.Count));
        Assert.Empty(index.Search(new() { Number = Key("A1"), Issuer = 1, Near = true }, 1).Candidates);
        index.Apply(5);
        Assert.Equal(5, index.Position);
        var result = index.Search(new() { Number = default, Issuer = 1, Near = true }, 1);
        Assert.Equal((5, 0, false), (result.Position, result.Candidates.Count, result.More));
    }

    [Fact]
    public void History_does_not_run_backwards_and_a_bad_change_changes_nothing()
    {
        using var index = Open();
        index.Apply(5, new IndexedNumber(1, Key("A1"), Issuer, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Apply(4, new Removed(1)));
        Assert.Throws<ArgumentException>(() => index.Apply(6, new Removed(1), new IndexedNumber(2, default, Issuer, 0)));
        Assert.Throws<ArgumentException>(() => index.Apply(6, new Removed(1), new IndexedNumber(2, Key("A2"), Issuer, 32)));
        Assert.Throws<ArgumentException>(() => index.Apply(6, new Removed(1), new IndexedRange(2, default, Issuer, 0)));
        Assert.Equal(("1", 5L), (Records(index, "A1"), index.Position));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search(new() { Number = Key("A1") }, 0));
    }

    private static string Records(IndexUnderTest index, string number, ushort issuer = 0) =>
        string.Join(',', index.Search(new() { Number = Key(number), Issuer = issuer }, 100).Candidates.Select(c => c.Record));
}

using CsCheck;
using Liaison.Matching;

namespace UnitTests.Matching;

public sealed class NumberRangeTests
{
    [Theory]
    [InlineData("A", true)]
    [InlineData("L898902C3", true)]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", true)]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("a1", false)]
    [InlineData("A 1", false)]
    [InlineData("A<1", false)]
    [InlineData("Á1", false)]
    [InlineData("١٢", false)] // digits, but not these
    public void A_key_is_1_to_32_capitals_and_digits(string? text, bool good)
    {
        Assert.Equal(good, NumberKey.TryParse(text, out var key));
        Assert.Equal(good ? text : "", key.Text);
    }

    [Fact]
    public void No_key_shows_its_number_when_a_record_is_printed()
    {
        Assert.True(NumberKey.TryParse("L898902C3", out var key));
        Assert.True(NumberRange.TryCreate(key, key, out var range) is RangeFault.None);
        IndexChange[] records = [new IndexedNumber(1, key, 2, 3), new IndexedRange(1, range, 2, 3)];
        Assert.All(records, record => Assert.DoesNotContain("898902", record.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain("898902", new Question { Number = key }.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AB000100", "AB000200", RangeFault.None, 2, 101)]
    [InlineData("000100", "000200", RangeFault.None, 0, 101)]
    [InlineData("1B5", "1B5", RangeFault.None, 2, 1)]
    [InlineData("A1B0", "A1B9", RangeFault.None, 3, 10)]
    [InlineData("AB100", "AB0200", RangeFault.LengthsDiffer, 0, 0)]
    [InlineData("AB100", "AC200", RangeFault.PrefixesDiffer, 0, 0)]
    [InlineData("AB12", "A312", RangeFault.PrefixesDiffer, 0, 0)]
    [InlineData("A1B5", "A2B5", RangeFault.PrefixesDiffer, 0, 0)]
    [InlineData("12A", "12A", RangeFault.NoDigits, 0, 0)]
    [InlineData("AB200", "AB100", RangeFault.Reversed, 0, 0)]
    [InlineData("", "AB100", RangeFault.NotANumber, 0, 0)]
    public void A_range_shares_a_prefix_and_counts_up(string first, string last, RangeFault fault, int prefix, int count)
    {
        var from = Key(first);
        Assert.Equal(fault, NumberRange.TryCreate(from, Key(last), out var range));
        Assert.Equal((prefix, (UInt128)count), (range.PrefixLength, range.Count));
        Assert.Equal(fault is RangeFault.None, range.Contains(from));
    }

    [Fact]
    public void The_widest_range_is_counted()
    {
        Assert.Equal(RangeFault.None, NumberRange.TryCreate(Key(new string('0', 32)), Key(new string('9', 32)), out var range));
        Assert.Equal(UInt128.Parse("1" + new string('0', 32)), range.Count);
    }

    [Fact]
    public void A_range_holds_exactly_its_members() =>
        Gen.Select(Gen.OneOf("", "A", "X1B"), Gen.Int[0, 999], Gen.Int[0, 999], Gen.OneOf("", "A", "X1B", "X1O"), Gen.Int[0, 999])
            .Sample((prefix, a, b, askedPrefix, asked) =>
            {
                var (first, last) = (Key($"{prefix}{Math.Min(a, b):D3}"), Key($"{prefix}{Math.Max(a, b):D3}"));
                var number = Key($"{askedPrefix}{asked:D3}");
                Assert.Equal(RangeFault.None, NumberRange.TryCreate(first, last, out var range));
                Assert.Equal(BruteForceIndex.Members(range).Contains(number.Text), range.Contains(number));
                Assert.Equal((UInt128)BruteForceIndex.Members(range).Count, range.Count);
            });

    private static NumberKey Key(string text) => NumberKey.TryParse(text, out var key) ? key : default;
}

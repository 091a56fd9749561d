using CsCheck;
using Liaison.Matching;
using Liaison.TravelDocuments.Domain;

namespace UnitTests.TravelDocuments;

public sealed class BlankRangeTests
{
    [Theory]
    [InlineData("20AA00001", "20AA00002", false, null)]
    [InlineData("20AA00001", "20AA00001", false, "rangeOrder")]
    [InlineData("20AA00002", "20AA00001", false, "rangeOrder")]
    [InlineData("0000001", "0100000", false, null)]
    [InlineData("0000001", "0100001", false, "rangeUnconfirmed")]
    [InlineData("0000001", "0100001", true, null)]
    [InlineData("0000001", "5000000", true, null)]
    [InlineData("0000001", "5000001", true, "rangeTooLarge")]
    [InlineData("0000001", "5000001", false, "rangeTooLarge")]
    [InlineData("1", "99999999999999999999999999999999", true, "rangeShape")]
    [InlineData("00000000000000000000000000000000", "99999999999999999999999999999999", true, "rangeTooLarge")]
    [InlineData("AA01", "AB02", false, "rangeShape")]
    [InlineData("AA01", "AA002", false, "rangeShape")]
    [InlineData("01A", "01A", false, "rangeShape")]
    [InlineData("A1A1", "A2A1", false, "rangeShape")]
    public void A_range_counts_in_its_last_digits_and_large_ones_are_confirmed(string first, string last, bool confirmed, string? code)
    {
        var problem = BlankRange.Check(Key(first), Key(last), confirmed);
        Assert.Equal(code, problem?.Code);
        Assert.True(problem is null or { Field: "rangeTo" });
    }

    [Fact]
    public void The_size_alone_decides_between_good_ends() =>
        Gen.Select(Gen.Int[0, 999_999], Gen.Int[1, 8_000_000], Gen.Bool).Sample((first, more, confirmed) =>
        {
            var code = BlankRange.Check(Key($"A{first:D8}"), Key($"A{first + more:D8}"), confirmed)?.Code;
            var expected = more + 1 > BlankRange.Most ? "rangeTooLarge"
                : more + 1 > BlankRange.ConfirmAbove && !confirmed ? "rangeUnconfirmed" : null;
            Assert.Equal(expected, code);
        });

    private static NumberKey Key(string text) => NumberKey.TryParse(text, out var key) ? key : throw new ArgumentException(text);
}

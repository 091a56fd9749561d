using Liaison.Platform.Codes;

namespace UnitTests.Platform;

public sealed class HandlingCodesTests
{
    [Theory]
    [InlineData("H0", null, "H0")]
    [InlineData("H2 H1 H2", null, "H1 H2")]
    [InlineData("H3 H1", " Only for\nborder posts ", "H1 H3\nOnly for\nborder posts")]
    [InlineData("H1", "Article 7", "H1\nArticle 7")]
    public void Sound_ones_are_kept_as_one_text(string codes, string? text, string stored)
    {
        Assert.Null(HandlingCodes.Parse(codes.Split(' '), text, "handling", out var handling));
        Assert.Equal(stored, handling.ToString());
        Assert.Equal(handling, HandlingCodes.Read(stored));
        Assert.Equal(handling.GetHashCode(), HandlingCodes.Read(stored)!.GetHashCode());
    }

    [Theory]
    [InlineData("", null, "handlingRequired")]
    [InlineData("H4", null, "handlingUnknown")]
    [InlineData("h1", null, "handlingUnknown")]
    [InlineData("H0 H1", null, "handlingFreeAlone")]
    [InlineData("H3", null, "handlingTextRequired")]
    [InlineData("H1 H3", "  ", "handlingTextRequired")]
    [InlineData("H0", "for police", "handlingTextWithoutCode")]
    [InlineData("H3", "for\u0007police", "textCharacters")]
    public void Others_are_refused(string codes, string? text, string code) => Assert.Equal(
        code, HandlingCodes.Parse(codes.Split(' ', StringSplitOptions.RemoveEmptyEntries), text, "handling", out _)?.Code);

    [Fact]
    public void A_text_has_at_most_500_characters()
    {
        Assert.Null(HandlingCodes.Parse(["H3"], new('x', 500), "handling", out _));
        Assert.Equal("textTooLong", HandlingCodes.Parse(["H3"], new('x', 501), "handling", out _)?.Code);
    }

    /// <summary>What holds is never less than what the owner said, nor than what H2 demands.</summary>
    [Theory]
    [InlineData(null, null, "allowed")]
    [InlineData(null, "H1", "allowed")]
    [InlineData(null, "H1 H2", "askOwner")]
    [InlineData("allowed", "H2", "askOwner")]
    [InlineData("askOwner", "H0", "askOwner")]
    [InlineData("forbidden", "H2", "forbidden")]
    [InlineData("forbidden", null, "forbidden")]
    public void H2_asks_the_owner_at_least(string? said, string? handling, string effective) =>
        Assert.Equal(effective, OnwardTransfers.Effective(said, HandlingCodes.Read(handling)));

    [Theory]
    [InlineData("")]
    [InlineData("H9")]
    [InlineData("\nH1")]
    public void A_malformed_text_is_none(string stored) => Assert.Throws<InvalidDataException>(() => HandlingCodes.Read(stored));
}

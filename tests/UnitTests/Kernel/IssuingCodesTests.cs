using CsCheck;
using Liaison.Kernel.Issuers;
using Liaison.Kernel.Text;

namespace UnitTests.Kernel;

public sealed class IssuingCodesTests
{
    [Theory]
    [InlineData("D", "DEU")]
    [InlineData("D<<", "DEU")]
    [InlineData("DEU", "DEU")]
    [InlineData("deu", "DEU")]
    [InlineData("RKS", "RKS")]
    [InlineData("XKK", "RKS")]
    [InlineData("XXK", "RKS")]
    [InlineData("xkx", "RKS")]
    [InlineData("UNO", "UNO")]
    [InlineData("XOM", "XOM")]
    [InlineData("EUE", "EUE")]
    [InlineData("XPO", "XPO")]
    [InlineData("UNK", "UNK")]
    [InlineData("GBD", "GBD")]
    public void Finds_the_one_issuer_behind_every_spelling(string text, string code)
    {
        var found = IssuingCodes.Find(text);
        Assert.Equal(code, found?.Code);
        Assert.Equal(IssuerUse.Issuer, found?.Use);
        Assert.True(found?.CanIssue);
    }

    [Theory]
    [InlineData("XXA", IssuerUse.NationalityOnly, false)]
    [InlineData("XXB", IssuerUse.NationalityOnly, false)]
    [InlineData("XXC", IssuerUse.NationalityOnly, false)]
    [InlineData("XXX", IssuerUse.NationalityOnly, false)]
    [InlineData("IAO", IssuerUse.NeverPrinted, false)]
    [InlineData("UTO", IssuerUse.Specimen, false)]
    [InlineData("SUN", IssuerUse.Withdrawn, true)]
    [InlineData("ROM", IssuerUse.Withdrawn, true)]
    [InlineData("ANT", IssuerUse.Withdrawn, true)]
    [InlineData("NTZ", IssuerUse.Withdrawn, true)]
    public void Says_where_a_code_may_stand(string code, IssuerUse use, bool canIssue)
    {
        var found = IssuingCodes.Find(code);
        Assert.Equal(use, found?.Use);
        Assert.Equal(canIssue, found?.CanIssue);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<<<")]
    [InlineData("<D<")]
    [InlineData("UT0")]
    [InlineData("ZZZ")]
    [InlineData("DEUT")]
    [InlineData("DE")]
    [InlineData("٠٠٠")]
    public void Knows_no_other_text(string text) => Assert.Null(IssuingCodes.Find(text));

    [Theory]
    [InlineData("ROM", "ROU")]
    [InlineData("YUG", "SCG")]
    [InlineData("SCG", "MNE SRB")]
    [InlineData("NTZ", "IRQ SAU")]
    [InlineData("ANT", "BES CUW SXM")]
    [InlineData("ATF", "")]
    [InlineData("FRA", "")]
    public void Names_who_follows_a_withdrawn_code(string code, string successors) =>
        Assert.Equal(successors, string.Join(' ', IssuingCodes.Find(code)!.Successors));

    [Fact]
    public void The_list_is_whole_and_consistent()
    {
        var all = IssuingCodes.All;

        // 249 of ISO 3166-1 and 29 of ICAO parts A-H (two of them withdrawn); 31 of ISO 3166-3 without ATF, ANT and NTZ; and ROM.
        Assert.Equal(249 + 29 + 28 + 1, all.Count);
        Assert.Equal(all.Count, all.Select(code => code.Code).Distinct().Count());
        Assert.All(all, code =>
        {
            Assert.Matches("^[A-Z]{3}$", code.Code);
            Assert.Same(code, IssuingCodes.Find(code.Code));
            Assert.Same(code, IssuingCodes.Find(code.PrintedAs));
            Assert.All([code.Name, code.NameFr, code.NameEs, code.NameAr], name => Assert.NotEqual("", name));
            Assert.Equal(code.Use == IssuerUse.Withdrawn, code.Successors.Count > 0);
            Assert.All(code.Successors, successor => Assert.NotNull(IssuingCodes.Find(successor)));
        });
        Assert.Equal(["D"], all.Where(code => code.PrintedAs != code.Code).Select(code => code.PrintedAs));
    }

    [Theory]
    [InlineData("UT0", "UTO")]
    [InlineData("ut0", "UTO")]
    [InlineData("GBD", "GBO")]
    [InlineData("GBO", "GBD")]
    [InlineData("GB0", "GBD GBO")]
    [InlineData("0<<", "DEU")]
    [InlineData("0EU", "DEU")]
    [InlineData("FRA", "")]
    [InlineData("DEU", "")]
    [InlineData("", "")]
    [InlineData("0EUT", "")]
    public void Lists_the_codes_one_look_alike_away(string text, string codes) =>
        Assert.Equal(codes, string.Join(' ', IssuingCodes.OneConfusableAway(text).Select(code => code.Code).Order(StringComparer.Ordinal)));

    [Fact]
    public void The_codes_one_look_alike_away_are_those_that_a_full_comparison_finds() =>
        Gen.OneOf(Gen.OneOf(IssuingCodes.All.Select(code => code.Code).ToArray()), Gen.Char['0', 'Z'].Array[1, 3].Select(chars => new string(chars))).Sample(printed =>
        {
            var text = printed.TrimEnd('<');
            var itself = IssuingCodes.Find(text);
            var expected = IssuingCodes.All.Where(code => code != itself && new[] { code.Code, code.PrintedAs }.Concat(
                    code.Code == "RKS" ? ["XKK", "XXK", "XKX"] : Array.Empty<string>())
                .Any(spelling => spelling.Length == text.Length
                    && spelling.Zip(text).Count(pair => pair.First != pair.Second) == 1
                    && spelling.Zip(text).All(pair => pair.First == pair.Second || Confusables.AreLookAlikes(pair.First, pair.Second))));
            Assert.Equal(expected.ToHashSet(), IssuingCodes.OneConfusableAway(printed).ToHashSet());
        }, iter: 2_000);

    [Fact]
    public void Packs_every_code_into_a_number_of_its_own()
    {
        Assert.All(IssuingCodes.All, code => Assert.Equal(code.Code, IssuingCodes.Unpack(IssuingCodes.Pack(code.Code))));
        Assert.Equal(IssuingCodes.All.Count, IssuingCodes.All.Select(code => IssuingCodes.Pack(code.Code)).Distinct().Count());
    }

    // The index on disk and offline copies hold these numbers: a change makes every one of them wrong.
    [Theory]
    [InlineData("AAA", 757)]
    [InlineData("DEU", 3072)]
    [InlineData("ZZZ", 19682)]
    public void The_packed_number_is_a_promise(string code, int packed)
    {
        Assert.Equal(packed, IssuingCodes.Pack(code));
        Assert.Equal(code, IssuingCodes.Unpack((ushort)packed));
    }

    [Theory]
    [InlineData("D")]
    [InlineData("deu")]
    [InlineData("UT0")]
    [InlineData("D<<")]
    public void Packs_nothing_but_three_letters(string code) => Assert.Throws<ArgumentException>(() => IssuingCodes.Pack(code));

    [Theory]
    [InlineData(0)]
    [InlineData(756)]
    [InlineData(19683)]
    [InlineData(65535)]
    public void Unpacks_no_number_that_no_code_has(int packed) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => IssuingCodes.Unpack((ushort)packed));
}

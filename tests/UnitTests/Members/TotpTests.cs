using System.Text;
using CsCheck;
using Liaison.Members.Domain;

namespace UnitTests.Members;

public sealed class TotpTests
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238 appendix B, the last six of the eight digits printed there.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) =>
        Assert.Equal(code, Totp.Code(Key, DateTimeOffset.FromUnixTimeSeconds(seconds)));

    [Fact]
    public void A_code_holds_one_step_before_and_after() => Gen.Select(Gen.Long[1000, 4_000_000_000], Gen.Int[-4, 4]).Sample((seconds, off) =>
    {
        var (now, step) = (DateTimeOffset.FromUnixTimeSeconds(seconds), seconds / 30 + off);
        var found = Totp.StepOf(Key, Totp.Code(Key, step), now);
        // A code of another step may be the same by chance, one in a million.
        Assert.True(Math.Abs(off) <= 1 ? found is not null && Totp.Code(Key, found.Value) == Totp.Code(Key, step) : found is null || found != step);
    });

    [Theory]
    [InlineData("")]
    [InlineData("28708")]
    [InlineData("2870820")]
    [InlineData("٢٨٧٠٨٢")]
    [InlineData("abcdef")]
    public void What_is_no_code_is_none(string typed) => Assert.Null(Totp.StepOf(Key, typed, DateTimeOffset.FromUnixTimeSeconds(59)));

    [Fact]
    public void Spaces_do_not_count() => Assert.Equal(1, Totp.StepOf(Key, "287 082", DateTimeOffset.FromUnixTimeSeconds(59)));

    /// <summary>RFC 4648 section 10, without the padding.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Keys_are_written_as_the_standard_says(string text, string encoded) => Assert.Equal(encoded, Base32.Encode(Encoding.ASCII.GetBytes(text)));
}

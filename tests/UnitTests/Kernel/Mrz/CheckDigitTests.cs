using Liaison.Kernel.Mrz;
using Liaison.Kernel.Text;

namespace UnitTests.Kernel.Mrz;

public sealed class CheckDigitTests
{
    // The examples of ICAO 9303-3 §4.9 and the specimens of parts 4 to 6.
    [Theory]
    [InlineData("520727", 3)]
    [InlineData("AB2134<<<", 5)]
    [InlineData("L898902C3", 6)]
    [InlineData("740812", 2)]
    [InlineData("ZE184226B<<<<<", 1)]
    [InlineData("<<<<<<", 0)]
    [InlineData("", 0)]
    [InlineData("l898902C3", -1)]
    [InlineData("L89 902C3", -1)]
    [InlineData("٠", -1)]
    public void Of_known_examples(string text, int digit) => Assert.Equal(digit, CheckDigit.Of(text));

    /// <summary>What the class says about look-alikes: all are found but 1/L and 6/G.</summary>
    [Fact]
    public void Look_alikes_that_no_check_digit_finds_are_1_L_and_6_G()
    {
        const string All = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        var missed = from a in All
                     from b in All
                     where a < b && Confusables.AreLookAlikes(a, b)
                     where new[] { "{0}", "X{0}", "XX{0}" }.All(f => CheckDigit.Of(string.Format(f, a)) == CheckDigit.Of(string.Format(f, b)))
                     select $"{a}{b}";
        Assert.Equal(["1L", "6G"], missed);
    }
}

using CsCheck;
using Liaison.Platform.Webhooks;

namespace UnitTests.Platform;

/// <summary>When what could not be told is tried again.</summary>
public sealed class BackOffTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(5, 81)]
    [InlineData(10, 19_683)]
    [InlineData(11, 21_600)]
    [InlineData(20, 21_600)]
    [InlineData(int.MaxValue, 21_600)]
    public void Three_times_as_long_each_time_up_to_six_hours_of_which_chance_takes_up_to_a_quarter(int attempts, double seconds)
    {
        Assert.Equal(seconds * 0.75, BackOff.After(attempts, 0).TotalSeconds, 6);
        Assert.Equal(seconds, BackOff.After(attempts, 1).TotalSeconds, 6);
    }

    [Fact]
    public void It_never_grows_shorter_and_chance_alone_brings_nobody_before_the_try_before() =>
        Gen.Select(Gen.Int[1, 9], Gen.Double[0, 1], Gen.Double[0, 1]).Sample((attempts, one, other) =>
            Assert.True(BackOff.After(attempts, one) < BackOff.After(attempts + 1, other)));

    [Fact]
    public void All_tries_take_some_two_and_a_half_days()
    {
        var least = Enumerable.Range(1, BackOff.MostAttempts - 1).Sum(n => BackOff.After(n, 0).TotalDays);
        var most = Enumerable.Range(1, BackOff.MostAttempts - 1).Sum(n => BackOff.After(n, 1).TotalDays);
        Assert.InRange(least, 1.9, 2.6);
        Assert.InRange(most, 2.4, 2.6);
    }
}

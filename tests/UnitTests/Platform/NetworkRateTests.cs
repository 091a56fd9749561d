using System.Net;
using Liaison.Platform.Access;

namespace UnitTests.Platform;

public sealed class NetworkRateTests
{
    private readonly StoppedClock clock = new();

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.8", false)]
    [InlineData("2001:db8:1:2::7", "2001:db8:1:2:ffff::8", true)]
    [InlineData("2001:db8:1:2::7", "2001:db8:1:3::7", false)]
    [InlineData("2001:db8:1:2::7%5", "2001:db8:1:2::8", true)]
    [InlineData("::1", "192.0.2.7", false)]
    [InlineData(null, null, true)]
    [InlineData(null, "192.0.2.7", false)]
    public void A_network_is_an_address_of_IPv4_or_64_bits_of_IPv6(string? one, string? other, bool isSame)
    {
        var rate = new NetworkRate(1, clock);
        Assert.True(rate.Take(Address(one)));
        Assert.Equal(isSame, rate.IsFull(Address(other)));
        Assert.Equal(!isSame, rate.Take(Address(other)));
    }

    [Fact]
    public void Another_minute_begins_anew_and_what_is_given_back_counts_for_nothing()
    {
        var (rate, from) = (new NetworkRate(2, clock), Address("192.0.2.7"));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => rate.Take(from)));
        rate.GiveBack(from);
        Assert.True(rate.IsFull(from));
        rate.GiveBack(from);
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(_ => rate.Take(from)));
        clock.Minute++;
        rate.GiveBack(from);
        Assert.False(rate.IsFull(from));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => rate.Take(from)));
    }

    [Fact]
    public async Task Of_many_at_once_no_more_than_the_limit_pass()
    {
        var (rate, from) = (new NetworkRate(1_000, clock), Address("192.0.2.7"));
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Enumerable.Range(0, 500).Count(_ => rate.Take(from)))));
        Assert.Equal(1_000, taken.Sum());
    }

    [Fact]
    public void A_site_of_IPv6_may_sixteen_times_as_much_however_it_is_divided()
    {
        var rate = new NetworkRate(3, clock);
        var taken = Enumerable.Range(0, 60).Count(i => rate.Take(Address($"2001:db8:1:{i:x}::1")));
        Assert.Equal(3 * ClientNetwork.NearOfSite, taken);
        Assert.True(rate.IsFull(Address("2001:db8:1:ffff::1")));
        Assert.True(rate.Take(Address("2001:db8:2:1::1")));
        clock.Minute++;
        Assert.True(rate.Take(Address("2001:db8:1:ffff::1")));
    }

    [Fact]
    public void What_one_network_is_refused_is_not_taken_from_its_site()
    {
        var rate = new NetworkRate(3, clock);
        Assert.Equal(3, Enumerable.Range(0, 20 * 3 * ClientNetwork.NearOfSite).Count(_ => rate.Take(Address("2001:db8:1:1::1"))));
        Assert.True(rate.Take(Address("2001:db8:1:2::1")));
    }

    [Fact]
    public void The_first_network_of_a_site_is_not_the_site()
    {
        var rate = new NetworkRate(1, clock);
        Assert.True(rate.Take(Address("2001:db8:1:0::1")));
        Assert.False(rate.Take(Address("2001:db8:1:0::1")));
        Assert.True(rate.Take(Address("2001:db8:1:1::1")));
    }

    private static IPAddress? Address(string? text) => text is null ? null : IPAddress.Parse(text);

    private sealed class StoppedClock : TimeProvider
    {
        public long Minute { get; set; }

        public override long GetTimestamp() => (1_000 + Minute) * 60 * TimestampFrequency;
    }
}

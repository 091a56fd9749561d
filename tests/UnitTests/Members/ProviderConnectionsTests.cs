using System.Net;
using System.Net.Sockets;
using Liaison.Members.Providers;

namespace UnitTests.Members;

/// <summary>The hub connects nowhere that a member's administrator should not make it connect to.</summary>
public sealed class ProviderConnectionsTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("ff02::1", false)]
    public void Only_public_networks_are_reached(string address, bool may)
    {
        using var connections = new ProviderConnections(new());
        Assert.Equal(may, connections.MayReach(IPAddress.Parse(address)));
    }

    [Fact]
    public void What_the_operator_lists_is_reached_too()
    {
        using var connections = new ProviderConnections(new() { Networks = [IPNetwork.Parse("10.1.0.0/16")] });
        Assert.True(connections.MayReach(IPAddress.Parse("10.1.2.3")));
        Assert.False(connections.MayReach(IPAddress.Parse("10.2.2.3")));
    }

    [Theory]
    [InlineData("https://login.example/a", true)]
    [InlineData("http://login.example/a", false)]
    [InlineData("http://localhost:8080", false)]
    [InlineData("https://user@login.example", false)]
    [InlineData("https://login.example/#a", false)]
    [InlineData("ftp://login.example", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("/relative", false)]
    [InlineData(null, false)]
    public void Only_https_is_spoken(string? address, bool may)
    {
        using var connections = new ProviderConnections(new());
        Assert.Equal(may, connections.MayBe(address));
    }

    /// <summary>The listener would take the connection, if one came.</summary>
    [Theory]
    [InlineData("https://127.0.0.1:{0}/")]
    [InlineData("https://localhost:{0}/")]
    [InlineData("https://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("https://2130706433:{0}/")]
    [InlineData("http://127.0.0.1:{0}/")]
    public async Task Nothing_is_connected_that_may_not_be(string address)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var connections = new ProviderConnections(new());
        var uri = new Uri(string.Format(System.Globalization.CultureInfo.InvariantCulture, address, ((IPEndPoint)listener.LocalEndpoint).Port));
        await Assert.ThrowsAsync<HttpRequestException>(() => connections.Client.GetAsync(uri, TestContext.Current.CancellationToken));
        Assert.False(listener.Pending());
    }
}

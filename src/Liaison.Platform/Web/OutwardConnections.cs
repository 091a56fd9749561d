using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Liaison.Platform.Web;

/// <summary>Where the hub may connect to when somebody else named the address.</summary>
public sealed record OutwardOptions
{
    /// <summary>Networks besides the public ones; what is in neither is never connected to.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Loopback too, there also without TLS. For Development.</summary>
    public bool IsLoopbackAllowed { get; init; }

    /// <summary>How long a connection is used again; zero: each call asks for the address anew.</summary>
    public TimeSpan KeepConnections { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Of an answer that is read into memory.</summary>
    public int LargestAnswer { get; init; } = 256 * 1024;

    /// <summary>Certificates that are trusted instead of those that the machine trusts; empty for the latter.</summary>
    public X509Certificate2Collection Roots { get; init; } = [];

    /// <summary>Asks for the addresses of a name.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = Dns.GetHostAddressesAsync;
}

/// <summary>
/// Connections to addresses that somebody else named, so that none is trusted: TLS only, no redirects, no proxy, no cookies, little time, small answers, and
/// only to networks that are public or that the operator listed. What is connected to is the very address that was judged, so that a name that changes its
/// address meanwhile gains nothing.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class OutwardConnections : IDisposable
{
    private const int LargestHeadersKilobytes = 16, LargestDrain = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly OutwardOptions options;

    public OutwardConnections(OutwardOptions options)
    {
        this.options = options;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, MaxResponseHeadersLength = LargestHeadersKilobytes,
            MaxResponseDrainSize = LargestDrain, ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            ConnectTimeout = Patience, PooledConnectionLifetime = options.KeepConnections, ConnectCallback = ConnectAsync, ActivityHeadersPropagator = null,
        };
        if (options.Roots.Count > 0)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(options.Roots);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        Client = new(handler) { MaxResponseContentBufferSize = options.LargestAnswer, Timeout = Patience };
    }

    public HttpClient Client { get; }

    /// <summary>True of an address that the hub would connect to, as far as it can be told without asking for its name.</summary>
    public bool MayBe(string? address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || IsPlainLoopback(uri));

    public void Dispose() => Client.Dispose();

    /// <summary>May the hub connect there?</summary>
    public bool MayReach(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return (options.IsLoopbackAllowed && IPAddress.IsLoopback(address)) || options.Networks.Any(n => n.Contains(address)) || IsPublic(address);
    }

    private bool IsPlainLoopback(Uri uri) => options.IsLoopbackAllowed && uri.Scheme == Uri.UriSchemeHttp && Frontage.IsLoopback(uri.Host);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        if (!MayBe(context.InitialRequestMessage.RequestUri?.AbsoluteUri)) throw new HttpRequestException("Not an address that the hub calls.");
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await options.Resolve(host.Trim('[', ']'), cancellation);
        var reachable = addresses.Where(MayReach).ToArray();
        if (reachable.Length == 0) throw new ForbiddenNetworkException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>IANA's registries of special-purpose addresses (RFC 6890); of IPv6, unicast that is global, without what carries IPv4 inside.</summary>
    private static bool IsPublic(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? !Special.Any(n => n.Contains(address))
        : GlobalUnicast.Contains(address) && !SpecialOfIPv6.Any(n => n.Contains(address));

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] SpecialOfIPv6 = [IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("3fff::/20")];

    private static readonly IPNetwork[] Special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];
}

/// <summary>An address lies in a network that the hub does not connect to.</summary>
internal sealed class ForbiddenNetworkException() : HttpRequestException("In a network that the hub does not connect to.");

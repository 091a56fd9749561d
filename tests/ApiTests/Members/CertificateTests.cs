using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Liaison.Api;
using Liaison.Hub;
using Liaison.Members.OAuth;
using Liaison.Platform.Web;

namespace ApiTests.Members;

/// <summary>A hub in production behind a TLS proxy on the same machine, which is the only one whose word is taken.</summary>
public sealed class ProxiedHub(TestCluster cluster) : OAuthHub(cluster)
{
    public static readonly Uri Public = new("https://hub.example");

    protected override string EnvironmentName => "Production";

    protected override Frontage Frontage => new() { Address = Public, Proxies = [new IPNetwork(IPAddress.Loopback, 32)] };

    internal async Task<OAuthAnswer> ThroughProxyAsync(Dictionary<string, string> form, X509Certificate2? certificate, string scheme = "https", string from = "192.0.2.7")
    {
        using var content = new FormUrlEncodedContent(form);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, Routes.Token)) { Content = content };
        request.Headers.Add("X-Forwarded-Proto", scheme);
        request.Headers.Add("X-Forwarded-For", from);
        if (certificate is not null) request.Headers.Add("Client-Cert", $":{Convert.ToBase64String(certificate.RawData)}:");
        using var http = new HttpClient();
        using var response = await http.SendAsync(request);
        return await OAuthAnswer.OfAsync(response);
    }
}

/// <summary>Systems that show a certificate (RFC 8705), and whose word about it is believed.</summary>
public sealed class CertificateTests(ProxiedHub hub) : IClassFixture<ProxiedHub>
{
    [Fact]
    public async Task A_registered_certificate_gets_a_token()
    {
        var (client, certificate) = await NewClientAsync();
        var answer = await hub.ThroughProxyAsync(Form(client), certificate);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal(1, await hub.ScalarAsync<long>("""
            SELECT count(*) FROM audit.entry WHERE event = 'members.systemSignedIn' AND account = $1
                AND asked::jsonb ->> 'by' = 'certificate' AND asked::jsonb ->> 'from' = '192.0.2.7'
            """, client));
    }

    [Theory]
    [InlineData("another certificate of the same name")]
    [InlineData("another's certificate")]
    [InlineData("unknown client")]
    public async Task Another_certificate_gets_what_an_unknown_client_gets(string fault)
    {
        var (client, certificate) = await NewClientAsync();
        var shown = fault switch
        {
            "another certificate of the same name" => Certificate(client),
            "another's certificate" => (await NewClientAsync()).Certificate,
            _ => certificate,
        };
        var answer = await hub.ThroughProxyAsync(Form(fault == "unknown client" ? "nobody-of-this-name" : client), shown);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("invalid_client", answer.Error);
        Assert.StartsWith("The client is not known here", answer["error_description"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-2, -1)]
    [InlineData(1, 30)]
    public async Task A_certificate_gets_nothing_before_and_after_its_days(int from, int until)
    {
        var (name, now) = ((await hub.NewSystemAsync()).Name, TimeProvider.System.GetUtcNow());
        var certificate = Certificate(name, now.AddDays(until), now.AddDays(from));
        await SetCertificateAsync(name, certificate);
        Assert.Equal("invalid_client", (await hub.ThroughProxyAsync(Form(name), certificate)).Error);
    }

    [Theory]
    [InlineData(ServerUse, X509KeyUsageFlags.DigitalSignature)]
    [InlineData(ClientUse, X509KeyUsageFlags.KeyCertSign)]
    public async Task A_certificate_for_something_else_is_not_registered_and_gets_nothing_where_it_is(string use, X509KeyUsageFlags usage)
    {
        var (name, good) = await NewClientAsync();
        var bad = Certificate(name, uses: [use], usage: usage);
        Assert.False(ClientKeys.ParseCertificate(bad.ExportCertificatePem()).Is(out _, out var problems));
        Assert.Contains("not for clients", problems![0].Message, StringComparison.Ordinal);
        await hub.RunAsync("""UPDATE members."OpenIddictApplications" SET "JsonWebKeySet" = replace("JsonWebKeySet"::text, $2, $3) WHERE "ClientId" = $1""",
            name, Convert.ToBase64String(good.RawData), Convert.ToBase64String(bad.RawData));
        Assert.Equal("invalid_client", (await hub.ThroughProxyAsync(Form(name), bad)).Error);
        // The way by which it was put there does not spoil a good one.
        await hub.RunAsync("""UPDATE members."OpenIddictApplications" SET "JsonWebKeySet" = replace("JsonWebKeySet"::text, $3, $2) WHERE "ClientId" = $1""",
            name, Convert.ToBase64String(good.RawData), Convert.ToBase64String(bad.RawData));
        Assert.Equal(HttpStatusCode.OK, (await hub.ThroughProxyAsync(Form(name), good)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a certificate")]
    [InlineData("::")]
    [InlineData(":AAAA:")]
    [InlineData(":%00:")]
    [InlineData("twice")]
    [InlineData("long")]
    public async Task What_a_proxy_says_that_is_no_certificate_is_none(string header)
    {
        var (client, certificate) = await NewClientAsync();
        var good = $":{Convert.ToBase64String(certificate.RawData)}:";
        using var content = new FormUrlEncodedContent(Form(client));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(hub.Address, Routes.Token)) { Content = content };
        request.Headers.Add("X-Forwarded-Proto", "https");
        foreach (var value in header switch { "twice" => new[] { good, good }, "long" => [$":{new string('A', 20_000)}:"], _ => [header] })
            request.Headers.TryAddWithoutValidation("Client-Cert", value);
        using var http = new HttpClient();
        using var response = await http.SendAsync(request);
        Assert.Equal("invalid_request", (await OAuthAnswer.OfAsync(response)).Error);
    }

    [Fact]
    public async Task What_others_say_of_themselves_is_not_believed()
    {
        // The hub's second address of loopback is no configured proxy.
        var (client, certificate) = await NewClientAsync();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0));
                await socket.ConnectAsync(IPAddress.Loopback, hub.Address.Port, cancellation);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
        };
        using var http = new HttpClient(handler);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // Without the certificate the first has no credentials at all, and the second has none that hold.
        foreach (var (form, error) in new[] { (Form(client), "invalid_request"), (Assertion.Form(new Assertion(client, ProxiedHub.Public).Sign(key)), "invalid_client") })
        {
            using var content = new FormUrlEncodedContent(form);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(hub.Address, Routes.Token)) { Content = content };
            request.Headers.Add("X-Forwarded-Proto", "https");
            request.Headers.Add("X-Forwarded-For", "192.0.2.8");
            request.Headers.Add("Client-Cert", $":{Convert.ToBase64String(certificate.RawData)}:");
            using var response = await http.SendAsync(request);
            Assert.Equal(error, (await OAuthAnswer.OfAsync(response)).Error);
        }

        Assert.Equal(1, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM audit.entry WHERE event = 'members.signInFailed' AND account = $1 AND asked::jsonb ->> 'from' = '127.0.0.9'", client));
    }

    [Fact]
    public async Task Nothing_but_health_is_answered_to_a_proxy_without_TLS()
    {
        using var http = new HttpClient { BaseAddress = hub.Address };
        Assert.Equal(HttpStatusCode.Forbidden, (await hub.ThroughProxyAsync(Form("any-client"), null, "http")).Status);
        using var status = await http.GetAsync(new Uri(Routes.Status, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, status.StatusCode);
        Assert.Contains("tlsRequired", await status.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var live = await http.GetAsync(new Uri(Routes.Live, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    [Fact]
    public async Task A_secret_is_refused_outside_Development()
    {
        var (client, _) = await hub.NewSystemAsync();
        var secret = "";
        await hub.ChangeAsync(client, async (clients, transaction) => secret = await clients.SetSecretAsync(transaction, client, CancellationToken.None));
        var form = Form(client);
        form["client_secret"] = secret;
        Assert.Equal("invalid_client", (await hub.ThroughProxyAsync(form, null)).Error);
    }

    [Fact]
    public async Task The_hub_has_one_name_whatever_the_request_says()
    {
        var (client, key) = await hub.NewSystemAsync();
        Assert.Equal(HttpStatusCode.OK, (await hub.ThroughProxyAsync(Assertion.Form(new Assertion(client, ProxiedHub.Public).Sign(key)), null)).Status);
        var other = await hub.ThroughProxyAsync(Assertion.Form(new Assertion(client, hub.Address).Sign(key)), null);
        Assert.Contains("https://hub.example", other["error_description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_says_what_it_takes()
    {
        using var http = new HttpClient { BaseAddress = hub.Address };
        http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var response = await http.GetAsync(new Uri(Routes.AuthorizationServer, UriKind.Relative));
        var server = await OAuthAnswer.OfAsync(response);
        Assert.Equal("https://hub.example/", server["issuer"]);
        Assert.Equal("https://hub.example/connect/token", server["token_endpoint"]);
        Assert.Equal("""["private_key_jwt","self_signed_tls_client_auth"]""", JsonNode.Parse(server["token_endpoint_auth_methods_supported"]!)!.ToJsonString());
        Assert.DoesNotContain("jwks_uri", server.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_credentials_everybody_gets_the_same()
    {
        var (client, _) = await NewClientAsync();
        var known = await hub.ThroughProxyAsync(Form(client), null);
        Assert.Equal("invalid_request", known.Error);
        Assert.Equal(known, await hub.ThroughProxyAsync(Form("nobody-of-this-name"), null));
    }

    private static Dictionary<string, string> Form(string client) => new() { ["grant_type"] = "client_credentials", ["client_id"] = client };

    private async Task<(string Name, X509Certificate2 Certificate)> NewClientAsync()
    {
        var name = (await hub.NewSystemAsync()).Name;
        var certificate = Certificate(name);
        await SetCertificateAsync(name, certificate);
        return (name, certificate);
    }

    private Task SetCertificateAsync(string name, X509Certificate2 certificate) => hub.ChangeAsync(name, (clients, transaction) =>
    {
        Assert.True(ClientKeys.ParseCertificate(certificate.ExportCertificatePem()).Is(out var keys, out var problems), problems is { Count: > 0 } ? problems[0].Message : "");
        return clients.SetKeysAsync(transaction, name, keys!, CancellationToken.None);
    });

    private const string ClientUse = "1.3.6.1.5.5.7.3.2", ServerUse = "1.3.6.1.5.5.7.3.1";

    internal static X509Certificate2 Certificate(string name, DateTimeOffset? until = null, DateTimeOffset? from = null, string[]? uses = null,
        X509KeyUsageFlags usage = X509KeyUsageFlags.DigitalSignature)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. (uses ?? [ClientUse, ServerUse]).Select(u => new Oid(u))], false));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, true));
        return request.CreateSelfSigned(from ?? TimeProvider.System.GetUtcNow().AddDays(-2), until ?? TimeProvider.System.GetUtcNow().AddDays(30));
    }
}

/// <summary>A hub with TLS of its own, which asks for certificates on a port of its own.</summary>
public sealed class TlsHub(TestCluster cluster) : OAuthHub(cluster)
{
    private readonly int port = FreePort();

    public Uri CertificateAddress => new($"https://localhost:{port}");

    protected override string EnvironmentName => "Production";

    protected override Frontage Frontage => new() { Address = ProxiedHub.Public, CertificateAddress = CertificateAddress };

    private protected override ServerCertificate? Certificate { get; } = new(CertificateTests.Certificate("localhost"), []);

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

public sealed class TlsTests(TlsHub hub) : IClassFixture<TlsHub>
{
    [Fact]
    public async Task A_certificate_that_the_connection_proves_gets_a_token()
    {
        var name = (await hub.NewSystemAsync()).Name;
        using var certificate = CertificateTests.Certificate(name);
        await hub.ChangeAsync(name, (clients, transaction) =>
        {
            Assert.True(ClientKeys.ParseCertificate(certificate.ExportCertificatePem()).Is(out var keys, out _));
            return clients.SetKeysAsync(transaction, name, keys!, CancellationToken.None);
        });
        Assert.Equal("Bearer", (await PostAsync(name, certificate))["token_type"]);
        using var other = CertificateTests.Certificate(name);
        Assert.Equal("invalid_client", (await PostAsync(name, other)).Error);
        Assert.Equal("invalid_request", (await PostAsync(name, null)).Error);
    }

    [Fact]
    public async Task Over_TLS_every_answer_says_that_there_is_nothing_else()
    {
        using var http = new HttpClient(Handler()) { BaseAddress = hub.CertificateAddress };
        foreach (var path in (string[])["/sign-in", "/sign-in/pages.css", Routes.Status, "/v1/nothing", "/.well-known/openid-configuration"])
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task TLS_of_today_is_taken(SslProtocols version)
    {
        using var client = new System.Net.Sockets.TcpClient("localhost", hub.CertificateAddress.Port);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost", EnabledSslProtocols = version, RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == "CN=localhost",
        });
        Assert.Equal(version, tls.SslProtocol);
    }

    /// <summary>By its bytes, because a library of today offers no TLS of yesterday.</summary>
    [Theory]
    [InlineData(0x0303, "C02BC009C00A", 22)]
    [InlineData(0x0303, "C009C00AC023", 21)]
    [InlineData(0x0302, "C02BC009C00A", 21)]
    [InlineData(0x0301, "C02BC009C00A", 21)]
    [InlineData(0x0300, "C02BC009C00A", 21)]
    public async Task TLS_and_ciphers_of_yesterday_are_refused(int version, string suites, int record)
    {
        byte[] groups = [0, 10, 0, 4, 0, 2, 0, 23], points = [0, 11, 0, 2, 1, 0], signatures = [0, 13, 0, 6, 0, 4, 4, 3, 2, 3];
        byte[] extensions = [.. groups, .. points, .. signatures];
        // ECDHE-ECDSA with AES, in GCM (C02B), which TLS 1.2 has, and in CBC, which those before have too.
        byte[] hello =
        [
            (byte)(version >> 8), (byte)version, .. new byte[32], 0, 0, 6, .. Convert.FromHexString(suites), 1, 0, 0, (byte)extensions.Length, .. extensions,
        ];
        using var client = new System.Net.Sockets.TcpClient("localhost", hub.CertificateAddress.Port);
        var stream = client.GetStream();
        await stream.WriteAsync((byte[])[22, 3, 1, 0, (byte)(hello.Length + 4), 1, 0, 0, (byte)hello.Length, .. hello]);
        var first = new byte[1];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        // 22: its hello; 21: an alert; nothing: it hung up.
        var read = await stream.ReadAsync(first, limit.Token);
        Assert.Equal(record, read == 0 ? 21 : first[0]);
    }

    private static SocketsHttpHandler Handler() => new()
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is X509Certificate2 server && server.Subject == "CN=localhost" },
    };

    private async Task<OAuthAnswer> PostAsync(string client, X509Certificate2? certificate)
    {
        using var handler = Handler();
        if (certificate is not null) handler.SslOptions.ClientCertificates = [certificate];
        using var http = new HttpClient(handler);
        using var content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = client });
        using var response = await http.PostAsync(new Uri(hub.CertificateAddress, Routes.Token), content);
        return await OAuthAnswer.OfAsync(response);
    }
}

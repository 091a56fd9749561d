using System.Net;
using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Authentication;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Liaison.Hub;

/// <summary>Where the hub listens, and whether that is safe: beyond this machine only with TLS, its own or a proxy's.</summary>
internal static class Listening
{
    /// <summary>Those that RFC 9325 section 4.2 recommends, and all of TLS 1.3 but those for small devices: keys are forgotten, and what was changed is seen.</summary>
    private static readonly TlsCipherSuite[] Suites =
    [
        TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    /// <summary>Null, or the one line that says why the hub does not start.</summary>
    public static string? Refuse(HubSettings settings)
    {
        foreach (var url in Urls(settings))
        {
            if (Address(url) is not { } address) return $"LIAISON_URLS: {url} is no address as http://127.0.0.1:8080 or https://0.0.0.0:8443.";
            if (address.Scheme == Uri.UriSchemeHttps && settings.Certificate is null)
                return $"The hub would listen on {url} and has no certificate: name it in LIAISON_CERTIFICATE.";
            if (Frontage.IsLoopback(address.Host)) continue;
            if (settings.EnvironmentName == Environments.Development)
                return $"A development hub may have synthetic accounts and would listen on {address.Host}. Listen on 127.0.0.1 only.";
            if (address.Scheme == Uri.UriSchemeHttp && settings.Frontage.Proxies.Count == 0)
                return $"The hub would listen on {address.Host} without TLS. Listen on https with LIAISON_CERTIFICATE, or name the TLS proxies before it in LIAISON_PROXIES.";
            if (settings.Frontage.Address is null)
                return $"The hub would listen on {address.Host} and does not know its public address: set LIAISON_ADDRESS, as https://hub.example.";
        }

        return settings.Frontage.CertificateAddress is null || settings is { Certificate: not null, Frontage.Address: not null } ? null
            : "LIAISON_CLIENT_CERTIFICATE_ADDRESS needs LIAISON_CERTIFICATE, because the hub itself asks for certificates there, and LIAISON_ADDRESS.";
    }

    public static void Apply(HubSettings settings, KestrelServerOptions kestrel)
    {
        foreach (var url in Urls(settings))
        {
            var address = Address(url)!;
            Listen(kestrel, address, listen =>
            {
                if (address.Scheme == Uri.UriSchemeHttps) listen.UseHttps(https => Show(settings.Certificate!, https));
            });
        }

        // Only here: a browser that is asked for a certificate anywhere else would ask its person.
        if (settings.Frontage.CertificateAddress is { } certificates)
            kestrel.ListenAnyIP(certificates.Port, listen => listen.UseHttps(https =>
            {
                Show(settings.Certificate!, https);
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                // Whose it is decides the token endpoint, by what the account registered.
                https.AllowAnyClientCertificate();
            }));
    }

    private static void Show(ServerCertificate certificate, HttpsConnectionAdapterOptions https)
    {
        (https.ServerCertificate, https.ServerCertificateChain) = (certificate.Own, certificate.Chain);
        // RFC 8996: whatever the operating system would still take.
        https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        if (!OperatingSystem.IsWindows()) https.OnAuthenticate = TakeGoodSuites;
    }

    [UnsupportedOSPlatform("windows")]
    private static void TakeGoodSuites(ConnectionContext connection, SslServerAuthenticationOptions tls) => tls.CipherSuitesPolicy = new(Suites);

    private static void Listen(KestrelServerOptions kestrel, Uri address, Action<ListenOptions> configure)
    {
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) kestrel.Listen(ip, address.Port, configure);
        else if (Frontage.IsLoopback(address.Host)) kestrel.ListenLocalhost(address.Port, configure);
        else kestrel.ListenAnyIP(address.Port, configure);
    }

    private static string[] Urls(HubSettings settings) =>
        settings.Urls?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [$"http://127.0.0.1:{settings.Port}"];

    /// <summary>Kestrel takes * and + for every address of the machine; a Uri does not.</summary>
    private static Uri? Address(string url) => Uri.TryCreate(
            url.Replace("://*", "://[::]", StringComparison.Ordinal).Replace("://+", "://[::]", StringComparison.Ordinal), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.PathAndQuery == "/" ? address : null;
}

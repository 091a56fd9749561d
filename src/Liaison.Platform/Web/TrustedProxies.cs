using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace Liaison.Platform.Web;

/// <summary>
/// What a TLS proxy says of its callers (address, scheme, certificate) is believed of configured proxies and of nobody else. Part of the
/// pipeline only where proxies are configured.
/// </summary>
public static class TrustedProxies
{
    /// <summary>RFC 9440 section 2.2: the caller's certificate, base64 of its DER form between colons.</summary>
    public const string CertificateHeader = "Client-Cert";

    private const int LongestCertificate = 16 * 1024;

    private static readonly PathString Health = "/health";

    public static void UseTrustedProxies(this IApplicationBuilder app, Frontage frontage)
    {
        app.Use(next => http => BelieveAsync(http, frontage, next));
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // Each hop that is taken off must be a configured proxy, so a caller's own entries are never reached.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in frontage.Proxies) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
        app.Use(next => http => RequireTlsAsync(http, next));
    }

    private static Task BelieveAsync(HttpContext http, Frontage frontage, RequestDelegate next)
    {
        var isProxy = frontage.IsProxy(http.Connection.RemoteIpAddress);
        var isLocal = !isProxy && http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer);
        http.Features.Set(new Peer(isLocal));
        if (isProxy && http.Request.Headers.TryGetValue(CertificateHeader, out var header)) http.Connection.ClientCertificate = Read(header.ToString());
        return next(http);
    }

    /// <summary>A load balancer may ask in the clear whether the node is well; nothing else is answered without TLS.</summary>
    private static Task RequireTlsAsync(HttpContext http, RequestDelegate next) =>
        http.Request.IsHttps || http.Features.Get<Peer>() is { IsLocal: true } || http.Request.Path.StartsWithSegments(Health, StringComparison.Ordinal)
            ? next(http)
            : Answers.Problem(PlatformProblems.TlsRequired, "Use https. A proxy says by X-Forwarded-Proto: https that its caller did.").ExecuteAsync(http);

    /// <summary>The certificate of a header, or null: a header that holds none shows none.</summary>
    internal static X509Certificate2? Read(string header)
    {
        if (header.Length is < 3 or > LongestCertificate || header[0] != ':' || header[^1] != ':') return null;
        var bytes = new byte[header.Length];
        try
        {
            if (!Convert.TryFromBase64String(header[1..^1], bytes, out var length)) return null;
            var certificate = X509CertificateLoader.LoadCertificate(bytes.AsSpan(0, length));
            // The loader passes over what follows a certificate, and takes PEM: whatever is not the one certificate that was registered shows none.
            if (certificate.RawData.AsSpan().SequenceEqual(bytes.AsSpan(0, length))) return certificate;
            certificate.Dispose();
            return null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Peer(bool IsLocal);
}

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Liaison.Platform.Web;

/// <summary>What a browser must obey (OWASP ASVS 5, 3.4). Made once: an answer sets them by reference.</summary>
public static class PageHeaders
{
    private static readonly StringValues NoStore = "no-store", NoSniffing = "nosniff", DataPolicy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'", NoReferrer = "no-referrer", OwnOrigin = "same-origin", Year = "max-age=31536000",
        Features = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)";

    /// <summary>Of what is for programs: kept by no cache, what it says it is, and where a browser shows it all the same, nothing loads and nobody frames it.</summary>
    public static void ApplyToData(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.CacheControl = NoStore;
        headers.ContentSecurityPolicy = DataPolicy;
        Everywhere(http, headers);
    }

    /// <summary>Of a page.</summary>
    /// <param name="http">The request.</param>
    /// <param name="policy">What the page may load and who may frame it: Content-Security-Policy.</param>
    public static void Apply(HttpContext http, StringValues policy)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        Everywhere(http, headers);
        headers["Referrer-Policy"] = NoReferrer;
        headers["Cross-Origin-Opener-Policy"] = OwnOrigin;
        headers["Cross-Origin-Resource-Policy"] = OwnOrigin;
        headers["Permissions-Policy"] = Features;
    }

    private static void Everywhere(HttpContext http, IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = NoSniffing;
        if (http.Request.IsHttps) headers.StrictTransportSecurity = Year;
    }
}

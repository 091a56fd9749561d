using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Liaison.Platform.Web;

/// <summary>What a browser must obey (OWASP ASVS 5, 3.4). Made once: a page sets them by reference.</summary>
public static class PageHeaders
{
    private static readonly StringValues NoSniffing = "nosniff", NoReferrer = "no-referrer", OwnOrigin = "same-origin", Year = "max-age=31536000",
        Features = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)";

    /// <summary>Of every answer: what it says it is, it is.</summary>
    public static void NoSniff(IHeaderDictionary headers) => headers.XContentTypeOptions = NoSniffing;

    /// <summary>Of a page.</summary>
    /// <param name="http">The request.</param>
    /// <param name="policy">What the page may load and who may frame it: Content-Security-Policy.</param>
    public static void Apply(HttpContext http, StringValues policy)
    {
        var headers = http.Response.Headers;
        if (http.Request.IsHttps) headers.StrictTransportSecurity = Year;
        headers.ContentSecurityPolicy = policy;
        NoSniff(headers);
        headers["Referrer-Policy"] = NoReferrer;
        headers["Cross-Origin-Opener-Policy"] = OwnOrigin;
        headers["Cross-Origin-Resource-Policy"] = OwnOrigin;
        headers["Permissions-Policy"] = Features;
    }
}

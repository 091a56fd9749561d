using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Liaison.Members.SignIn;

/// <summary>What the browser holds of a session: 256 random bits, and nothing that means anything.</summary>
internal static class SessionCookie
{
    private const int TokenLength = 32;

    /// <summary>SHA-256 of what the request brought, or null.</summary>
    public static byte[]? Hash(HttpContext http) => http.Request.Cookies[Name(http)] is { Length: > 0 and < 64 } token ? HashOf(token) : null;

    /// <summary>Gives the browser a new one.</summary>
    /// <returns>Its SHA-256.</returns>
    public static byte[] Give(HttpContext http)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenLength));
        http.Response.Cookies.Append(Name(http), token, Options(http));
        return HashOf(token);
    }

    public static void Take(HttpContext http) => http.Response.Cookies.Delete(Name(http), Options(http));

    public static byte[] HashOf(string token) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));

    /// <summary>
    /// OWASP ASVS 5, 3.3.1 and 3.3.3. Without TLS, which the hub allows within this machine only, a browser would drop the stricter one.
    /// </summary>
    private static string Name(HttpContext http) => http.Request.IsHttps ? "__Host-liaison" : "liaison";

    private static CookieOptions Options(HttpContext http) =>
        new() { HttpOnly = true, Secure = http.Request.IsHttps, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true };
}

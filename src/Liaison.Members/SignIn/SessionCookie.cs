using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Liaison.Members.SignIn;

/// <summary>What the browser holds of a session: 256 random bits, and nothing that means anything.</summary>
internal sealed class SessionCookie(IHostEnvironment environment)
{
    private const int TokenLength = 32;

    /// <summary>OWASP ASVS 5, 3.3.1 and 3.3.3. A development hub has no TLS: there a browser would drop such a cookie.</summary>
    public bool IsSecure(HttpContext http) => http.Request.IsHttps || !environment.IsDevelopment();

    /// <summary>True where pages may be shown: over TLS, or on a development hub.</summary>
    public bool IsSafe(HttpContext http) => http.Request.IsHttps || environment.IsDevelopment();

    /// <summary>SHA-256 of what the request brought, or null.</summary>
    public byte[]? Hash(HttpContext http) => http.Request.Cookies[Name(http)] is { Length: > 0 and < 64 } token ? HashOf(token) : null;

    /// <summary>Gives the browser a new one.</summary>
    /// <returns>Its SHA-256.</returns>
    public byte[] Give(HttpContext http)
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenLength));
        http.Response.Cookies.Append(Name(http), token, Options(http));
        return HashOf(token);
    }

    public void Take(HttpContext http) => http.Response.Cookies.Delete(Name(http), Options(http));

    public static byte[] HashOf(string token) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));

    private string Name(HttpContext http) => IsSecure(http) ? "__Host-liaison" : "liaison";

    private CookieOptions Options(HttpContext http) =>
        new() { HttpOnly = true, Secure = IsSecure(http), SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true };
}

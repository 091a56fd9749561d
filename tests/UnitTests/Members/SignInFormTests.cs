using CsCheck;
using Liaison.Members.Domain;
using Liaison.Members.SignIn;
using Microsoft.AspNetCore.Http;

namespace UnitTests.Members;

public sealed class SignInFormTests
{
    [Theory]
    [InlineData("/device?user_code=BCDF-GHJK", "/device?user_code=BCDF-GHJK")]
    [InlineData("/account/password", "/account/password")]
    [InlineData("//evil.example", "/account")]
    [InlineData("/\\evil.example", "/account")]
    [InlineData("https://evil.example", "/account")]
    [InlineData("javascript:alert(1)", "/account")]
    [InlineData("/account\r\nSet-Cookie: a=b", "/account")]
    [InlineData("/\t/evil.example", "/account")]
    [InlineData("", "/account")]
    [InlineData(null, "/account")]
    public void Nobody_is_sent_elsewhere(string? next, string expected) => Assert.Equal(expected, SeeOther.Local(next));

    [Theory]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows")]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iPhone")]
    [InlineData("<script>", "?, ?")]
    public void A_browser_is_known_by_its_name(string userAgent, string name) => Assert.Equal(name, BrowserName.Of(userAgent));

    /// <summary>OWASP ASVS 5, 3.3: over TLS a browser takes this cookie from this very host only, keeps it from scripts and from requests of other sites.</summary>
    [Theory]
    [InlineData("https", "__Host-liaison", true)]
    [InlineData("http", "liaison", false)]
    public void The_cookie_of_a_session_is_as_strict_as_the_line_allows(string scheme, string name, bool isSecure)
    {
        var http = new DefaultHttpContext { Request = { Scheme = scheme } };
        var hash = SessionCookie.Give(http);
        var cookie = http.Response.Headers.SetCookie.ToString();
        Assert.StartsWith(name + "=", cookie, StringComparison.Ordinal);
        Assert.Equal(isSecure, cookie.Contains("; secure", StringComparison.Ordinal));
        foreach (var wanted in new[] { "; httponly", "; samesite=strict", "; path=/" }) Assert.Contains(wanted, cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("domain", cookie, StringComparison.Ordinal);
        var token = cookie[(name.Length + 1)..cookie.IndexOf(';', StringComparison.Ordinal)];
        Assert.Equal((43, Convert.ToHexString(SessionCookie.HashOf(token))), (token.Length, Convert.ToHexString(hash)));
    }

    [Fact]
    public void A_label_is_short_plain_and_never_empty() => Gen.String.Sample(typed =>
        PasskeyLabel.Of(typed) is { Length: > 0 and <= 60 } label && !label.Any(char.IsControl));
}

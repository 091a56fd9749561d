using System.Net;
using Liaison.Platform.Access;

namespace ApiTests.Members;

/// <summary>Pages that take little of strangers.</summary>
public sealed class FloodedSignInHub(TestCluster cluster) : SignInHub(cluster)
{
    public const int Limit = 20;

    protected override RateLimits Rates => new(int.MaxValue, int.MaxValue) { Unknown = Limit };
}

/// <summary>A flood from the same network keeps nobody out who is signed in, and lets nobody in who was.</summary>
public sealed class FloodedPagesTests(FloodedSignInHub hub) : IClassFixture<FloodedSignInHub>
{
    [Fact]
    public async Task Who_is_signed_in_goes_on_and_an_ended_session_is_a_stranger()
    {
        using var browser = new PlainBrowser(hub);
        await browser.EnrolAsync();
        var cookies = browser.Cookies(hub.Site);
        Assert.Contains(HttpStatusCode.TooManyRequests, await FloodAsync(null));
        using (var page = await browser.GetAsync("/account")) Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal([HttpStatusCode.OK], (await FloodAsync(cookies, "/account")).Distinct());

        await hub.RunAsync("UPDATE members.session SET ended_at = now()");
        Assert.Contains(HttpStatusCode.TooManyRequests, await FloodAsync(cookies));
    }

    /// <summary>More than two minutes' worth.</summary>
    private async Task<List<HttpStatusCode>> FloodAsync(string? cookies, string path = "/enrol?token=made-up")
    {
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = hub.Site };
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 2 * FloodedSignInHub.Limit + 5; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (cookies is not null) request.Headers.Add("Cookie", cookies);
            using var answer = await http.SendAsync(request);
            answers.Add(answer.StatusCode);
        }

        return answers;
    }
}

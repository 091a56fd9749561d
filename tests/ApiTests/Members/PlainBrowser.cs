using System.Net;
using System.Text.RegularExpressions;
using Liaison.Members.Domain;

namespace ApiTests.Members;

/// <summary>What a browser does with the pages, without one: cookies, forms, no redirects by itself.</summary>
internal sealed partial class PlainBrowser(SignInHub? hub, Uri? site = null) : IDisposable
{
    public const string Password = "correct horse battery staple";

    private readonly HttpClientHandler cookies = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
    private HttpClient? client;
    private string raw = "";

    /// <summary>The last page's proof that a form is the hub's own.</summary>
    public string Guard { get; set; } = "";

    /// <summary>Whence it says that requests come, as browsers do (Fetch Metadata); null says nothing.</summary>
    public string? Site { get; set; }

    public string Body { get; private set; } = "";

    private HttpClient Client => client ??= new(cookies) { BaseAddress = site ?? hub!.Site };

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        var form = fields.Append(("form", Guard)).Select(f => KeyValuePair.Create(f.Item1, f.Item2));
        return SendAsync(new(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) });
    }

    /// <summary>The fields of a page that sets a password, filled in well.</summary>
    public (string, string)[] NewPassword(byte[] key, DateTimeOffset now) =>
    [
        ("token", TokenField().Match(Body).Groups[1].Value), ("state", OfferField().Match(Body).Groups[1].Value), ("password", Password),
        ("code", Totp.Code(key, now)),
    ];

    /// <summary>What the page wants back with the answer of a passkey.</summary>
    public string Ceremony() => CeremonyField().Match(Body) is { Success: true } found ? found.Groups[1].Value : throw new InvalidOperationException("No passkey is asked for.");

    /// <summary>The authenticator's key that the page shows.</summary>
    public byte[] Key()
    {
        var (bytes, held, bits) = (new List<byte>(), 0, 0);
        foreach (var c in ShownKey().Match(Body).Groups[1].Value.Where(c => c != ' '))
        {
            held = (held << 5 | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal)) & 0xFFF;
            if ((bits += 5) >= 8) bytes.Add((byte)(held >> (bits -= 8)));
        }

        return [.. bytes];
    }

    /// <summary>A new person with password and authenticator, signed in here.</summary>
    public async Task<(string Account, byte[] Key)> EnrolAsync(string? account = null)
    {
        account ??= await hub!.InvitePersonAsync();
        using var shown = await GetAsync(await hub!.LinkAsync(account));
        var key = Key();
        using var done = await PostAsync("/enrol/password", NewPassword(key, hub.Time.GetUtcNow()));
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        return (account, key);
    }

    /// <summary>What is the same whoever asks and whenever.</summary>
    public string Constant() => Changing().Replace(raw, "$1=\"\"");

    /// <summary>To a provider and back.</summary>
    /// <returns>What the hub made of it.</returns>
    public async Task<HttpStatusCode> ViaAsync(string path)
    {
        using var start = await GetAsync(path);
        if (start.StatusCode != HttpStatusCode.Found) return start.StatusCode;
        using var there = await GetAsync(start.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.Found, there.StatusCode);
        using var back = await GetAsync(there.Headers.Location!.ToString());
        return back.StatusCode;
    }

    public string Cookies(Uri site) => cookies.CookieContainer.GetCookieHeader(site);

    /// <summary>Gives the browser cookies as <see cref="Cookies"/> told them.</summary>
    public void Put(Uri site, string told)
    {
        foreach (var cookie in told.Split("; ")) cookies.CookieContainer.SetCookies(site, cookie + "; path=/");
    }

    public void Dispose()
    {
        client?.Dispose();
        cookies.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            if (Site is not null) request.Headers.Add("Sec-Fetch-Site", Site);
            var response = await Client.SendAsync(request);
            raw = await response.Content.ReadAsStringAsync();
            Body = WebUtility.HtmlDecode(raw);
            if (GuardField().Match(Body) is { Success: true } guard) Guard = guard.Groups[1].Value;
            return response;
        }
    }

    [GeneratedRegex("name=\"form\" value=\"([^\"]+)\"")]
    private static partial Regex GuardField();

    [GeneratedRegex("name=\"token\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();

    [GeneratedRegex("data-passkey=.*?name=\"state\" value=\"([^\"]+)\"", RegexOptions.Singleline)]
    private static partial Regex CeremonyField();

    [GeneratedRegex("data-key>([^<]+)<.*?name=\"state\" value=\"([^\"]+)\"", RegexOptions.Singleline)]
    private static partial Regex ShownKey();

    [GeneratedRegex("data-key>[^<]+<.*?name=\"state\" value=\"([^\"]+)\"", RegexOptions.Singleline)]
    private static partial Regex OfferField();

    [GeneratedRegex("(value|data-options)=\"[^\"]*\"")]
    private static partial Regex Changing();
}

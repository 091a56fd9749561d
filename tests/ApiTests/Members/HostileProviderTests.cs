using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Liaison.Api.Members;
using Microsoft.AspNetCore.Http;

namespace ApiTests.Members;

/// <summary>What a provider, or somebody between, does wrong: nobody comes in, and nothing tells why.</summary>
public sealed class HostileProviderTests(SignInHub hub) : IClassFixture<SignInHub>, IAsyncLifetime
{
    private static readonly ECDsa OtherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly RSA RsaKey = RSA.Create(2048);

    private TestProvider provider = null!;
    private Provider registered = null!;
    private string account = "";

    private static readonly Dictionary<string, Lies> Tokens = new()
    {
        ["another issuer"] = Claim("iss", "https://evil.example"),
        ["issuer with a slash more"] = new() { Claims = c => c["iss"] = $"{c["iss"]}/" },
        ["another audience"] = Claim("aud", "another-client"),
        ["no audience"] = Claim("aud", null),
        ["two audiences and no party"] = Claim("aud", new JsonArray(TestProvider.ClientId, "another-client")),
        ["another party"] = Claim("azp", "another-client"),
        ["another nonce"] = Claim("nonce", "638000000000000000.AAAA"),
        ["no nonce"] = Claim("nonce", null),
        ["no subject"] = Claim("sub", null),
        ["another subject"] = Claim("sub", "somebody-else"),
        ["subject in other letters"] = new() { Claims = c => c["sub"] = c["sub"]!.ToString().ToUpperInvariant() },
        ["no expiry"] = Claim("exp", null),
        ["expired"] = new() { Claims = c => c["exp"] = c["iat"]!.GetValue<long>() - 61 },
        ["not yet valid"] = new() { Claims = c => c["nbf"] = c["iat"]!.GetValue<long>() + 120 },
        ["no time of proof"] = Claim("auth_time", null),
        ["proved too long ago"] = new() { Claims = c => c["auth_time"] = c["iat"]!.GetValue<long>() - (13 * 3600) },
        ["proved in the future"] = new() { Claims = c => c["auth_time"] = c["iat"]!.GetValue<long>() + 3600 },
        ["no second factor"] = Claim("amr", new JsonArray("pwd")),
        ["no amr"] = Claim("amr", null),
        ["another acr"] = Claim("acr", "one"),
        ["no acr"] = Claim("acr", null),
        ["algorithm none"] = new() { Header = h => h["alg"] = "none", Sign = (_, _) => [] },
        ["signed with its public key as a secret"] =
            new() { Header = h => h["alg"] = "HS256", Sign = (text, set) => HMACSHA256.HashData(Encoding.UTF8.GetBytes(set), text) },
        ["another key"] = new() { Sign = (text, _) => OtherKey.SignData(text, HashAlgorithmName.SHA256) },
        ["another key of a name that is not known"] =
            new() { Header = h => h["kid"] = "new", Sign = (text, _) => OtherKey.SignData(text, HashAlgorithmName.SHA256) },
        ["a key that the token brings"] = new()
        {
            Header = h =>
            {
                h.Remove("kid");
                h["jwk"] = JsonNode.Parse(Assertion.SetOf(("own", OtherKey)))!["keys"]![0]!.DeepClone();
            },
            Sign = (text, _) => OtherKey.SignData(text, HashAlgorithmName.SHA256),
        },
        ["no signature"] = new() { Sign = (_, _) => [] },
        // By a key of the provider's own, and well: only that its member did not agree to the algorithm is wrong.
        ["algorithm not allowed"] = new()
        {
            Keys = keys => keys.Add((JsonNode)new JsonObject
            {
                ["kty"] = "RSA", ["kid"] = "rsa", ["n"] = Base64Url.EncodeToString(RsaKey.ExportParameters(false).Modulus!),
                ["e"] = Base64Url.EncodeToString(RsaKey.ExportParameters(false).Exponent!),
            }),
            Header = h => (h["alg"], h["kid"]) = ("RS256", "rsa"),
            Sign = (text, _) => RsaKey.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        },
    };

    private static readonly Dictionary<string, Lies> Answers = new()
    {
        ["names another issuer"] = new() { Answer = a => a["iss"] = "https://evil.example" },
        ["does not name itself though it says it does"] = new() { Answer = a => a.Remove("iss") },
        ["another state"] = new() { Answer = a => a["state"] = "nonsense" },
        ["no state"] = new() { Answer = a => a.Remove("state") },
        ["another code"] = new() { Answer = a => a["code"] = "nonsense" },
        ["no code"] = new() { Answer = a => a.Remove("code") },
        ["an error"] = new() { Answer = a => a["error"] = "access_denied" },
        ["a token at the front"] = new() { Answer = a => a["id_token"] = "e30.e30." },
        ["an endless answer"] = new() { TokenEndpoint = EndlessAsync },
        ["a redirect"] = new() { TokenEndpoint = http => Task.Run(() => http.Response.Redirect("/token")) },
        ["no JSON"] = new() { TokenEndpoint = http => http.Response.WriteAsync("<html>") },
        ["nothing"] = new() { TokenEndpoint = _ => Task.CompletedTask },
    };

    public async ValueTask InitializeAsync()
    {
        provider = await TestProvider.StartAsync(hub.Time);
        (registered, account) = await BoundAsync(provider);
    }

    private async Task<(Provider Registered, string Account)> BoundAsync(TestProvider by)
    {
        by.Subject = $"subject-{Guid.NewGuid():N}";
        var made = await hub.RegisterAsync(by, but: r => r with { Acr = ["two", "three"], Amr = ["mfa", "hwk"] });
        var person = await hub.InvitePersonAsync();
        await hub.BindAsync(person, made.Code, by.Subject);
        // Else a few dozen attempts of one address are too many.
        await hub.RunAsync("DELETE FROM members.sign_in_attempt");
        return (made, person);
    }

    public ValueTask DisposeAsync() => provider.DisposeAsync();

    /// <summary>Side by side: every failure takes a second, so that nobody learns by the time it took.</summary>
    [Fact]
    public async Task A_token_or_an_answer_that_is_not_right_opens_nothing()
    {
        Assert.True(Tokens.Count + Answers.Count >= 40);
        await Parallel.ForEachAsync(Tokens.Concat(Answers), new ParallelOptions { MaxDegreeOfParallelism = 10 }, async (lie, _) =>
        {
            try
            {
                await NobodyComesInAsync(lie.Value);
            }
            catch (Exception wrong)
            {
                throw new InvalidOperationException($"The lie: {lie.Key}", wrong);
            }
        });
    }

    [Theory]
    [InlineData("issuer", "https://evil.example")]
    [InlineData("authorization_endpoint", "http://evil.example/authorize")]
    [InlineData("authorization_endpoint", "javascript:alert(1)")]
    [InlineData("token_endpoint", "http://169.254.169.254/token")]
    [InlineData("jwks_uri", "http://10.0.0.1/keys")]
    public async Task Discovery_that_is_not_right_sends_nobody_anywhere(string field, string value)
    {
        provider.Lie = new() { Discovery = d => d[field] = value };
        using var browser = new PlainBrowser(hub);
        using var answer = await browser.GetAsync(registered.SignIn);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Null(answer.Headers.Location);

        // Nothing but the lie was in the way.
        provider.Lie = new();
        Assert.Equal(HttpStatusCode.OK, await browser.ViaAsync(registered.SignIn));
    }

    [Fact]
    public async Task What_came_back_works_once_and_in_the_browser_that_was_sent()
    {
        using var browser = new PlainBrowser(hub);
        using var start = await browser.GetAsync(registered.SignIn);
        using var there = await browser.GetAsync(start.Headers.Location!.ToString());
        var back = there.Headers.Location!.ToString();
        using var thief = new PlainBrowser(hub);
        using var stolen = await thief.GetAsync(back);
        Assert.Equal(HttpStatusCode.Forbidden, stolen.StatusCode);

        var cookies = browser.Cookies(hub.Site);
        using var came = await browser.GetAsync(back);
        Assert.Equal(HttpStatusCode.OK, came.StatusCode);
        using var twice = await browser.GetAsync(back);
        Assert.Equal(HttpStatusCode.Forbidden, twice.StatusCode);

        // Also with the cookies of before, and a code that the provider would take: what was sent is used up.
        using var copy = new PlainBrowser(hub);
        copy.Put(hub.Site, cookies);
        using var second = await copy.GetAsync(start.Headers.Location!.ToString());
        using var replayed = await copy.GetAsync(second.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.Forbidden, replayed.StatusCode);
        Assert.Equal(["members.signedIn provider"], await hub.AuditedAsync(account));
    }

    [Fact]
    public async Task What_takes_too_long_is_over()
    {
        using var quick = new PlainBrowser(hub);
        using var begun = await quick.GetAsync(registered.SignIn);
        using var asked = await quick.GetAsync(begun.Headers.Location!.ToString());
        using var browser = new PlainBrowser(hub);
        using var start = await browser.GetAsync(registered.SignIn);
        using var there = await browser.GetAsync(start.Headers.Location!.ToString());
        var cookies = browser.Cookies(hub.Site);
        hub.Time.Move(TimeSpan.FromMinutes(1));
        using var soon = await quick.GetAsync(asked.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.OK, soon.StatusCode);
        hub.Time.Move(TimeSpan.FromMinutes(10));
        browser.Put(hub.Site, cookies);
        using var late = await browser.GetAsync(there.Headers.Location!.ToString());
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
    }

    /// <summary>RFC 9700 section 4.4: the answer of one provider is brought to the address of another.</summary>
    [Fact]
    public async Task Providers_are_not_mixed_up()
    {
        await using var evil = await TestProvider.StartAsync(hub.Time);
        var theirs = await hub.RegisterAsync(evil, "FRA");
        using var browser = new PlainBrowser(hub);
        using var start = await browser.GetAsync(registered.SignIn);
        using var there = await browser.GetAsync(start.Headers.Location!.ToString());
        var back = there.Headers.Location!.ToString();
        using var mixed = await browser.GetAsync(back.Replace(registered.Code, theirs.Code, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, mixed.StatusCode);
        using var unnamed = await browser.GetAsync(back.Replace(registered.Code, theirs.Code, StringComparison.Ordinal)
            .Replace(Uri.EscapeDataString(provider.Issuer), Uri.EscapeDataString(evil.Issuer), StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.Forbidden, unnamed.StatusCode);
    }

    private async Task NobodyComesInAsync(Lies lies)
    {
        await using var liar = await TestProvider.StartAsync(hub.Time);
        var (made, person) = await BoundAsync(liar);
        liar.Lie = lies;
        using var browser = new PlainBrowser(hub);
        Assert.Equal(HttpStatusCode.Forbidden, await browser.ViaAsync(made.SignIn));
        using var page = await browser.GetAsync("/account");
        Assert.Equal(HttpStatusCode.SeeOther, page.StatusCode);
        Assert.DoesNotContain("members.signedIn provider", await hub.AuditedAsync(person));

        liar.Lie = new();
        Assert.Equal(HttpStatusCode.OK, await browser.ViaAsync(made.SignIn));
    }

    private static async Task EndlessAsync(HttpContext http)
    {
        var piece = new byte[64 * 1024];
        Array.Fill(piece, (byte)' ');
        http.Response.ContentType = "application/json";
        for (var i = 0; i < 1000 && !http.RequestAborted.IsCancellationRequested; i++) await http.Response.Body.WriteAsync(piece);
        await http.Response.WriteAsync("{}");
    }

    private static Lies Claim(string name, JsonNode? value) => new()
    {
        Claims = claims =>
        {
            if (value is null) claims.Remove(name);
            else claims[name] = value.DeepClone();
        },
    };
}

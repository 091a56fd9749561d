using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Liaison.Api;
using Liaison.Platform.Access;

namespace ApiTests.Members;

/// <summary>A hub where tests fail to sign in as often as they like, and all nodes have one name.</summary>
public sealed class NamedHub(TestCluster cluster) : OAuthHub(cluster)
{
    public static readonly Uri Name = new("http://localhost:8080");

    protected override Liaison.Platform.Web.Frontage Frontage => new() { Address = Name };

    protected override RateLimits Rates => new(int.MaxValue, int.MaxValue)
    {
        Unknown = int.MaxValue, Devices = int.MaxValue, Failures = int.MaxValue, Tokens = int.MaxValue, MemberTokens = int.MaxValue,
        FailureTakes = TimeSpan.Zero,
    };
}

/// <summary>
/// Assertions, tokens and forms that somebody made to get in or to break something. Each is refused with an error of OAuth, none is a fault of the hub, and
/// the one beside it that is well gets its token.
/// </summary>
public sealed class HostileAssertionTests(NamedHub hub) : IClassFixture<NamedHub>
{
    /// <summary>The clocks of the hub and of these tests are one, so that a second is enough; a slow machine needs more.</summary>
    private const int Slack = 8;

    private static readonly string[] Fields =
    [
        "grant_type", "client_id", "client_secret", "client_assertion_type", "client_assertion", "scope", "device_code", "refresh_token", "code", "code_verifier",
        "username", "password", "token", "token_type_hint", "user_code", "resource", "audience", "request", "request_uri", "assertion", "subject_token", "actor_token", "unheard_of",
    ];

    /// <summary>Of the assertion, in seconds from now: exp, nbf, iat; and whether it does. Clocks may differ by 30 seconds, and it lasts five minutes at most.</summary>
    [Theory]
    [InlineData(-30 + Slack, null, null, true)]
    [InlineData(-30 - Slack, null, null, false)]
    [InlineData(330 - Slack, null, null, true)]
    [InlineData(330 + Slack, null, null, false)]
    [InlineData(60, 30 - Slack, null, true)]
    [InlineData(60, 30 + Slack, null, false)]
    [InlineData(60, null, 30 - Slack, true)]
    [InlineData(60, null, 30 + Slack, false)]
    [InlineData(60, -86400, -86400, true)]
    public async Task Clocks_may_differ_by_half_a_minute_and_no_more(int expires, int? notBefore, int? issued, bool does)
    {
        var (client, key) = await hub.NewSystemAsync();
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var answer = await hub.TokenAsync(new Assertion(client, NamedHub.Name)
        {
            Claims = c =>
            {
                c["exp"] = now + expires;
                if (notBefore is { } nbf) c["nbf"] = now + nbf;
                if (issued is { } iat) c["iat"] = now + iat;
            },
        }.Sign(key));
        Assert.True(does == (answer.Status == HttpStatusCode.OK), answer.Text);
        if (!does) Assert.Equal("invalid_client", answer.Error);
    }

    public static TheoryData<string> Claims => [.. BadClaims.Keys];

    private static readonly Dictionary<string, Action<JsonObject>> BadClaims = new()
    {
        ["another's iss"] = c => c["iss"] = "another-client",
        ["another's sub"] = c => c["sub"] = "another-client",
        ["no iss"] = c => c.Remove("iss"),
        ["no sub"] = c => c.Remove("sub"),
        ["empty iss and sub"] = c => (c["iss"], c["sub"]) = ("", ""),
        ["iss of two"] = c => c["iss"] = new JsonArray((string)c["iss"]!, "another-client"),
        ["sub is a number"] = c => c["sub"] = 7,
        ["sub is an object"] = c => c["sub"] = new JsonObject { ["sub"] = (string)c["sub"]! },
        ["NUL in iss and sub"] = c => (c["iss"], c["sub"]) = ("a\0b", "a\0b"),
        ["NUL after iss and sub"] = c => (c["iss"], c["sub"]) = ((string)c["iss"]! + "\0", (string)c["sub"]! + "\0"),
        ["very long iss and sub"] = c => (c["iss"], c["sub"]) = (new string('a', 20_000), new string('a', 20_000)),
        ["aud of two"] = c => c["aud"] = new JsonArray((string)c["aud"]!, "https://hub.example/"),
        ["aud of none"] = c => c["aud"] = new JsonArray(),
        ["aud null"] = c => c["aud"] = null,
        ["no aud"] = c => c.Remove("aud"),
        ["aud is an object"] = c => c["aud"] = new JsonObject { ["aud"] = (string)c["aud"]! },
        ["aud with user"] = c => c["aud"] = "http://localhost:8080@hub.example/",
        ["aud with more"] = c => c["aud"] = (string)c["aud"]! + ".evil.example",
        ["aud in other letters"] = c => c["aud"] = "HTTP://LOCALHOST:8080/",
        ["token endpoint"] = c => c["aud"] = "http://localhost:8080/connect/token",
        ["jti null"] = c => c["jti"] = null,
        ["jti empty"] = c => c["jti"] = "",
        ["jti with NUL"] = c => c["jti"] = "a\0b",
        ["jti is an object"] = c => c["jti"] = new JsonObject { ["a"] = "b" },
        ["jti is an array"] = c => c["jti"] = new JsonArray("a", "b"),
        ["exp is text"] = c => c["exp"] = "soon",
        ["exp is text of a number"] = c => c["exp"] = c["exp"]!.ToString() + "0000",
        ["exp is negative"] = c => c["exp"] = -1,
        ["exp is huge"] = c => c["exp"] = 1e300,
        ["exp overflows"] = c => c["exp"] = long.MaxValue,
        ["exp is an array"] = c => c["exp"] = new JsonArray(c["exp"]!.DeepClone()),
        ["exp null"] = c => c["exp"] = null,
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public async Task Claims_that_are_not_those_of_this_client_for_this_hub_get_nothing(string fault)
    {
        var (client, key) = await hub.NewSystemAsync();
        await RefusedAsync(client, new Assertion(client, NamedHub.Name) { Claims = BadClaims[fault] }.Sign(key), key);
    }

    [Theory]
    [InlineData("iss twice")]
    [InlineData("aud twice")]
    [InlineData("sub of another twice")]
    [InlineData("lone surrogate")]
    [InlineData("nested deep")]
    [InlineData("nested value")]
    [InlineData("an array")]
    [InlineData("not JSON")]
    [InlineData("cut")]
    [InlineData("no UTF-8")]
    [InlineData("nothing")]
    public async Task Claims_that_are_no_plain_object_are_no_fault_of_the_hub(string fault)
    {
        var (client, key) = await hub.NewSystemAsync();
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 2_000)) + "1" + new string('}', 2_000);
        var signed = new Assertion(client, NamedHub.Name)
        {
            ClaimsText = text => fault switch
            {
                "iss twice" => text.Insert(1, "\"iss\":\"another-client\","),
                "aud twice" => text.Insert(text.Length - 1, ",\"aud\":\"https://hub.example/\""),
                "sub of another twice" => text.Insert(text.Length - 1, ",\"sub\":\"another-client\",\"iss\":\"another-client\""),
                "lone surrogate" => text.Replace(client, "\\ud800", StringComparison.Ordinal),
                "nested deep" => text.Insert(text.Length - 1, $",\"deep\":{deep}"),
                "nested value" => text.Insert(text.Length - 1, ",\"exp\":{\"exp\":1}"),
                "an array" => $"[{text}]",
                "not JSON" => "not JSON",
                "cut" => text[..^5],
                "no UTF-8" => text,
                _ => "",
            },
        };
        var whole = signed.Sign(key);
        if (fault == "no UTF-8")
        {
            var parts = whole.Split('.');
            var text = $"{parts[0]}.{Base64Url.EncodeToString([(byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}'])}";
            whole = $"{text}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
        }

        await RefusedAsync(client, whole, key);
    }

    [Theory]
    [InlineData("unknown kid")]
    [InlineData("kid with NUL")]
    [InlineData("kid is a path")]
    [InlineData("kid is an object")]
    [InlineData("jwk of the attacker")]
    [InlineData("jku of the attacker")]
    [InlineData("x5c of the attacker")]
    [InlineData("crit")]
    [InlineData("unencoded payload")]
    [InlineData("compressed")]
    [InlineData("alg none in other letters")]
    [InlineData("alg empty")]
    [InlineData("alg missing")]
    [InlineData("alg twice")]
    [InlineData("alg is an array")]
    [InlineData("RS256 with a key of the attacker")]
    [InlineData("ES384 on a key of P-256")]
    [InlineData("ES256 signature of zeros")]
    [InlineData("DER signature")]
    [InlineData("HS256 with the registered set")]
    [InlineData("HS256 with the point of the key")]
    [InlineData("five parts")]
    [InlineData("one part")]
    [InlineData("nested token")]
    public async Task Nobody_signs_for_a_client_by_what_the_header_says(string fault)
    {
        var (client, key) = await hub.NewSystemAsync();
        await RefusedAsync(client, Forged(fault, client, key), key);
    }

    private static string Forged(string fault, string client, ECDsa key)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        var set = Assertion.SetOf(("first", key));
        var foreign = JsonNode.Parse(Assertion.SetOf(("first", own)))!["keys"]![0]!;
        var plain = new Assertion(client, NamedHub.Name);
        var point = key.ExportParameters(false).Q;
        return fault switch
        {
            "unknown kid" => (plain with { KeyId = "nobody-knows" }).Sign(own),
            "kid with NUL" => (plain with { KeyId = "first\0" }).Sign(own),
            "kid is a path" => (plain with { KeyId = "../../../../dev/null" }).Sign(own),
            "kid is an object" => (plain with { Header = h => h["kid"] = new JsonObject { ["kid"] = "first" } }).Sign(own),
            "jwk of the attacker" => (plain with { Header = h => h["jwk"] = foreign.DeepClone() }).Sign(own),
            "jku of the attacker" => (plain with { Header = h => (h["jku"], h["x5u"]) = ("http://127.0.0.1:9/keys", "http://127.0.0.1:9/chain") }).Sign(own),
            "x5c of the attacker" => (plain with { Header = h => h["x5c"] = new JsonArray(Convert.ToBase64String(CertificateTests.Certificate(client).RawData)) }).Sign(own),
            "crit" => (plain with { Header = h => (h["crit"], h["unheard-of"]) = (new JsonArray("unheard-of"), 1) }).Sign(key),
            "unencoded payload" => (plain with { Header = h => (h["crit"], h["b64"]) = (new JsonArray("b64"), false) }).Sign(key),
            "compressed" => (plain with { Header = h => h["zip"] = "DEF" }).Sign(own),
            "alg none in other letters" => (plain with { Algorithm = "nOnE" }).Sign(_ => []),
            "alg empty" => (plain with { Algorithm = "" }).Sign(key),
            "alg missing" => (plain with { Header = h => h.Remove("alg") }).Sign(key),
            "alg twice" => (plain with { HeaderText = t => t.Insert(t.Length - 1, ",\"alg\":\"none\"") }).Sign(_ => []),
            "alg is an array" => (plain with { Header = h => h["alg"] = new JsonArray("ES256", "none") }).Sign(key),
            "RS256 with a key of the attacker" => (plain with { Algorithm = "RS256" }).Sign(rsa, RSASignaturePadding.Pkcs1),
            "ES384 on a key of P-256" => (plain with { Algorithm = "ES384" }).Sign(text => key.SignData(text, HashAlgorithmName.SHA384)),
            "ES256 signature of zeros" => plain.Sign(_ => new byte[64]),
            "DER signature" => plain.Sign(text => key.SignData(text, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            "HS256 with the registered set" => (plain with { Algorithm = "HS256" }).Sign(text => HMACSHA256.HashData(Encoding.UTF8.GetBytes(set), text)),
            "HS256 with the point of the key" => (plain with { Algorithm = "HS256" }).Sign(text => HMACSHA256.HashData((byte[])[4, .. point.X!, .. point.Y!], text)),
            "five parts" => plain.Sign(key) + ".a.b",
            "one part" => plain.Sign(key).Split('.')[0],
            _ => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(plain.Sign(key))),
        };
    }

    [Fact]
    public async Task What_was_used_on_one_node_is_refused_on_the_other_which_has_the_same_name()
    {
        var (client, key) = await hub.NewSystemAsync();
        await using var other = await hub.StartHubAsync();
        var assertion = new Assertion(client, NamedHub.Name).Sign(key);
        Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(assertion)).Status);
        var replayed = await hub.TokenAsync(assertion, new Uri(other.Urls.First()));
        Assert.Equal("invalid_client", replayed.Error);
        Assert.Contains("used before", replayed["error_description"], StringComparison.Ordinal);
        // A jti is one client's: another's is not used up by it.
        var (second, secondKey) = await hub.NewSystemAsync();
        foreach (var (who, by) in new[] { (client, key), (second, secondKey) })
            Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(new Assertion(who, NamedHub.Name) { Claims = c => c["jti"] = "the-same" }.Sign(by), new Uri(other.Urls.First()))).Status);
        await other.StopAsync();
    }

    /// <summary>At once on both nodes: one of them gets the token.</summary>
    [Fact]
    public async Task Of_many_at_once_one_gets_the_token()
    {
        var (client, key) = await hub.NewSystemAsync();
        var assertion = new Assertion(client, NamedHub.Name).Sign(key);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => hub.TokenAsync(assertion)));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => Assert.Equal("invalid_client", a.Error));
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("a%00b")]
    [InlineData("%FF%FE")]
    [InlineData("%C0%80")]
    [InlineData("%ED%A0%80")]
    [InlineData("%")]
    [InlineData("%0D%0ASet-Cookie:a")]
    [InlineData("'%20OR%201=1--")]
    public async Task No_byte_in_any_field_is_a_fault_of_the_hub(string value)
    {
        var (client, key) = await hub.NewSystemAsync();
        foreach (var path in (string[])[Routes.Token, Routes.DeviceAuthorization, Routes.Revocation])
        {
            foreach (var field in Fields)
            {
                var form = Assertion.Form(new Assertion(client, NamedHub.Name).Sign(key)).Where(f => f.Key != field)
                    .Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}");
                foreach (var body in (string[])[$"{field}={value}", $"{string.Join('&', form)}&{field}={value}", $"{value}=x&{field}=x"])
                    await NoFaultAsync(path, Form(body), $"{path} {field}", isWhole: !value.Contains("%00", StringComparison.Ordinal));
            }
        }
    }

    [Theory]
    [InlineData("a\0b:secret")]
    [InlineData("a%00b:secret")]
    [InlineData("\ud800:secret")]
    [InlineData(":")]
    [InlineData("no colon")]
    public async Task Nor_in_the_header_of_a_client(string credentials)
    {
        var bytes = credentials[0] == '\ud800' ? [0xED, 0xA0, 0x80, (byte)':', (byte)'x'] : Encoding.UTF8.GetBytes(credentials);
        foreach (var path in (string[])[Routes.Token, Routes.Revocation, Routes.DeviceAuthorization])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.TryAddWithoutValidation("Authorization", $"Basic {Convert.ToBase64String(bytes)}");
            request.Content = new FormUrlEncodedContent([new("grant_type", "client_credentials"), new("token", "x")]);
            using var answer = await hub.Http(null).SendAsync(request);
            Assert.InRange((int)answer.StatusCode, 400, 401);
        }
    }

    [Theory]
    [InlineData("too many fields")]
    [InlineData("long name")]
    [InlineData("long value")]
    [InlineData("large body")]
    [InlineData("another media type")]
    [InlineData("multipart")]
    [InlineData("another charset")]
    [InlineData("raw bytes")]
    [InlineData("nothing")]
    public async Task A_form_of_any_size_and_kind_is_refused_within_bounds(string kind)
    {
        HttpContent content = kind switch
        {
            "too many fields" => Form(string.Join('&', Enumerable.Range(0, 8_000).Select(i => $"a{i}=1"))),
            "long name" => Form(new string('a', 50_000) + "=1"),
            "long value" => Form("client_assertion=" + new string('a', 60_000) + "&grant_type=client_credentials&client_assertion_type=" + Uri.EscapeDataString(Assertion.AssertionType)),
            "large body" => Form("client_assertion=" + new string('a', 1_000_000)),
            "another media type" => new StringContent("{\"grant_type\":\"client_credentials\"}", Encoding.UTF8, "application/json"),
            "multipart" => new MultipartFormDataContent { { new StringContent("client_credentials"), "grant_type" } },
            "another charset" => new StringContent("grant_type=client_credentials", Encoding.Unicode, "application/x-www-form-urlencoded"),
            "raw bytes" => new ByteArrayContent([0, 0xFF, 0xFE, (byte)'=', 0xC3, 0x28, 0]) { Headers = { ContentType = new("application/x-www-form-urlencoded") } },
            _ => Form(""),
        };
        await NoFaultAsync(Routes.Token, content, kind);
    }

    [Theory]
    [InlineData("password", "unsupported_grant_type")]
    [InlineData("authorization_code", "unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:jwt-bearer", "unsupported_grant_type")]
    [InlineData("urn:ietf:params:oauth:grant-type:token-exchange", "unsupported_grant_type")]
    [InlineData("CLIENT_CREDENTIALS", "unsupported_grant_type")]
    [InlineData("refresh_token", "invalid_grant")]
    [InlineData("urn:ietf:params:oauth:grant-type:device_code", "invalid_grant")]
    public async Task A_client_gets_no_token_by_another_grant(string grant, string error)
    {
        var (client, key) = await hub.NewSystemAsync();
        var form = Assertion.Form(new Assertion(client, NamedHub.Name).Sign(key));
        form["grant_type"] = grant;
        foreach (var field in (string[])["username", "password", "code", "refresh_token", "device_code", "assertion", "subject_token"]) form[field] = "x";
        form["redirect_uri"] = "https://hub.example/";
        form["subject_token_type"] = "urn:ietf:params:oauth:token-type:access_token";
        var answer = await hub.PostAsync(Routes.Token, form);
        Assert.Null(answer["access_token"]);
        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Error));
    }

    [Fact]
    public async Task Two_of_what_may_be_one_is_refused()
    {
        var (client, key) = await hub.NewSystemAsync();
        var (other, otherKey) = await hub.NewSystemAsync();
        var form = Assertion.Form(new Assertion(client, NamedHub.Name).Sign(key)).Append(new("client_assertion", new Assertion(other, NamedHub.Name).Sign(otherKey)));
        using var content = new FormUrlEncodedContent(form);
        using var answer = await hub.Http(null).PostAsync(new Uri(Routes.Token, UriKind.Relative), content);
        Assert.Equal("invalid_request", (await OAuthAnswer.OfAsync(answer)).Error);
        // Another's name beside one's own proof.
        var named = Assertion.Form(new Assertion(client, NamedHub.Name).Sign(key));
        named["client_id"] = other;
        Assert.Null((await hub.PostAsync(Routes.Token, named))["access_token"]);
        // A proof in the query is none.
        var query = string.Join('&', Assertion.Form(new Assertion(client, NamedHub.Name).Sign(key)).Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"));
        Assert.Null((await hub.PostAsync($"{Routes.Token}?{query}", []))["access_token"]);
    }

    /// <summary>Tokens of all kinds, one character away from a good one, cut, grown, or one in the place of another.</summary>
    [Fact]
    public async Task What_is_nearly_a_token_is_none()
    {
        var (tokens, (device, code)) = (await hub.SignInAsync(), await hub.BeginDeviceAsync());
        var (access, refresh) = (tokens["access_token"]!, tokens["refresh_token"]!);
        foreach (var wrong in NearlyOf(access).Concat([refresh, device, code]))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Routes.Status);
            Assert.True(request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + wrong));
            using var answer = await hub.Http(null).SendAsync(request);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{wrong}: {(int)answer.StatusCode}");
        }

        foreach (var wrong in NearlyOf(refresh).Concat([access, device, code])) await NoGrantAsync(OAuthHub.RefreshOf(wrong));
        foreach (var wrong in NearlyOf(device).Concat([access, refresh, code])) await NoGrantAsync(OAuthHub.PollOf(wrong));
        Assert.DoesNotContain(hub.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));

        // None of it took anything from the good ones.
        using var own = new HttpRequestMessage(HttpMethod.Get, Routes.Status) { Headers = { Authorization = new("Bearer", access) } };
        using var status = await hub.Http(null).SendAsync(own);
        Assert.Equal(HttpStatusCode.OK, status.StatusCode);
        Assert.Equal("authorization_pending", (await hub.PostAsync(Routes.Token, OAuthHub.PollOf(device))).Error);
        Assert.Equal(HttpStatusCode.OK, (await hub.PostAsync(Routes.Token, OAuthHub.RefreshOf(refresh))).Status);
    }

    private async Task NoGrantAsync(Dictionary<string, string> form)
    {
        var answer = await hub.PostAsync(Routes.Token, form);
        Assert.True(answer is { Status: HttpStatusCode.BadRequest, Error: "invalid_grant" or "invalid_request" }, $"{string.Join(' ', form.Values)}: {answer.Text}");
    }

    private static IEnumerable<string> NearlyOf(string token)
    {
        for (var at = 0; at < token.Length; at += 3)
        {
            var (before, after) = (token[..at], token[(at + 1)..]);
            yield return before + (token[at] == 'A' ? 'B' : 'A') + after;
            yield return before + after;
            yield return before + token[at] + token[at..];
            yield return before;
        }

        // The last character of a text in Base64 has bits that mean nothing.
        foreach (var last in "AQgw048") if (last != token[^1]) yield return token[..^1] + last;
        foreach (var more in (string[])["=", ".", "~", ",", token]) yield return token + more;
        yield return token.ToUpperInvariant();
        yield return new string('a', 5_000);
    }

    private static StringContent Form(string body) => new(body, Encoding.ASCII, "application/x-www-form-urlencoded");

    /// <param name="path">Of the endpoint.</param>
    /// <param name="content">The form.</param>
    /// <param name="what">For whoever reads that it failed.</param>
    /// <param name="isWhole">The form holds all that a good one needs, so that a token may come of it.</param>
    private async Task NoFaultAsync(string path, HttpContent content, string what, bool isWhole = false)
    {
        using (content)
        {
            // What is too large is refused before it is sent: else the connection may end under the client's hands.
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content, Headers = { ExpectContinue = true } };
            using var answer = await hub.Http(null).SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode < 500, $"{what}: {(int)answer.StatusCode} {text}");
            Assert.True(isWhole || !text.Contains("access_token", StringComparison.Ordinal), $"{what}: {text}");
        }
    }

    /// <summary>No token, the answer of OAuth, nothing of a fault in the log; and the same client is let in with what is well.</summary>
    private async Task RefusedAsync(string client, string assertion, ECDsa key)
    {
        var answer = await hub.TokenAsync(assertion);
        Assert.True(answer.Status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized, $"{(int)answer.Status} {answer.Text} {hub.Log.Lines.LastOrDefault(l => l.StartsWith("Error", StringComparison.Ordinal))}");
        Assert.True(answer.Error is "invalid_client" or "invalid_request", answer.Text);
        Assert.Null(answer["access_token"]);
        // "Error" also of a fault that was caught on its way.
        Assert.DoesNotContain(hub.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Critical", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(new Assertion(client, NamedHub.Name).Sign(key))).Status);
    }
}

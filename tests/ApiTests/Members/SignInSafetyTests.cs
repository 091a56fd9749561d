using System.Diagnostics;
using System.Net;
using Liaison.Members.Domain;
using Liaison.Platform.Access;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ApiTests.Members;

/// <summary>What the pages do against those who guess, repeat, race, and send forms from elsewhere.</summary>
public sealed class SignInSafetyTests(SignInHub hub) : IClassFixture<SignInHub>
{
    private static readonly string[] OpenPages = ["/sign-in", "/enrol", "/enrol?token=nonsense"];

    private IEnumerable<RouteEndpoint> PersonRoutes => hub.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints)
        .OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<PersonRoute>() is not null);

    [Fact]
    public async Task Every_page_for_persons_sends_others_to_sign_in_and_is_hardened()
    {
        Assert.True(PersonRoutes.Count() >= 15);
        using var browser = new PlainBrowser(hub);
        using var first = await browser.GetAsync("/sign-in");
        foreach (var route in PersonRoutes)
        {
            var (path, isGet) = (route.RoutePattern.RawText!, route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0] == "GET");
            using var answer = isGet ? await browser.GetAsync(path) : await browser.PostAsync(path);
            Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
            Assert.StartsWith("/sign-in?next=", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
            IsHardened(answer);
        }
    }

    [Fact]
    public async Task Every_open_page_is_hardened()
    {
        using var browser = new PlainBrowser(hub);
        foreach (var path in OpenPages)
        {
            using var answer = await browser.GetAsync(path);
            IsHardened(answer);
            Assert.DoesNotContain("<script>", browser.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(" style=", browser.Body, StringComparison.Ordinal);
            Assert.DoesNotContain(" onclick", browser.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_form_from_elsewhere_or_of_somebody_else_changes_nothing()
    {
        using var browser = new PlainBrowser(hub);
        await browser.EnrolAsync();
        using var page = await browser.GetAsync("/account");
        var own = browser.Guard;
        foreach (var guard in new[] { "", "nonsense", await GuardOfAnotherAsync() })
        {
            browser.Guard = guard;
            using var refused = await browser.PostAsync("/account/sign-out");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        using var still = await browser.GetAsync("/account");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        browser.Guard = own;
        using var done = await browser.PostAsync("/account/sign-out");
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);
    }

    [Fact]
    public async Task A_form_that_is_too_large_or_of_another_type_is_refused()
    {
        using var browser = new PlainBrowser(hub);
        using var page = await browser.GetAsync("/sign-in");
        using var many = await browser.PostAsync("/sign-in", [.. Enumerable.Range(0, 40).Select(i => ($"field{i}", "x"))]);
        Assert.Equal(HttpStatusCode.BadRequest, many.StatusCode);
        using var large = await browser.PostAsync("/sign-in", ("name", new string('x', 100_000)));
        Assert.Contains(large.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge });
        using var zero = await browser.PostAsync("/sign-in", ("name", "a\0b"));
        Assert.Equal(HttpStatusCode.BadRequest, zero.StatusCode);
        using var json = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var typed = await hub.Http(null).PostAsync(new Uri("/sign-in", UriKind.Relative), json);
        Assert.Equal(HttpStatusCode.BadRequest, typed.StatusCode);
    }

    [Fact]
    public async Task Nothing_tells_a_known_name_from_an_unknown_one()
    {
        using var enrolled = new PlainBrowser(hub);
        var (known, key) = await enrolled.EnrolAsync();
        var invited = await hub.InvitePersonAsync();
        var answers = new List<(HttpStatusCode, string)>();
        foreach (var (name, password) in new[]
                 {
                     (known, "not the password at all"), ("nobody.of.this.name", PlainBrowser.Password), (invited, PlainBrowser.Password),
                     (known, ""), (new string('x', 5000), PlainBrowser.Password), ("'; --", PlainBrowser.Password), ("\ud83d\ude93", "\ud83d\ude93"),
                 })
        {
            using var browser = new PlainBrowser(hub);
            using var page = await browser.GetAsync("/sign-in");
            var began = Stopwatch.GetTimestamp();
            using var answer = await browser.PostAsync("/sign-in", ("name", name), ("password", password), ("code", Totp.Code(key, hub.Time.GetUtcNow().AddSeconds(30))));
            Assert.True(Stopwatch.GetElapsedTime(began) >= TimeSpan.FromMilliseconds(590), "A failure was answered too soon.");
            answers.Add((answer.StatusCode, browser.Constant()));
        }

        Assert.Single(answers.Distinct());
        Assert.Equal(HttpStatusCode.Forbidden, answers[0].Item1);
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE account LIKE 'nobody.of%' OR asked LIKE '%battery%'"));
    }

    [Fact]
    public async Task Guesses_are_limited_also_when_they_come_at_once_and_a_stranger_does_not_keep_a_person_out_for_long()
    {
        using var enrolled = new PlainBrowser(hub);
        var (account, key) = await enrolled.EnrolAsync();
        await Task.WhenAll(Enumerable.Range(0, 14).Select(_ => TryAsync(account, "not the password at all", "123456")));
        hub.Time.Move(TimeSpan.FromMinutes(1));
        Assert.False(await TryAsync(account, PlainBrowser.Password, Totp.Code(key, hub.Time.GetUtcNow())));
        var audited = await hub.AuditedAsync(account);
        Assert.Equal(10, audited.Count(a => a == "members.signInFailed wrongPassword"));
        Assert.Equal(1, audited.Count(a => a == "members.signInFailed tooManyAttempts"));

        hub.Time.Move(TimeSpan.FromMinutes(15));
        Assert.True(await TryAsync(account, PlainBrowser.Password, Totp.Code(key, hub.Time.GetUtcNow())));
    }

    /// <summary>An office shares an address: who comes in uses nothing up.</summary>
    [Fact]
    public async Task Signing_in_takes_nothing_of_what_an_address_may_try()
    {
        using var enrolled = new PlainBrowser(hub);
        var (account, key) = await enrolled.EnrolAsync();
        hub.Time.Move(TimeSpan.FromMinutes(16));
        var now = hub.Time.GetUtcNow();
        await TryAsync("nobody.of.this.name", "not the password at all", "123456");
        await hub.RunAsync("UPDATE members.sign_in_attempt SET count = 99 WHERE until > $1 AND count > 0", now);
        await hub.RunAsync("DELETE FROM members.sign_in_attempt WHERE key = sha256('name nobody.of.this.name'::bytea)");
        foreach (var minutes in new[] { 1, 2 })
        {
            hub.Time.Move(TimeSpan.FromMinutes(1));
            Assert.True(await TryAsync(account, PlainBrowser.Password, Totp.Code(key, hub.Time.GetUtcNow())), $"after {minutes}");
        }

        Assert.Equal(99, await hub.ScalarAsync<int>("SELECT max(count) FROM members.sign_in_attempt WHERE until > $1", now));
        hub.Time.Move(TimeSpan.FromMinutes(16));
    }

    /// <summary>Whoever ends all sessions changes the account first; what was proved before that is proved by what may be gone.</summary>
    [Fact]
    public async Task A_sign_in_that_is_under_way_while_all_sessions_end_begins_none()
    {
        using var enrolled = new PlainBrowser(hub);
        var (account, key) = await enrolled.EnrolAsync();
        hub.Time.Move(TimeSpan.FromMinutes(1));
        Assert.False(await WhileAllEndsAsync(account, () => TryAsync(account, PlainBrowser.Password, Totp.Code(key, hub.Time.GetUtcNow()))));
        Assert.Equal("members.signInFailed endedMeanwhile", (await hub.AuditedAsync(account))[^1]);
        // Those that end them say so themselves.
        using var second = new PlainBrowser(hub);
        (account, key) = await second.EnrolAsync();
        var before = await EpochAsync();
        using var page = await second.GetAsync("/account");
        using var ended = await second.PostAsync("/account/sessions/end-all");
        Assert.Equal("/account?notice=ended", ended.Headers.Location!.ToString());
        Assert.Equal(before + 1, await EpochAsync());
        hub.Time.Move(TimeSpan.FromMinutes(1));
        Assert.True(await TryAsync(account, PlainBrowser.Password, Totp.Code(key, hub.Time.GetUtcNow())));

        Task<long> EpochAsync() => hub.ScalarAsync<long>("SELECT sign_in_epoch FROM members.account WHERE name = $1", account);
    }

    /// <summary>A thief who is thrown out leaves nothing behind that it was about to add.</summary>
    [Fact]
    public async Task What_was_about_to_be_changed_by_a_session_that_ends_is_not()
    {
        const string Next = "seven lanterns beside a quiet river";
        using var thief = new PlainBrowser(hub);
        var (account, key) = await thief.EnrolAsync();
        using var page = await thief.GetAsync("/account/password");
        using var changed = await WhileAllEndsAsync(account, () => thief.PostAsync("/account/password", ("current", PlainBrowser.Password), ("password", Next)));
        Assert.Equal("/sign-in?next=%2Faccount", changed.Headers.Location!.ToString());
        hub.Time.Move(TimeSpan.FromMinutes(1));
        Assert.False(await TryAsync(account, Next, Totp.Code(key, hub.Time.GetUtcNow())));
        hub.Time.Move(TimeSpan.FromMinutes(1));
        Assert.True(await TryAsync(account, PlainBrowser.Password, Totp.Code(key, hub.Time.GetUtcNow())));
    }

    [Fact]
    public async Task A_program_that_was_about_to_be_let_in_by_a_session_that_ends_is_not()
    {
        using var thief = new PlainBrowser(hub);
        var (account, _) = await thief.EnrolAsync();
        var (device, code) = await BeginDeviceAsync();
        using var page = await thief.GetAsync($"/device?user_code={code}");
        using var decided = await WhileAllEndsAsync(account, () => thief.PostAsync("/device", ("user_code", code), ("decision", "approve")));
        Assert.Equal("/sign-in?next=%2Fdevice", decided.Headers.Location!.ToString());
        Assert.Equal("authorization_pending", await PollAsync(device));

        // By one that goes on it is, and the audit tells.
        using var owner = new PlainBrowser(hub);
        var (other, _) = await owner.EnrolAsync();
        using var again = await owner.GetAsync($"/device?user_code={code}");
        using var done = await owner.PostAsync("/device", ("user_code", code), ("decision", "approve"));
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Null(await PollAsync(device));
        Assert.Equal("members.deviceApproved done", (await hub.AuditedAsync(other))[^1]);
    }

    /// <summary>Begins what is given while somebody else's end of everything holds the account, and lets that one be first.</summary>
    private async Task<T> WhileAllEndsAsync<T>(string account, Func<Task<T>> begin)
    {
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var end = new NpgsqlCommand("""
            WITH ended AS (UPDATE members.session SET ended_at = now() WHERE account = $1 AND ended_at IS NULL)
            UPDATE members.account SET sign_in_epoch = sign_in_epoch + 1 WHERE name = $1 RETURNING pg_current_xact_id()::xid::text
            """, connection, transaction)
        {
            Parameters = { new() { Value = account } },
        };
        var holder = (string)(await end.ExecuteScalarAsync())!;
        var begun = begin();
        for (var tries = 0; await hub.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid::text = $1", holder) == 0; tries++)
        {
            Assert.True(tries < 600 && !begun.IsCompleted, "It did not come to the lock.");
            await Task.Delay(50);
        }

        await transaction.CommitAsync();
        return await begun;
    }

    private async Task<(string Device, string Code)> BeginDeviceAsync()
    {
        var answer = await PostAsync(Liaison.Api.Routes.DeviceAuthorization, new() { ["client_id"] = Liaison.Api.OAuthClient.CommandLine });
        return (answer["device_code"]!, answer["user_code"]!);
    }

    /// <returns>The error, or null when there are tokens.</returns>
    private async Task<string?> PollAsync(string device) => (await PostAsync(Liaison.Api.Routes.Token, new()
    {
        ["grant_type"] = "urn:ietf:params:oauth:grant-type:device_code", ["client_id"] = Liaison.Api.OAuthClient.CommandLine, ["device_code"] = device,
    })).Error;

    private async Task<OAuthAnswer> PostAsync(string path, Dictionary<string, string> fields)
    {
        using var form = new FormUrlEncodedContent(fields);
        using var response = await hub.Http(null).PostAsync(new Uri(path, UriKind.Relative), form);
        return await OAuthAnswer.OfAsync(response);
    }

    [Fact]
    public async Task A_code_that_comes_twice_at_once_works_once()
    {
        using var enrolled = new PlainBrowser(hub);
        var (account, key) = await enrolled.EnrolAsync();
        hub.Time.Move(TimeSpan.FromMinutes(1));
        var code = Totp.Code(key, hub.Time.GetUtcNow());
        var came = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TryAsync(account, PlainBrowser.Password, code)));
        Assert.Equal(1, came.Count(c => c));
    }

    [Fact]
    public async Task A_link_that_is_used_twice_at_once_works_once()
    {
        var link = await hub.LinkAsync(await hub.InvitePersonAsync());
        PlainBrowser[] browsers = [.. Enumerable.Range(0, 4).Select(_ => new PlainBrowser(hub))];
        var answers = await Task.WhenAll(browsers.Select(async browser =>
        {
            using var shown = await browser.GetAsync(link);
            using var done = await browser.PostAsync("/enrol/password", browser.NewPassword(browser.Key(), hub.Time.GetUtcNow()));
            return done.StatusCode;
        }));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound], answers.Order());
        foreach (var browser in browsers) browser.Dispose();
    }

    [Fact]
    public async Task After_signing_in_nobody_is_sent_elsewhere()
    {
        using var browser = new PlainBrowser(hub);
        var (account, key) = await browser.EnrolAsync();
        hub.Time.Move(TimeSpan.FromMinutes(1));
        using var stranger = new PlainBrowser(hub);
        using var page = await stranger.GetAsync("/sign-in?next=https://evil.example/");
        Assert.DoesNotContain("evil", stranger.Body, StringComparison.Ordinal);
        using var answer = await stranger.PostAsync("/sign-in", ("name", account), ("password", PlainBrowser.Password),
            ("code", Totp.Code(key, hub.Time.GetUtcNow())), ("next", "//evil.example"));
        Assert.Equal("/account", answer.Headers.Location!.ToString());
        var cookie = string.Join(' ', answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_others_wrote_is_text_and_never_part_of_the_page()
    {
        using var browser = new PlainBrowser(hub);
        await browser.EnrolAsync();
        using var page = await browser.GetAsync("/account");
        var text = await page.Content.ReadAsStringAsync();
        Assert.Contains("&lt;b&gt;of the night", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>of", text, StringComparison.Ordinal);
        using var device = await browser.GetAsync("/device?user_code=%22%3E%3Cscript%3E");
        Assert.DoesNotContain("<script>", await device.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_changed_by_who_knows_it_and_ends_what_was_signed_in_with_it()
    {
        const string Next = "seven lanterns beside a quiet river";
        using var browser = new PlainBrowser(hub);
        var (account, key) = await browser.EnrolAsync();
        hub.Time.Move(TimeSpan.FromMinutes(1));
        using var other = new PlainBrowser(hub);
        using var asked = await other.GetAsync("/sign-in");
        using var came = await other.PostAsync("/sign-in", ("name", account), ("password", PlainBrowser.Password), ("code", Totp.Code(key, hub.Time.GetUtcNow())));
        Assert.Equal(HttpStatusCode.SeeOther, came.StatusCode);

        using var page = await browser.GetAsync("/account/password");
        Assert.Contains("name=\"current\"", browser.Body, StringComparison.Ordinal);
        foreach (var current in new[] { "", "not the password at all", new string('x', 5000) })
        {
            using var refused = await browser.PostAsync("/account/password", ("current", current), ("password", Next));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        using var still = await other.GetAsync("/account");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        using var done = await browser.PostAsync("/account/password", ("current", PlainBrowser.Password), ("password", Next));
        Assert.Equal("/account?notice=passwordSet", done.Headers.Location!.ToString());
        using var over = await other.GetAsync("/account");
        Assert.Equal(HttpStatusCode.SeeOther, over.StatusCode);
        hub.Time.Move(TimeSpan.FromMinutes(1));
        Assert.False(await TryAsync(account, PlainBrowser.Password, Totp.Code(key, hub.Time.GetUtcNow())));
        Assert.True(await TryAsync(account, Next, Totp.Code(key, hub.Time.GetUtcNow())));
    }

    [Fact]
    public async Task Guesses_at_the_current_password_are_limited_as_those_at_sign_in_are()
    {
        using var browser = new PlainBrowser(hub);
        await browser.EnrolAsync();
        using var page = await browser.GetAsync("/account/password");
        for (var i = 0; i < 10; i++)
        {
            using var wrong = await browser.PostAsync("/account/password", ("current", "not the password at all"), ("password", "seven lanterns beside a river"));
        }

        using var right = await browser.PostAsync("/account/password", ("current", PlainBrowser.Password), ("password", "seven lanterns beside a river"));
        Assert.Equal(HttpStatusCode.BadRequest, right.StatusCode);
    }

    [Fact]
    public async Task Whoever_signs_out_leaves_nothing_in_the_browser()
    {
        using var browser = new PlainBrowser(hub);
        await browser.EnrolAsync();
        using var page = await browser.GetAsync("/account");
        var cookies = browser.Cookies(hub.Site);
        using var done = await browser.PostAsync("/account/sign-out");
        Assert.Equal("\"cache\", \"storage\"", string.Join(", ", done.Headers.GetValues("Clear-Site-Data")));
        Assert.DoesNotContain("liaison=", browser.Cookies(hub.Site), StringComparison.Ordinal);
        browser.Put(hub.Site, cookies);
        using var again = await browser.GetAsync("/account");
        Assert.Equal(HttpStatusCode.SeeOther, again.StatusCode);
    }

    [Fact]
    public async Task A_session_ends_after_twelve_hours_however_busy_it_is()
    {
        using var browser = new PlainBrowser(hub);
        await browser.EnrolAsync();
        for (var minutes = 0; minutes < 12 * 60 - 29; minutes += 29)
        {
            hub.Time.Move(TimeSpan.FromMinutes(29));
            using var open = await browser.GetAsync("/account");
            Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        }

        hub.Time.Move(TimeSpan.FromMinutes(29));
        using var over = await browser.GetAsync("/account");
        Assert.Equal(HttpStatusCode.SeeOther, over.StatusCode);
    }

    [Fact]
    public async Task Whoever_found_an_open_browser_does_not_end_the_other_sessions()
    {
        using var left = new PlainBrowser(hub);
        var (account, key) = await left.EnrolAsync();
        hub.Time.Move(TimeSpan.FromMinutes(6));
        using var own = new PlainBrowser(hub);
        using var asked = await own.GetAsync("/sign-in");
        using var came = await own.PostAsync("/sign-in", ("name", account), ("password", PlainBrowser.Password), ("code", Totp.Code(key, hub.Time.GetUtcNow())));
        using var page = await left.GetAsync("/account");
        foreach (var path in new[] { "/account/sessions/end", "/account/sessions/end-all", "/account/programs/end" })
        {
            using var refused = await left.PostAsync(path);
            Assert.StartsWith("/sign-in", refused.Headers.Location!.ToString(), StringComparison.Ordinal);
        }

        using var still = await own.GetAsync("/account");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        using var ended = await own.PostAsync("/account/sessions/end-all");
        Assert.Equal("/account?notice=ended", ended.Headers.Location!.ToString());
        using var over = await left.GetAsync("/account");
        Assert.Equal(HttpStatusCode.SeeOther, over.StatusCode);
    }

    [Fact]
    public async Task The_operator_is_told_of_attempts_in_names_that_nobody_has_without_the_names()
    {
        var before = hub.Log.Lines.Count(l => l.Contains("unknownName", StringComparison.Ordinal));
        Assert.False(await TryAsync("somebody.made.up", "not the password at all", "123456"));
        Assert.Equal(before + 1, hub.Log.Lines.Count(l => l.Contains("Nobody came in by password from", StringComparison.Ordinal) && l.Contains("unknownName", StringComparison.Ordinal)));
        Assert.DoesNotContain(hub.Log.Lines, l => l.Contains("somebody.made", StringComparison.Ordinal) || l.Contains("not the password", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/sign-in/passkey")]
    [InlineData("/enrol/passkey")]
    public async Task An_answer_that_no_authenticator_gave_is_refused(string path)
    {
        using var browser = new PlainBrowser(hub);
        var link = await hub.LinkAsync(await hub.InvitePersonAsync());
        foreach (var credential in new[] { "", "{}", "[]", "null", "{\"id\":\"AA\",\"type\":\"public-key\",\"response\":{}}", "\u0000", "nonsense" })
        {
            using var page = await browser.GetAsync(path.StartsWith("/enrol", StringComparison.Ordinal) ? link : "/sign-in");
            var token = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
            using var answer = await browser.PostAsync(path, ("token", token), ("credential", credential), ("state", browser.Ceremony()));
            // A form with a NUL is refused as a form.
            var isForm = credential != "\u0000" && path == "/sign-in/passkey";
            Assert.Equal(isForm ? HttpStatusCode.Forbidden : HttpStatusCode.BadRequest, answer.StatusCode);
            using var account = await browser.GetAsync("/account");
            Assert.Equal(HttpStatusCode.SeeOther, account.StatusCode);
        }
    }

    private async Task<bool> TryAsync(string account, string password, string code)
    {
        using var browser = new PlainBrowser(hub);
        using var page = await browser.GetAsync("/sign-in");
        using var answer = await browser.PostAsync("/sign-in", ("name", account), ("password", password), ("code", code));
        return answer.StatusCode == HttpStatusCode.SeeOther;
    }

    private async Task<string> GuardOfAnotherAsync()
    {
        using var other = new PlainBrowser(hub);
        await other.EnrolAsync();
        using var page = await other.GetAsync("/account");
        return other.Guard;
    }

    private static void IsHardened(HttpResponseMessage answer)
    {
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }
}

/// <summary>Behind a proxy that ends TLS, as in production.</summary>
public sealed class PagesBehindProxyTests(PagesBehindProxyTests.ProductionHub hub) : IClassFixture<PagesBehindProxyTests.ProductionHub>
{
    [Fact]
    public async Task Cookies_never_go_over_a_line_that_others_can_read()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in");
        request.Headers.Host = "hub.example";
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "192.0.2.7");
        using var answer = await hub.Http(null).SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.StartsWith("__Host-", cookie, StringComparison.Ordinal);
        Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\"rpId\":\"hub.example\"", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    public sealed class ProductionHub(TestCluster cluster) : HubFixture(cluster)
    {
        protected override string EnvironmentName => "Production";

        protected override Frontage Frontage => new() { Address = new("https://hub.example"), Proxies = [IPNetwork.Parse("127.0.0.0/8")] };
    }
}

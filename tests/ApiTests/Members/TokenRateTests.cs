using System.Net;
using System.Security.Cryptography;
using Liaison.Api;
using Liaison.Platform.Access;

namespace ApiTests.Members;

/// <summary>A hub that gives few tokens in a minute, which begins when the test says so.</summary>
public sealed class FewTokensHub(TestCluster cluster) : OAuthHub(cluster)
{
    public const int OfAccount = 5, OfMember = 12;

    internal HeldClock Minutes { get; } = new();

    protected override TimeProvider Clock => Minutes;

    protected override RateLimits Rates => new(int.MaxValue, int.MaxValue)
    {
        Failures = int.MaxValue, Tokens = OfAccount, MemberTokens = OfMember, FailureTakes = TimeSpan.Zero,
    };
}

/// <summary>Who proved who it is gets so many tokens and no more, and nobody else uses them up.</summary>
public sealed class TokenRateTests(FewTokensHub hub) : IClassFixture<FewTokensHub>
{
    private const string Written = """
        SELECT (SELECT count(*) FROM members.used_assertion) + (SELECT count(*) FROM audit.entry) + (SELECT count(*) FROM members."OpenIddictTokens")
        """;

    [Fact]
    public async Task What_an_account_asks_for_beyond_its_limit_is_refused_before_anything_is_written()
    {
        hub.Minutes.BeginMinute();
        var (client, key) = await hub.NewSystemAsync();
        var (other, otherKey) = await hub.NewSystemAsync();
        for (var i = 0; i < FewTokensHub.OfAccount; i++) Assert.Equal(HttpStatusCode.OK, (await TokenAsync(client, key)).Status);
        var before = await hub.ScalarAsync<long>(Written);
        var refused = new Assertion(client, hub.Address).Sign(key);
        using (var http = new HttpClient { BaseAddress = hub.Address })
        using (var form = new FormUrlEncodedContent(Assertion.Form(refused)))
        using (var answer = await http.PostAsync(new Uri(Routes.Token, UriKind.Relative), form))
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, "60"), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
            Assert.Contains("\"tooManyRequests\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(before, await hub.ScalarAsync<long>(Written));
        Assert.Equal(HttpStatusCode.OK, (await TokenAsync(other, otherKey)).Status);

        hub.Minutes.BeginMinute();
        Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(refused)).Status);
    }

    [Fact]
    public async Task All_accounts_of_a_member_have_one_limit_and_another_member_its_own()
    {
        hub.Minutes.BeginMinute();
        for (var given = 0; given < FewTokensHub.OfMember;)
        {
            var (one, oneKey) = await hub.NewSystemAsync();
            for (var i = 0; i < 4; i++, given++) Assert.Equal(HttpStatusCode.OK, (await TokenAsync(one, oneKey)).Status);
        }

        var (late, key) = await hub.NewSystemAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TokenAsync(late, key)).Status);
        await hub.RunAsync("UPDATE members.account SET member = 'UTO' WHERE name = $1", late);
        Assert.Equal(HttpStatusCode.OK, (await TokenAsync(late, key)).Status);
    }

    /// <summary>By its name, by another's key, and by a copy of what it sent.</summary>
    [Fact]
    public async Task Nobody_who_proves_nothing_uses_up_what_a_client_has()
    {
        hub.Minutes.BeginMinute();
        var (client, key) = await hub.NewSystemAsync();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var used = new Assertion(client, hub.Address).Sign(key);
        Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(used)).Status);
        for (var i = 0; i < 2 * FewTokensHub.OfMember; i++)
        {
            Assert.Equal("invalid_client", (await TokenAsync(client, stranger)).Error);
            Assert.Equal("invalid_client", (await hub.TokenAsync(used)).Error);
            var named = new Dictionary<string, string> { ["grant_type"] = "refresh_token", ["refresh_token"] = "made-up", ["client_id"] = client };
            Assert.Equal("invalid_client", (await hub.PostAsync(Routes.Token, named)).Error);
        }

        for (var i = 1; i < FewTokensHub.OfAccount; i++) Assert.Equal(HttpStatusCode.OK, (await TokenAsync(client, key)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TokenAsync(client, key)).Status);
    }

    [Fact]
    public async Task Many_at_once_are_no_way_around()
    {
        hub.Minutes.BeginMinute();
        var (client, key) = await hub.NewSystemAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 4 * FewTokensHub.OfAccount).Select(_ => TokenAsync(client, key)));
        Assert.Equal(FewTokensHub.OfAccount, answers.Count(a => a.Status == HttpStatusCode.OK));
        Assert.Equal(FewTokensHub.OfAccount, await hub.ScalarAsync<long>("SELECT count(*) FROM members.used_assertion WHERE client = $1", client));
    }

    [Fact]
    public async Task Tokens_by_a_secret_are_counted_too()
    {
        hub.Minutes.BeginMinute();
        var (client, _) = await hub.NewSystemAsync();
        var secret = "";
        await hub.ChangeAsync(client, async (clients, transaction) => secret = await clients.SetSecretAsync(transaction, client, CancellationToken.None));
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = client, ["client_secret"] = secret };
        for (var i = 0; i < FewTokensHub.OfAccount; i++) Assert.Equal(HttpStatusCode.OK, (await hub.PostAsync(Routes.Token, form)).Status);
        var before = await hub.ScalarAsync<long>(Written);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await hub.PostAsync(Routes.Token, form)).Status);
        Assert.Equal(before, await hub.ScalarAsync<long>(Written));
    }

    [Fact]
    public async Task A_person_s_program_is_counted_as_the_person_and_keeps_its_refresh_token()
    {
        hub.Minutes.BeginMinute();
        var tokens = await hub.SignInAsync();
        for (var i = 1; i < FewTokensHub.OfAccount; i++)
        {
            tokens = await hub.PostAsync(Routes.Token, OAuthHub.RefreshOf(tokens["refresh_token"]!));
            Assert.Equal(HttpStatusCode.OK, tokens.Status);
        }

        var before = await hub.ScalarAsync<long>(Written);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await hub.PostAsync(Routes.Token, OAuthHub.RefreshOf(tokens["refresh_token"]!))).Status);
        Assert.Equal(before, await hub.ScalarAsync<long>(Written));
        hub.Minutes.BeginMinute();
        Assert.Equal(HttpStatusCode.OK, (await hub.PostAsync(Routes.Token, OAuthHub.RefreshOf(tokens["refresh_token"]!))).Status);
    }

    [Fact]
    public async Task Who_asked_for_too_many_can_still_give_them_back_and_that_is_counted_by_itself()
    {
        hub.Minutes.BeginMinute();
        var (client, key) = await hub.NewSystemAsync();
        var token = (await TokenAsync(client, key))["access_token"]!;
        for (var i = 1; i < FewTokensHub.OfAccount; i++) Assert.Equal(HttpStatusCode.OK, (await TokenAsync(client, key)).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TokenAsync(client, key)).Status);
        Assert.Equal(HttpStatusCode.OK, (await RevokeAsync(client, key, token)).Status);
        Assert.Equal("revoked", await hub.ScalarAsync<string>(
            """SELECT min("Status") FROM members."OpenIddictTokens" WHERE "ReferenceId" = $1""",
            Convert.ToBase64String(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)))));
        for (var i = 1; i < FewTokensHub.OfAccount; i++) await RevokeAsync(client, key, "made-up");
        var before = await hub.ScalarAsync<long>(Written);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await RevokeAsync(client, key, "made-up")).Status);
        Assert.Equal(before, await hub.ScalarAsync<long>(Written));
    }

    private Task<OAuthAnswer> TokenAsync(string client, ECDsa key) => hub.TokenAsync(new Assertion(client, hub.Address).Sign(key));

    private Task<OAuthAnswer> RevokeAsync(string client, ECDsa key, string token)
    {
        var form = Assertion.Form(new Assertion(client, hub.Address).Sign(key));
        form.Remove("grant_type");
        form["token"] = token;
        return hub.PostAsync(Routes.Revocation, form);
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Liaison.Api.TravelDocuments;
using Liaison.Members.OAuth;

namespace ApiTests.Members;

/// <summary>A system proves who it is with a key of its own (RFC 7523) and gets an access token.</summary>
public sealed class SystemTokenTests(OAuthHub hub) : IClassFixture<OAuthHub>
{
    private const string NotProved = "The client is not known here, or did not prove to be who it says.";

    [Fact]
    public async Task A_signed_assertion_gets_a_reference_token_for_fifteen_minutes()
    {
        var (client, key) = await hub.NewSystemAsync();
        var answer = await hub.TokenAsync(new Assertion(client, hub.Address).Sign(key));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal("Bearer", answer["token_type"]);
        Assert.InRange(int.Parse(answer["expires_in"]!, null), 890, 900);
        Assert.Null(answer["refresh_token"]);

        var token = answer["access_token"]!;
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        Assert.Equal($"{client} valid urn:ietf:params:oauth:token-type:access_token", await hub.ScalarAsync<string>(
            """SELECT concat_ws(' ', "Subject", "Status", "Type") FROM members."OpenIddictTokens" WHERE "ReferenceId" = $1""", hash));
        var search = await hub.As(token).SearchAsync(new SearchRequest { Number = "OA000001", Issuer = "FRA", Purpose = "borderControl" }, CancellationToken.None);
        Assert.True(search.Problem is null, search.Problem?.Detail);
        Assert.Equal(1, await hub.ScalarAsync<long>(
            "SELECT count(*) FROM audit.entry WHERE event = 'members.systemSignedIn' AND account = $1 AND asked::jsonb ->> 'by' = 'privateKeyJwt'", client));
        Assert.DoesNotContain(hub.Log.Lines, line => line.Contains(token, StringComparison.Ordinal) || line.Contains("eyJ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no type")]
    [InlineData("JWT")]
    [InlineData("no key id")]
    [InlineData("issuer without slash")]
    [InlineData("clock behind")]
    public async Task What_other_libraries_write_is_taken(string how)
    {
        var (client, key) = await hub.NewSystemAsync();
        var assertion = how switch
        {
            "no type" => new Assertion(client, hub.Address) { Header = h => h.Remove("typ") },
            "JWT" => new(client, hub.Address) { Header = h => h["typ"] = "JWT" },
            "no key id" => new(client, hub.Address) { Header = h => h.Remove("kid") },
            "issuer without slash" => new(client, hub.Address) { Claims = c => c["aud"] = hub.Address.GetLeftPart(UriPartial.Authority) },
            _ => new(client, hub.Address) { Claims = c => c["exp"] = TimeProvider.System.GetUtcNow().AddSeconds(-20).ToUnixTimeSeconds() },
        };
        var answer = await hub.TokenAsync(assertion.Sign(key));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES384")]
    public async Task Other_asymmetric_algorithms_are_taken(string algorithm)
    {
        var (client, _) = await hub.NewSystemAsync();
        var assertion = new Assertion(client, hub.Address) { Algorithm = algorithm };
        string signed;
        if (algorithm == "ES384")
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
            await hub.SetKeysAsync(client, Assertion.SetOf(("first", key)));
            signed = assertion.Sign(text => key.SignData(text, HashAlgorithmName.SHA384));
        }
        else
        {
            using var key = RSA.Create(2048);
            await hub.SetKeysAsync(client, Assertion.SetOf("first", key));
            signed = assertion.Sign(key, algorithm == "RS256" ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss);
        }

        var answer = await hub.TokenAsync(signed);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
    }

    [Theory]
    [InlineData("expired", "has expired")]
    [InlineData("too long", "at most 5 minutes")]
    [InlineData("without exp", null)]
    [InlineData("not yet", "nbf")]
    [InlineData("issued later", "iat")]
    [InlineData("another hub", "aud is this hub alone")]
    [InlineData("two hubs", null)]
    [InlineData("the token endpoint", "aud is this hub alone")]
    [InlineData("without jti", "jti of its own")]
    [InlineData("long jti", "visible ASCII")]
    public async Task An_assertion_that_does_not_do_is_refused_with_the_reason(string fault, string? reason)
    {
        var (client, key) = await hub.NewSystemAsync();
        var answer = await hub.TokenAsync(new Assertion(client, hub.Address) { Claims = c => Spoil(c, fault) }.Sign(key));
        Assert.NotEqual(HttpStatusCode.OK, answer.Status);
        Assert.Equal(reason is null ? "invalid_request" : "invalid_client", answer.Error);
        if (reason is not null) Assert.Contains(reason, answer["error_description"], StringComparison.Ordinal);
        Assert.Null(answer["access_token"]);
        Assert.Null(answer["error_uri"]);
    }

    [Theory]
    [InlineData("unknown client")]
    [InlineData("another's key")]
    [InlineData("none")]
    [InlineData("HS256 with the public key")]
    [InlineData("changed after signing")]
    [InlineData("without signature")]
    [InlineData("an access token's type")]
    [InlineData("suspended account")]
    [InlineData("suspended member")]
    [InlineData("a person")]
    [InlineData("keys taken away")]
    public async Task Nobody_learns_whether_a_client_exists(string fault)
    {
        var (client, key) = await hub.NewSystemAsync();
        var assertion = new Assertion(client, hub.Address);
        var signed = fault switch
        {
            "unknown client" => new Assertion("nobody-of-this-name", hub.Address).Sign(key),
            "another's key" => assertion.Sign((await hub.NewSystemAsync()).Key),
            "none" => (assertion with { Algorithm = "none" }).Sign(_ => []),
            "HS256 with the public key" => (assertion with { Algorithm = "HS256" }).Sign(text => HMACSHA256.HashData(key.ExportSubjectPublicKeyInfo(), text)),
            "changed after signing" => Changed(assertion.Sign(key)),
            "without signature" => assertion.Sign(key) is var whole ? whole[..(whole.LastIndexOf('.') + 1)] : "",
            "an access token's type" => (assertion with { Header = h => h["typ"] = "at+jwt" }).Sign(key),
            _ => assertion.Sign(key),
        };
        if (fault == "suspended account") await hub.RunAsync("UPDATE members.account SET state = 'suspended' WHERE name = $1", client);
        if (fault == "a person") await hub.RunAsync("UPDATE members.account SET kind = 'person' WHERE name = $1", client);
        if (fault == "suspended member") await hub.RunAsync("UPDATE members.member SET suspended_at = now() WHERE code = 'FRA'");
        if (fault == "keys taken away") await hub.ChangeAsync(client, (_, transaction) => SystemClients.RemoveAsync(transaction, client, CancellationToken.None));
        var answer = await hub.TokenAsync(signed);
        if (fault == "suspended member") await hub.RunAsync("UPDATE members.member SET suspended_at = NULL WHERE code = 'FRA'");
        Assert.Equal((HttpStatusCode.Unauthorized, $$"""{"error":"invalid_client","error_description":"{{NotProved}}"}"""),
            (answer.Status, JsonNode.Parse(answer.Text)!.ToJsonString()));
    }

    [Fact]
    public async Task An_assertion_is_taken_once_on_whatever_node()
    {
        var (client, key) = await hub.NewSystemAsync();
        await using var other = await hub.StartHubAsync();
        // Made out to both in turn, as behind a balancer: the same signed text must be refused by the second.
        var assertion = new Assertion(client, hub.Address).Sign(key);
        Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(assertion)).Status);
        Assert.Contains("used before", (await hub.TokenAsync(assertion))["error_description"], StringComparison.Ordinal);
        var there = new Uri(other.Urls.First());
        Assert.Contains("aud is this hub alone", (await hub.TokenAsync(assertion, there))["error_description"], StringComparison.Ordinal);
        Assert.Equal(1, await hub.ScalarAsync<long>("SELECT count(*) FROM members.used_assertion WHERE client = $1", client));
    }

    [Fact]
    public async Task Two_keys_hold_at_once_so_that_one_can_follow_the_other()
    {
        var (client, old) = await hub.NewSystemAsync();
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await hub.SetKeysAsync(client, Assertion.SetOf(("first", old), ("second", next)));
        Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(new Assertion(client, hub.Address).Sign(old))).Status);
        Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(new Assertion(client, hub.Address) { KeyId = "second" }.Sign(next))).Status);
        await hub.SetKeysAsync(client, Assertion.SetOf(("second", next)));
        Assert.Equal("invalid_client", (await hub.TokenAsync(new Assertion(client, hub.Address).Sign(old))).Error);
        Assert.Equal(HttpStatusCode.OK, (await hub.TokenAsync(new Assertion(client, hub.Address) { KeyId = "second" }.Sign(next))).Status);
    }

    private static string Changed(string assertion)
    {
        var parts = assertion.Split('.');
        return $"{parts[0]}.{parts[1]}.{(parts[2][0] == 'A' ? 'B' : 'A')}{parts[2][1..]}";
    }

    private static void Spoil(JsonObject claims, string fault)
    {
        var now = TimeProvider.System.GetUtcNow();
        switch (fault)
        {
            case "expired": claims["exp"] = now.AddSeconds(-40).ToUnixTimeSeconds(); break;
            case "too long": claims["exp"] = now.AddMinutes(6).ToUnixTimeSeconds(); break;
            case "without exp": claims.Remove("exp"); break;
            case "not yet": claims["nbf"] = now.AddSeconds(60).ToUnixTimeSeconds(); break;
            case "issued later": claims["iat"] = now.AddSeconds(60).ToUnixTimeSeconds(); break;
            case "another hub": claims["aud"] = "https://hub.example/"; break;
            case "two hubs": claims["aud"] = new JsonArray((string)claims["aud"]!, "https://hub.example/"); break;
            case "the token endpoint": claims["aud"] = (string)claims["aud"]! + "connect/token"; break;
            case "without jti": claims.Remove("jti"); break;
            default: claims["jti"] = new string('x', 129); break;
        }
    }
}

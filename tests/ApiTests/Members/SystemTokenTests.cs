using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ApiTests.Members;

/// <summary>A system proves who it is with a key of its own (RFC 7523) and gets an access token.</summary>
public sealed class SystemTokenTests(OAuthHub hub) : IClassFixture<OAuthHub>
{
    [Fact]
    public async Task A_signed_assertion_gets_a_reference_token_for_fifteen_minutes()
    {
        var (client, key) = await hub.NewSystemAsync();
        var answer = await hub.TokenAsync(new Assertion(client, hub.Address).Sign(key));
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal("Bearer", answer["token_type"]);
        Assert.InRange(int.Parse(answer["expires_in"]!, null), 890, 900);
        Assert.Null(answer["refresh_token"]);

        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(answer["access_token"]!)));
        Assert.Equal($"{client} valid urn:ietf:params:oauth:token-type:access_token", await hub.ScalarAsync<string>(
            """SELECT concat_ws(' ', "Subject", "Status", "Type") FROM members."OpenIddictTokens" WHERE "ReferenceId" = $1""", hash));
    }
}

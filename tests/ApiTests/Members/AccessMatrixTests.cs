using Liaison.Api;
using Liaison.Platform.Access;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ApiTests.Members;

/// <summary>Every route with a rule against every kind of caller that must not pass; both are found, not listed.</summary>
public sealed class AccessMatrixTests(TestCluster cluster) : HubFixture(cluster)
{
    private const string SomeId = "00000000-0000-7000-8000-000000000000";

    /// <summary>How germany is put into the state, and what every route then answers; a route that needs no agreement is left out where one is missing.</summary>
    private static readonly (string Kind, string Sql, int Status, string Code)[] Kinds =
    [
        ("token ended", "UPDATE members.\"OpenIddictTokens\" SET \"ExpirationDate\" = now() - interval '1 second' WHERE \"Subject\" = 'germany'", 401, "unauthenticated"),
        ("token revoked", "UPDATE members.\"OpenIddictTokens\" SET \"Status\" = 'revoked' WHERE \"Subject\" = 'germany'", 401, "unauthenticated"),
        ("another kind of token", "UPDATE members.\"OpenIddictTokens\" SET \"Type\" = 'urn:ietf:params:oauth:token-type:refresh_token' WHERE \"Subject\" = 'germany'", 401, "unauthenticated"),
        ("account invited", "UPDATE members.account SET state = 'invited' WHERE name = 'germany'", 401, "unauthenticated"),
        ("account suspended", "UPDATE members.account SET state = 'suspended' WHERE name = 'germany'", 401, "unauthenticated"),
        ("account ended", "UPDATE members.account SET state = 'ended' WHERE name = 'germany'", 401, "unauthenticated"),
        ("member suspended", "UPDATE members.member SET suspended_at = now() WHERE code = 'DEU'", 401, "unauthenticated"),
        ("no permission", "UPDATE members.account SET permissions = '{}' WHERE name = 'germany'", 403, "permissionMissing"),
        ("unit without grant", """
            INSERT INTO members.unit VALUES ('DEU/X', 'DEU', 'X', 'agency', '{}', '{}', now(), 'test', NULL);
            UPDATE members.account SET unit = 'DEU/X' WHERE name = 'germany'
            """, 403, "unitNotGranted"),
        ("unit withdrawn", """
            INSERT INTO members.unit SELECT 'DEU/X', 'DEU', 'X', 'agency', permissions, '{}', now(), 'test', now() FROM members.account WHERE name = 'germany';
            UPDATE members.account SET unit = 'DEU/X' WHERE name = 'germany'
            """, 403, "unitNotGranted"),
        ("unit above withdrawn", """
            INSERT INTO members.unit SELECT 'DEU/X', 'DEU', 'X', 'agency', permissions, '{}', now(), 'test', now() FROM members.account WHERE name = 'germany';
            INSERT INTO members.unit SELECT 'DEU/X/Y', 'DEU', 'Y', 'agency', permissions, '{}', now(), 'test', NULL FROM members.account WHERE name = 'germany';
            UPDATE members.account SET unit = 'DEU/X/Y' WHERE name = 'germany'
            """, 403, "unitNotGranted"),
        ("no agreement", "DELETE FROM members.agreement WHERE member = 'DEU'", 403, "noAgreement"),
        ("agreement ended", "UPDATE members.agreement SET ended_at = now() - interval '1 second' WHERE member = 'DEU'", 403, "noAgreement"),
        ("agreement to come", "UPDATE members.agreement SET since = now() + interval '1 hour' WHERE member = 'DEU'", 403, "noAgreement"),
        ("agreement on something else", "UPDATE members.agreement SET dataset = 'firearms' WHERE member = 'DEU'", 403, "noAgreement"),
    ];

    public static TheoryData<string> All => [.. Kinds.Select(k => k.Kind)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Nobody_passes_any_route_like_that(string kind)
    {
        var (_, sql, status, code) = Kinds.Single(k => k.Kind == kind);
        var routes = Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<RouteRule>() is { } rule && (code != "noAgreement" || rule.Permission.Dataset is not null)).ToArray();
        Assert.True(routes.Length >= 9);
        // Every right there is, so that nothing but the state can refuse.
        string[] everything = [.. routes.Select(e => e.Metadata.GetMetadata<RouteRule>()!.Permission.Code).Distinct()];
        await using (var owner = new NpgsqlConnection(OwnerConnectionString))
        {
            await owner.OpenAsync();
            await using var able = new NpgsqlCommand("UPDATE members.account SET permissions = $1 WHERE name = 'germany'", owner) { Parameters = { new() { Value = everything } } };
            await able.ExecuteNonQueryAsync();
            await using var set = new NpgsqlCommand(sql, owner);
            Assert.True(await set.ExecuteNonQueryAsync() > 0);
        }

        foreach (var route in routes)
        {
            using var answer = await AskAsync(route);
            var body = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode == status, $"{kind}, {route.RoutePattern.RawText}: {(int)answer.StatusCode} {body}");
            Assert.Equal(code, System.Text.Json.JsonSerializer.Deserialize(body, LiaisonJson.Default.Problem)!.Code);
        }
    }

    private async Task<HttpResponseMessage> AskAsync(RouteEndpoint route)
    {
        var method = route.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods[0];
        using var request = new HttpRequestMessage(new(method), route.RoutePattern.RawText!.Replace("{id:guid}", SomeId, StringComparison.Ordinal));
        if (route.Metadata.GetMetadata<IAcceptsMetadata>() is { } accepts)
        {
            request.Content = new ByteArrayContent("{}"u8.ToArray());
            request.Content.Headers.TryAddWithoutValidation("Content-Type", accepts.ContentTypes[0]);
        }

        return await Http(Callers.Germany).SendAsync(request);
    }
}

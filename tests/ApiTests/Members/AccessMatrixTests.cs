using Liaison.Api;
using Liaison.Members.Demo;
using Npgsql;

namespace ApiTests.Members;

/// <summary>Every route with a rule against every kind of caller that must not pass; both are found, not listed.</summary>
public sealed class AccessMatrixTests(AbleHub hub) : IClassFixture<AbleHub>
{
    /// <summary>How an able account is put into the state, and what every route then answers; a route that needs no agreement is left out where one is missing.</summary>
    private static readonly (string Kind, string Sql, int Status, string Code)[] Kinds =
    [
        ("token ended", "UPDATE members.\"OpenIddictTokens\" SET \"ExpirationDate\" = now() - interval '1 second' WHERE \"Subject\" = 'ACCOUNT'", 401, "unauthenticated"),
        ("token revoked", "UPDATE members.\"OpenIddictTokens\" SET \"Status\" = 'revoked' WHERE \"Subject\" = 'ACCOUNT'", 401, "unauthenticated"),
        ("another kind of token", "UPDATE members.\"OpenIddictTokens\" SET \"Type\" = 'urn:ietf:params:oauth:token-type:refresh_token' WHERE \"Subject\" = 'ACCOUNT'", 401, "unauthenticated"),
        ("account invited", "UPDATE members.account SET state = 'invited' WHERE name = 'ACCOUNT'", 401, "unauthenticated"),
        ("account suspended", "UPDATE members.account SET state = 'suspended' WHERE name = 'ACCOUNT'", 401, "unauthenticated"),
        ("account ended", "UPDATE members.account SET state = 'ended' WHERE name = 'ACCOUNT'", 401, "unauthenticated"),
        ("member suspended", "UPDATE members.member SET suspended_at = now() WHERE code = 'MEMBER'", 401, "unauthenticated"),
        ("no permission", "UPDATE members.account SET permissions = '{}' WHERE name = 'ACCOUNT'", 403, "permissionMissing"),
        ("unit without grant", """
            INSERT INTO members.unit VALUES ('MEMBER/X', 'MEMBER', 'X', 'agency', '{}', '{}', now(), 'test', NULL);
            UPDATE members.account SET unit = 'MEMBER/X' WHERE name = 'ACCOUNT'
            """, 403, "unitNotGranted"),
        ("unit withdrawn", """
            INSERT INTO members.unit SELECT 'MEMBER/X', 'MEMBER', 'X', 'agency', permissions, NULL, now(), 'test', now() FROM members.account WHERE name = 'ACCOUNT';
            UPDATE members.account SET unit = 'MEMBER/X' WHERE name = 'ACCOUNT'
            """, 403, "unitNotGranted"),
        ("unit above withdrawn", """
            INSERT INTO members.unit SELECT 'MEMBER/X', 'MEMBER', 'X', 'agency', permissions, NULL, now(), 'test', now() FROM members.account WHERE name = 'ACCOUNT';
            INSERT INTO members.unit SELECT 'MEMBER/X/Y', 'MEMBER', 'Y', 'agency', permissions, NULL, now(), 'test', NULL FROM members.account WHERE name = 'ACCOUNT';
            UPDATE members.account SET unit = 'MEMBER/X/Y' WHERE name = 'ACCOUNT'
            """, 403, "unitNotGranted"),
        ("no agreement", "DELETE FROM members.agreement WHERE member = 'MEMBER'", 403, "noAgreement"),
        ("agreement ended", "UPDATE members.agreement SET ended_at = now() - interval '1 second' WHERE member = 'MEMBER'", 403, "noAgreement"),
        ("agreement to come", "UPDATE members.agreement SET since = now() + interval '1 hour' WHERE member = 'MEMBER'", 403, "noAgreement"),
        ("agreement for another purpose", "UPDATE members.agreement SET purposes = '{training}' WHERE member = 'MEMBER'", 403, "purposeNotAgreed"),
        ("unit for another purpose", """
            INSERT INTO members.unit SELECT 'MEMBER/X', 'MEMBER', 'X', 'agency', permissions, '{training}', now(), 'test', NULL FROM members.account WHERE name = 'ACCOUNT';
            UPDATE members.account SET unit = 'MEMBER/X' WHERE name = 'ACCOUNT'
            """, 403, "purposeNotAgreed"),
        ("unit for no purpose", """
            INSERT INTO members.unit SELECT 'MEMBER/X', 'MEMBER', 'X', 'agency', permissions, '{}', now(), 'test', NULL FROM members.account WHERE name = 'ACCOUNT';
            UPDATE members.account SET unit = 'MEMBER/X' WHERE name = 'ACCOUNT'
            """, 403, "unitNotGranted"),
        ("no purpose said", "UPDATE members.account SET default_purpose = NULL WHERE name = 'ACCOUNT'", 403, "purposeNotAgreed"),
        ("agreement on something else", "UPDATE members.agreement SET dataset = 'firearms' WHERE member = 'MEMBER'", 403, "noAgreement"),
    ];

    /// <summary>What was attempted can be found again: for which purpose, in which case of the asker's, on what.</summary>
    [Fact]
    public async Task A_denial_tells_what_was_attempted()
    {
        await using (var owner = new NpgsqlConnection(hub.OwnerConnectionString))
        {
            await owner.OpenAsync();
            await Seed.InsertAsync(owner, [new("DENIED", "partner", "DENIED") { Access = ["search"], Purposes = ["training"] }],
                [new("denied", "DENIED", ["travelDocuments.read"], "training", "token-of-denied")], TimeProvider.System.GetUtcNow(), CancellationToken.None);
        }

        var http = hub.Http("token-of-denied");
        http.DefaultRequestHeaders.Add(Headers.Purpose, "borderControl");
        http.DefaultRequestHeaders.Add(Headers.Reference, "Case 7");
        using var answer = await http.GetAsync(new Uri(Routes.TravelDocument(Guid.Parse(hub.RecordOfUtopia)), UriKind.Relative));
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Equal("purposeNotAgreed borderControl Case 7 " + hub.RecordOfUtopia, await hub.ScalarAsync<string>("""
            SELECT concat_ws(' ', asked::jsonb ->> 'rule', purpose, reference, asked::jsonb -> 'asked' ->> 'id') FROM audit.entry
            WHERE account = 'denied' AND event = 'access.denied'
            """));
    }

    public static TheoryData<string> All => [.. Kinds.Select(k => k.Kind)];

    [Theory]
    [MemberData(nameof(All))]
    public async Task Nobody_passes_any_route_like_that(string kind)
    {
        var (_, sql, status, code) = Kinds.Single(k => k.Kind == kind);
        var routes = hub.RuledRoutes().Where(e => (code is not ("noAgreement" or "purposeNotAgreed") && kind != "unit for no purpose") || e.Rule().Permission.Dataset is not null).ToArray();
        Assert.True(routes.Length >= 9);
        // Every right there is, so that nothing but the state can refuse; and a member of its own, so that the states do not meet.
        string[] everything = [.. hub.RuledRoutes().Select(e => e.Rule().Permission.Code).Distinct()];
        var name = $"able-{kind.Replace(' ', '-')}";
        var member = $"ABLE-{Array.FindIndex(Kinds, k => k.Kind == kind)}";
        await using (var owner = new NpgsqlConnection(hub.OwnerConnectionString))
        {
            await owner.OpenAsync();
            await Seed.InsertAsync(owner, [new(member, "country", member)], [new(name, member, everything, "borderControl", $"token-of-{name}")],
                TimeProvider.System.GetUtcNow(), CancellationToken.None);
            await using var set = new NpgsqlCommand(
                sql.Replace("ACCOUNT", name, StringComparison.Ordinal).Replace("MEMBER", member, StringComparison.Ordinal), owner);
            Assert.True(await set.ExecuteNonQueryAsync() > 0);
        }

        foreach (var route in routes)
        {
            // A purpose that stands in the body is looked at when the body is good.
            using var request = (route.Rule().PurposeInBody || route.Rule().PurposeInLines) && CallerMatrixTests.Examples.TryGetValue(route.Name(), out var example)
                ? route.Request(example.Body, hub.RecordOfUtopia) : route.Request();
            using var answer = await hub.Http($"token-of-{name}").SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            if (kind == "no purpose said" && (int)answer.StatusCode != 403)
            {
                // A question that says its purpose itself is not whole without.
                Assert.True(route.Rule().PurposeInBody || route.Rule().PurposeInLines, route.Name());
                Assert.Contains("\"purposeRequired\"", body, StringComparison.Ordinal);
                Assert.DoesNotContain("\"answer\"", body, StringComparison.Ordinal);
                continue;
            }

            // An administrator of the hub is of the secretariat: what a country's lacks first is the permission.
            var (then, why) = status == 403 && route.Rule().Permission.OnlyOf is not null ? (403, "permissionMissing") : (status, code);
            Assert.True((int)answer.StatusCode == then, $"{kind}, {route.Name()}: {(int)answer.StatusCode} {body}");
            Assert.Equal(why, System.Text.Json.JsonSerializer.Deserialize(body, LiaisonJson.Default.Problem)!.Code);
        }
    }
}

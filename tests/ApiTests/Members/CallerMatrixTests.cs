using System.Net;
using System.Net.Http.Headers;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Members.Demo;
using Liaison.Platform.Access;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace ApiTests.Members;

/// <summary>A hub with an account of every kind of member, each of which was given every right there is, past all rules.</summary>
public sealed class AbleHub(TestCluster cluster) : HubFixture(cluster)
{
    public const string Partner = "token-of-europol";

    /// <summary>A record of Utopia, which is no caller's of these tests.</summary>
    public string RecordOfUtopia { get; private set; } = "";

    protected override RateLimits Rates => new(int.MaxValue, int.MaxValue) { Unknown = int.MaxValue };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await using var owner = new NpgsqlConnection(OwnerConnectionString);
        await owner.OpenAsync();
        await Seed.InsertAsync(owner, [new("EUROPOL", "partner", "Europol")], [new("europol", "EUROPOL", [], "borderControl", Partner)],
            TimeProvider.System.GetUtcNow(), CancellationToken.None);
        RecordOfUtopia = (await this.RecordedAsync(Documents.Stolen("MX0000001"))).Id.ToString();
        string[] everything = [.. this.RuledRoutes().Select(e => e.Rule().Permission.Code).Distinct()];
        await using var able = new NpgsqlCommand("UPDATE members.account SET permissions = $1 WHERE member <> 'UTO'", owner) { Parameters = { new() { Value = everything } } };
        await able.ExecuteNonQueryAsync();
        await using var granted = new NpgsqlCommand("UPDATE members.unit SET permissions = $1", owner) { Parameters = { new() { Value = everything } } };
        await granted.ExecuteNonQueryAsync();
    }
}

/// <summary>
/// Every route against every kind of caller, and against nobody. What a kind of member can never do is refused with its code, whatever its account
/// says; everything else passes the gate, so that the refusals are no accident. Routes are found; each that takes a body must have an example here.
/// </summary>
public sealed class CallerMatrixTests(AbleHub hub) : IClassFixture<AbleHub>
{
    private const string Document = """{"number":"MX0000001","issuer":"UTO","kind":"passport","status":"stolen","why":"w"}""";

    /// <summary>What a route is sent, all of it about Utopia where it names anybody, and with which code it refuses whoever is not of Utopia.</summary>
    internal static readonly Dictionary<string, (string Body, string? Foreign)> Examples = new()
    {
        ["searchTravelDocuments"] = ("""{"number":"MX0000001","issuer":"UTO","kind":"passport"}""", null),
        ["searchManyTravelDocuments"] = ("""{"number":"MX0000001","issuer":"UTO","kind":"passport"}""", null),
        ["recordTravelDocument"] = (Document, "notIssuingAuthority"),
        ["changeTravelDocument"] = (Document, "notIssuingAuthority"),
        ["withdrawTravelDocument"] = ("""{"reason":"enteredInError","why":"w"}""", "notIssuingAuthority"),
        ["holdTravelDocument"] = ("""{"why":"w"}""", "notIssuingAuthority"),
        ["releaseTravelDocument"] = ("""{"why":"w"}""", "notIssuingAuthority"),
        // Each row of a file answers for itself.
        ["importTravelDocuments"] = ("number,issuer,kind,status\nMX0000002,UTO,passport,stolen\n", null),
        ["readTravelDocumentVersions"] = ("", "notOwner"),
        ["explainTravelDocumentSight"] = ("", "notOwner"),
        ["askForHit"] = ($$"""{"searchId":"{{DiscoveredRoutes.SomeId}}","hitId":"{{DiscoveredRoutes.SomeId}}"}""", "unknownHit"),
        ["answerHit"] = ("""{"act":"confirm"}""", "unknownHit"),
        ["giveHitOutcome"] = ("""{"outcome":"unknown"}""", "unknownHit"),
        ["closeHit"] = ("{}", "unknownHit"),
        ["careForHit"] = ("""{"act":"remind"}""", "unknownHit"),
        ["writeHitMessage"] = ("""{"text":"t"}""", "unknownHit"),
        ["attachToHit"] = ("A line of text.", "unknownHit"),
        ["registerWebhook"] = ("""{"url":"https://mx.example"}""", null),
        ["replayWebhook"] = ("{}", "unknownWebhook"),
        ["askStanding"] = ($$"""{"number":"MX0000009","issuer":"UTO","reason":"r","until":"{{TimeProvider.System.GetUtcNow().AddDays(30):yyyy-MM-dd}}"}""", null),
        ["admitMember"] = ("""{"code":"MX","kind":"country","name":"n"}""", null),
        ["setMemberState"] = ("""{"code":"NOBODYS","state":"suspended","why":"w"}""", null),
        ["setDesk"] = ("""{"urgency":"routine","name":"n","contact":"c","languages":["en"],"timeZone":"Europe/Paris","hours":"24/7"}""", null),
        ["grantUnit"] = ("""{"name":"UTO/MX","title":"t","kind":"agency","permissions":[]}""", "otherMember"),
        ["withdrawUnit"] = ("""{"name":"UTO/MX","why":"w"}""", "otherMember"),
        ["openAccount"] = ("""{"name":"mx","member":"UTO","kind":"system","title":"t","permissions":[]}""", "otherMember"),
        ["changeAccount"] = ("""{"name":"utopia-chief","title":"t","permissions":[]}""", "unknownAccount"),
        ["setAccountState"] = ("""{"name":"utopia-chief","state":"suspended","why":"w"}""", "unknownAccount"),
        ["inviteAgain"] = ("""{"name":"utopia-chief"}""", "unknownAccount"),
        ["setAccountKeys"] = ("""{"name":"utopia-chief"}""", "unknownAccount"),
        ["bindAccount"] = ("""{"name":"utopia-chief"}""", "unknownAccount"),
        ["explainAccess"] = ("", "unknownAccount"),
        ["registerProvider"] = ("""{"member":"UTO","issuer":"https://mx.example","clientId":"c","title":"t"}""", "otherMember"),
        ["changeProvider"] = ("""{"code":"mx","title":"t","algorithms":["ES256"]}""", "unknownProvider"),
        ["endProvider"] = ("""{"code":"mx","why":"w"}""", "unknownProvider"),
        ["concludeAgreement"] = ("""{"member":"UTO","dataset":"travelDocuments","access":"search","purposes":["training"]}""", null),
        ["endAgreement"] = ($$"""{"id":"{{DiscoveredRoutes.SomeId}}","why":"w"}""", null),
        ["decideApproval"] = ($$"""{"id":"{{DiscoveredRoutes.SomeId}}","decision":"refused"}""", null),
        ["collectLink"] = ($$"""{"id":"{{DiscoveredRoutes.SomeId}}"}""", null),
    };

    /// <summary>Who everything is open to, by method and path, and why nobody need prove anything there. A new one must be put here by somebody who means it.</summary>
    private static readonly Dictionary<string, string> Open = new()
    {
        ["GET /health/live"] = "a balancer has no account",
        ["GET /health/ready"] = "a balancer has no account",
        ["GET /openapi/{documentName}.json"] = "the interface is no secret",
        ["GET /docs/{documentName?}"] = "the interface is no secret",
        ["GET /docs/favicon.svg"] = "picture of the page above",
        ["GET /docs/scalar.js"] = "script of the page above",
        ["GET /docs/scalar.aspnetcore.js"] = "script of the page above",
        ["POST /connect/token"] = "the request itself proves who asks",
        ["POST /connect/device"] = "a device has no account, a person decides",
        ["POST /connect/revoke"] = "whoever holds a token may give it back",
        ["GET /.well-known/oauth-authorization-server"] = "RFC 8414: where tokens are to be had",
        ["GET /sign-in"] = "nobody has signed in yet",
        ["POST /sign-in"] = "nobody has signed in yet",
        ["POST /sign-in/passkey"] = "nobody has signed in yet",
        ["POST /sign-in/via"] = "nobody has signed in yet",
        ["GET /sign-in/via/{code}"] = "nobody has signed in yet",
        ["GET /sign-in/via/{code}/back"] = "nobody has signed in yet",
        ["GET /sign-in/via/{code}/keys"] = "a provider has no account, and the key is public",
        ["GET /sign-in/pages.css"] = "style",
        ["GET /sign-in/passkey.js"] = "script",
        ["GET /enrol"] = "the one-time link is the proof",
        ["POST /enrol/passkey"] = "the one-time link is the proof",
        ["POST /enrol/password"] = "the one-time link is the proof",
    };

    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["carrier"] = Callers.Airline, ["partner"] = AbleHub.Partner, ["secretariat"] = Callers.Administrator, ["unit"] = Callers.BorderPost,
        ["bureau"] = Callers.Bureau,
    };

    /// <summary>Headers of the request, none of which says who calls.</summary>
    private static readonly Dictionary<string, string[]> Strangers = new()
    {
        ["no token"] = [],
        ["unknown token"] = ["Bearer nobody-gave-this"],
        ["empty token"] = ["Bearer "],
        ["no scheme"] = [Callers.Germany],
        ["another scheme"] = [$"Basic {Callers.Germany}"],
        ["scheme run together"] = [$"Bearer{Callers.Germany}"],
        ["quoted token"] = [$"Bearer \"{Callers.Germany}\""],
        ["token and more"] = [$"Bearer {Callers.Germany} {Callers.Germany}"],
        ["two headers"] = [$"Bearer {Callers.Germany}", $"Bearer {Callers.France}"],
        ["token in other letters"] = [$"Bearer {Callers.Germany.ToUpperInvariant()}"],
        ["hash of a token"] = ["Bearer " + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Callers.Germany)))],
        ["very long token"] = ["Bearer " + new string('a', 5000)],
    };

    public static TheoryData<string> AllKinds => [.. Kinds.Keys];

    public static TheoryData<string> AllStrangers => [.. Strangers.Keys];

    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task What_a_kind_of_caller_can_never_do_is_refused_with_its_code_and_the_rest_passes(string kind)
    {
        var wrong = new List<string>();
        foreach (var route in hub.RuledRoutes())
        {
            Assert.True(route.Takes() is null || Examples.ContainsKey(route.Name()), $"{route.Name()} takes a body: give an example of it above.");
            var example = Examples.GetValueOrDefault(route.Name());
            using var request = route.Request(example.Body, hub.RecordOfUtopia);
            if (route.Name() == "explainAccess") request.RequestUri = new(request.RequestUri + "?name=utopia&permission=hub.status", UriKind.Relative);
            using var answer = await hub.Http(Kinds[kind]).SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            var code = answer.IsSuccessStatusCode ? null : System.Text.Json.JsonSerializer.Deserialize(body, LiaisonJson.Default.Problem)!.Code;
            var expected = Refusal(kind, route, example.Foreign);
            var isRight = expected is not null ? code == expected
                : answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest) && (int)answer.StatusCode < 500;
            if (!isRight) wrong.Add($"{route.Name()}: {(int)answer.StatusCode} {body}, expected {expected ?? "to pass"}");
        }

        Assert.True(wrong.Count == 0, $"{kind}:\n{string.Join('\n', wrong)}");
    }

    /// <summary>Not a line of a foreign document enters by a file.</summary>
    [Theory]
    [MemberData(nameof(AllKinds))]
    public async Task No_row_of_a_file_records_a_document_of_another_issuer(string kind)
    {
        var file = System.Text.Encoding.UTF8.GetBytes("number,issuer,kind,status\nMX0000003,UTO,passport,stolen\n");
        var job = (await hub.ImportAsync(file, "text/csv", by: Kinds[kind])).Value!;
        Assert.Equal((0L, "notIssuingAuthority"), (job.Recorded, job.Rejects.Single().Code));
    }

    [Theory]
    [MemberData(nameof(AllStrangers))]
    public async Task Whoever_does_not_say_who_calls_passes_no_route(string how)
    {
        foreach (var route in hub.RuledRoutes())
        {
            using var request = route.Request(Examples.GetValueOrDefault(route.Name()).Body ?? "");
            foreach (var header in Strangers[how]) request.Headers.TryAddWithoutValidation("Authorization", header);
            // Nor does the token count in another place.
            request.RequestUri = new(request.RequestUri + $"?access_token={Callers.Germany}", UriKind.Relative);
            request.Headers.TryAddWithoutValidation("Cookie", $"access_token={Callers.Germany}");
            using var answer = await hub.Http(null).SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized && body.Contains("\"unauthenticated\"", StringComparison.Ordinal), $"{route.Name()}: {body}");
            Assert.Equal(new AuthenticationHeaderValue("Bearer"), answer.Headers.WwwAuthenticate.Single());
        }
    }

    /// <summary>Else the matrix would be satisfied with a hub that refuses everybody everything.</summary>
    [Fact]
    public async Task Whoever_may_everything_passes_the_gate_at_every_route()
    {
        foreach (var route in hub.RuledRoutes())
        {
            using var request = route.Request();
            using var answer = await hub.Http(Callers.SecondAdministrator).SendAsync(request);
            Assert.True(answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden) && (int)answer.StatusCode < 500,
                $"{route.Name()}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public void Only_what_is_listed_here_is_open_to_everybody() =>
        Assert.Equal(Open.Keys.Order(StringComparer.Ordinal), hub.Routes()
            .Where(r => r.Metadata.GetMetadata<RouteRule>() is null && r.Metadata.GetMetadata<PersonRoute>() is null)
            .Select(r => $"{r.Method()} {r.RoutePattern.RawText}").Order(StringComparer.Ordinal));

    [Fact]
    public async Task Pages_of_a_person_are_nobodys_without_a_session_and_a_token_is_none()
    {
        var pages = hub.Routes().Where(r => r.Metadata.GetMetadata<PersonRoute>() is not null).ToArray();
        Assert.True(pages.Length >= 10);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = hub.Address };
        foreach (var page in pages)
        {
            using var request = page.Request();
            request.Headers.Authorization = new("Bearer", Callers.Administrator);
            request.Headers.TryAddWithoutValidation("Cookie", $"liaison={Callers.Administrator}; liaison-session={Callers.Administrator}");
            if (page.Method() == "POST") request.Content = new FormUrlEncodedContent([]);
            using var answer = await http.SendAsync(request);
            // A form that is not the hub's own is refused before anybody looks whose it is.
            Assert.True(page.Method() == "POST" ? answer.StatusCode == HttpStatusCode.BadRequest
                : answer.StatusCode == HttpStatusCode.SeeOther && answer.Headers.Location!.OriginalString.StartsWith("/sign-in", StringComparison.Ordinal),
                $"{page.Name()}: {(int)answer.StatusCode}");
        }
    }

    private static string? Refusal(string kind, RouteEndpoint route, string? foreign)
    {
        var right = route.Rule().Permission;
        if (right.OnlyOf is not null && kind != "secretariat") return "permissionMissing";
        // The secretariat manages every member's accounts; it writes and reads no more of a record than others.
        if (right.Dataset is null && kind == "secretariat") return null;
        if (right.Dataset is null && kind == "unit" && route.Name() == "setDesk") return "otherMember";
        // It asks for the document that it has before it, and for no other.
        if (kind == "carrier" && route.Name() == "askStanding") return "permissionMissing";
        return kind == "carrier" && foreign is not null && right.Dataset is not null && route.Name() != "recordTravelDocument" ? "unknownRecord"
            : kind == "carrier" && route.Name() == "readTravelDocument" ? "unknownRecord" : foreign;
    }
}

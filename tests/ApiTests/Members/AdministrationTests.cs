using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ApiTests.TravelDocuments;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Members.Demo;
using Liaison.Members.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ApiTests.Members;

/// <summary>Members, units, accounts and agreements through the front door; four eyes on what is dangerous.</summary>
public sealed class AdministrationTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_new_member_is_there_when_a_second_administrator_approves_it()
    {
        var asked = await SentAsync(Callers.Administrator, Routes.Members, new MemberRequest { Code = "EUROPOL", Kind = "partner", Name = "Europol" },
            LiaisonJson.Default.MemberRequest, LiaisonJson.Answers.Approval, 202);
        Assert.Equal(("member.admit", "administrator", null), (asked.Act, asked.AskedBy, asked.Decision));
        Assert.DoesNotContain(await MembersAsync(), m => m.Code == "EUROPOL");
        await RefusedAsync(Callers.Administrator, Routes.ApprovalDecision, Decision(asked.Id), LiaisonJson.Default.ApprovalDecision, "ownRequest");
        await RefusedAsync(Callers.Bureau, Routes.ApprovalDecision, Decision(asked.Id), LiaisonJson.Default.ApprovalDecision, "secretariatOnly");

        var decided = await SentAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, Decision(asked.Id),
            LiaisonJson.Default.ApprovalDecision, LiaisonJson.Answers.Approval, 200);
        Assert.Equal(("approved", "second-administrator"), (decided.Decision, decided.DecidedBy));
        Assert.Equal("EUROPOL", decided.Result!.Value.GetProperty("code").GetString());
        Assert.Contains(await MembersAsync(), m => m.Code == "EUROPOL");
        await RefusedAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, Decision(asked.Id), LiaisonJson.Default.ApprovalDecision, "alreadyDecided");
        Assert.Equal(["awaitsApproval", "done"], await OutcomesAsync("members.memberAdmitted"));
    }

    [Fact]
    public async Task What_a_second_administrator_refuses_never_happens()
    {
        var asked = await ConcludeAsync("DEU", "search", ["dataQuality"]);
        await SentAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, Decision(asked.Id) with { Decision = "refused" },
            LiaisonJson.Default.ApprovalDecision, LiaisonJson.Answers.Approval, 200);
        await RefusedAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, Decision(asked.Id), LiaisonJson.Default.ApprovalDecision, "alreadyDecided");
        Assert.DoesNotContain((await ListAsync(Callers.Administrator, Routes.Agreements, LiaisonJson.Answers.AgreementList)).Items,
            a => a.Member == "DEU" && a.Purposes.SequenceEqual(["dataQuality"]));
    }

    /// <summary>Also two decisions at once: one of them comes first.</summary>
    [Fact]
    public async Task Decisions_at_the_same_moment_are_one()
    {
        var asked = await ConcludeAsync("GBR", "search", ["training"]);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            PostAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, Decision(asked.Id), LiaisonJson.Default.ApprovalDecision)));
        Assert.Equal(1, answers.Count(a => a.Status == 200));
        Assert.Equal(7, answers.Count(a => a.Status == 409));
    }

    [Theory]
    [InlineData(Callers.Bureau, "FRA", "members.manage", 202, null)]
    [InlineData(Callers.Bureau, "FRA", "hub.administer", 403, "secretariatOnly")]
    [InlineData(Callers.Bureau, "DEU", "travelDocuments.search", 403, "otherMember")]
    [InlineData(Callers.Administrator, "FRA", "hub.administer", 403, "secretariatOnly")]
    [InlineData(Callers.Administrator, "DEU", "travelDocuments.search", 200, null)]
    [InlineData(Callers.Administrator, "SECRETARIAT", "hub.administer", 202, null)]
    [InlineData(Callers.Administrator, "XXX", "hub.status", 404, "unknownMember")]
    [InlineData(Callers.Bureau, "FRA", "birds.search", 400, "invalidRequest")]
    public async Task Who_may_open_which_account(string by, string member, string permission, int status, string? code)
    {
        var (answered, body) = await PostAsync(by, Routes.Accounts, new AccountRequest
        {
            Name = $"new-{Guid.NewGuid():N}", Member = member, Kind = "system", Title = "A system", Permissions = [permission],
        }, LiaisonJson.Default.AccountRequest);
        Assert.True(status == answered, body);
        if (code is not null) Assert.Equal(code, JsonSerializer.Deserialize(body, LiaisonJson.Answers.Problem)!.Code);
    }

    /// <summary>Whoever has the link becomes the account: who approves must not have it, and nobody has it twice.</summary>
    [Fact]
    public async Task The_link_of_a_new_administrator_goes_once_to_who_asked_for_it()
    {
        var asked = await SentAsync(Callers.Administrator, Routes.Accounts, new AccountRequest
        {
            Name = "third.administrator", Kind = "person", Title = "Third", Permissions = ["hub.administer", "members.manage"],
        }, LiaisonJson.Default.AccountRequest, LiaisonJson.Answers.Approval, 202);
        var link = new LinkRequest { Id = asked.Id };
        await RefusedAsync(Callers.Administrator, Routes.ApprovalLink, link, LiaisonJson.Default.LinkRequest, "notApproved");
        var decided = await PostAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, Decision(asked.Id), LiaisonJson.Default.ApprovalDecision);
        Assert.Equal(200, decided.Status);
        Assert.DoesNotContain("enrol", decided.Body, StringComparison.Ordinal);
        Assert.Equal(0L, await hub.ScalarAsync<long>("SELECT count(*) FROM members.invitation WHERE account = 'third.administrator'"));
        await RefusedAsync(Callers.SecondAdministrator, Routes.ApprovalLink, link, LiaisonJson.Default.LinkRequest, "unknownApproval");
        var account = await SentAsync(Callers.Administrator, Routes.ApprovalLink, link, LiaisonJson.Default.LinkRequest, LiaisonJson.Answers.Account, 200);
        Assert.StartsWith("/enrol?token=", account.Invitation, StringComparison.Ordinal);
        await RefusedAsync(Callers.Administrator, Routes.ApprovalLink, link, LiaisonJson.Default.LinkRequest, "alreadyDecided");

        // A new link for one is another approval, and goes the same way.
        var again = await SentAsync(Callers.SecondAdministrator, Routes.AccountInvitation, new InvitationRequest { Name = "third.administrator" },
            LiaisonJson.Default.InvitationRequest, LiaisonJson.Answers.Approval, 202);
        Assert.DoesNotContain("enrol", (await PostAsync(Callers.Administrator, Routes.ApprovalDecision, Decision(again.Id), LiaisonJson.Default.ApprovalDecision)).Body, StringComparison.Ordinal);
        await SentAsync(Callers.SecondAdministrator, Routes.ApprovalLink, new LinkRequest { Id = again.Id }, LiaisonJson.Default.LinkRequest, LiaisonJson.Answers.Account, 200);
        Assert.Equal(["done", "done"], (await OutcomesAsync("members.linkCollected")).Where(o => o == "done"));
    }

    [Fact]
    public async Task What_was_approved_is_done_only_to_what_stood_when_it_was_asked()
    {
        await OpenAsync(Callers.Bureau, "moving", ["hub.status", "travelDocuments.search"]);
        var asked = await SentAsync(Callers.Bureau, Routes.AccountChange,
            new AccountRequest { Name = "moving", Title = "Moving", Permissions = ["hub.status", "travelDocuments.search", "members.manage"] },
            LiaisonJson.Default.AccountRequest, LiaisonJson.Answers.Approval, 202);
        // Somebody takes searching away meanwhile; the approval must not give it back unseen.
        await SentAsync(Callers.Administrator, Routes.AccountChange, new AccountRequest { Name = "moving", Title = "Moving", Permissions = ["hub.status"] },
            LiaisonJson.Default.AccountRequest, LiaisonJson.Answers.Account, 200);
        await RefusedAsync(Callers.Administrator, Routes.ApprovalDecision, Decision(asked.Id), LiaisonJson.Default.ApprovalDecision, "changedSince");
        var account = (await ListAsync(Callers.Bureau, Routes.Accounts, LiaisonJson.Answers.AccountList)).Items.Single(a => a.Name == "moving");
        Assert.Equal(["hub.status"], account.Permissions);
        await SentAsync(Callers.Administrator, Routes.ApprovalDecision, Decision(asked.Id) with { Decision = "refused" },
            LiaisonJson.Default.ApprovalDecision, LiaisonJson.Answers.Approval, 200);
    }

    [Fact]
    public async Task Rights_of_an_administrator_are_not_slipped_in_by_a_change()
    {
        await OpenAsync(Callers.Bureau, "plain", ["hub.status"]);
        var change = new AccountRequest { Name = "plain", Title = "Plain", Permissions = ["hub.status", "members.manage"] };
        await SentAsync(Callers.Bureau, Routes.AccountChange, change, LiaisonJson.Default.AccountRequest, LiaisonJson.Answers.Approval, 202);
        var account = (await ListAsync(Callers.Bureau, Routes.Accounts, LiaisonJson.Answers.AccountList)).Items.Single(a => a.Name == "plain");
        Assert.Equal(["hub.status"], account.Permissions);
    }

    /// <summary>Else it could widen its own grant, or leave it.</summary>
    [Fact]
    public async Task Who_acts_under_a_grant_manages_nothing()
    {
        await using (var connection = new NpgsqlConnection(hub.OwnerConnectionString))
        {
            await connection.OpenAsync();
            await using var able = new NpgsqlCommand("""
                UPDATE members.unit SET permissions = permissions || '{members.manage}';
                UPDATE members.account SET permissions = permissions || '{members.manage}' WHERE name = 'border-post'
                """, connection);
            await able.ExecuteNonQueryAsync();
        }

        // What is changed behind the hub's back it is not told of, and another test may have asked with this token before.
        hub.Services.GetRequiredService<KnownCallers>().Forget(null);
        await RefusedAsync(Callers.BorderPost, Routes.Units, new UnitRequest
        {
            Name = "FRA/BORDER", Title = "Border", Kind = "agency", Permissions = ["members.manage"],
        }, LiaisonJson.Default.UnitRequest, "otherMember");
        await RefusedAsync(Callers.BorderPost, Routes.AccountChange, new AccountRequest { Name = "border-post", Title = "Free", Permissions = [] },
            LiaisonJson.Default.AccountRequest, "unknownAccount");
        await RefusedAsync(Callers.Bureau, Routes.AccountChange,
            new AccountRequest { Name = "border-post", Title = "Both", Unit = "FRA/BORDER", Permissions = ["members.manage"] },
            LiaisonJson.Default.AccountRequest, "otherMember");
    }

    [Fact]
    public async Task The_secretariat_is_not_suspended_and_what_an_administrator_asked_ends_with_it()
    {
        await RefusedAsync(Callers.Administrator, Routes.MemberState, new MemberStateRequest { Code = "SECRETARIAT", State = "suspended", Why = "Alone at last" },
            LiaisonJson.Default.MemberStateRequest, "secretariatOnly");
        const string Token = "token-of-leaving-administrator";
        await using (var connection = new NpgsqlConnection(hub.OwnerConnectionString))
        {
            await connection.OpenAsync();
            await Seed.InsertAsync(connection, [], [new("leaving-administrator", "SECRETARIAT", ["members.manage", "hub.administer"], "borderControl", Token)],
                TimeProvider.System.GetUtcNow(), CancellationToken.None);
        }

        var asked = await ConcludeAsync("GBR", "search", ["dataQuality"], Token);
        await SentAsync(Callers.SecondAdministrator, Routes.AccountState, new AccountStateRequest { Name = "leaving-administrator", State = "suspended", Why = "Stolen" },
            LiaisonJson.Default.AccountStateRequest, LiaisonJson.Answers.Account, 200);
        await RefusedAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, Decision(asked.Id), LiaisonJson.Default.ApprovalDecision, "alreadyDecided");
    }

    /// <summary>Two answer for what is done: who could not ask for it any more has not asked, and who could has.</summary>
    [Theory]
    [InlineData("{members.manage}", "alreadyDecided")]
    [InlineData("{hub.administer}", null)]
    public async Task The_asker_must_still_have_the_right_that_it_takes(string permissions, string? code)
    {
        var (name, token) = ($"lessened-{code ?? "not"}".ToLowerInvariant(), $"token-of-lessened-{code}");
        await using (var connection = new NpgsqlConnection(hub.OwnerConnectionString))
        {
            await connection.OpenAsync();
            await Seed.InsertAsync(connection, [], [new(name, "SECRETARIAT", ["members.manage", "hub.administer"], "borderControl", token)],
                TimeProvider.System.GetUtcNow(), CancellationToken.None);
        }

        var asked = await ConcludeAsync("GBR", "search", ["dataQuality"], token);
        await hub.ScalarAsync<string>("UPDATE members.account SET permissions = $2::text[] WHERE name = $1 RETURNING name", name, permissions);
        if (code is null) await SentAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, Decision(asked.Id), LiaisonJson.Default.ApprovalDecision, LiaisonJson.Answers.Approval, 200);
        else await RefusedAsync(Callers.SecondAdministrator, Routes.ApprovalDecision, Decision(asked.Id), LiaisonJson.Default.ApprovalDecision, code);
    }

    /// <summary>Its words change, its purposes do not: a purpose is taken away by saying which are left.</summary>
    [Fact]
    public async Task What_is_left_out_of_a_grant_does_not_widen_it()
    {
        var unit = new UnitRequest { Name = "FRA/PURPOSES", Title = "T", Kind = "agency", Permissions = ["travelDocuments.search"] };
        Assert.Null((await GrantAsync(unit)).Purposes);
        Assert.Equal(["training"], (await GrantAsync(unit with { Purposes = ["training"] })).Purposes);
        Assert.Equal(["training"], (await GrantAsync(unit with { Title = "Another" })).Purposes);
        Assert.Equal([], (await GrantAsync(unit with { Purposes = [] })).Purposes);
        Assert.Equal([], (await GrantAsync(unit)).Purposes);
    }

    private Task<Unit> GrantAsync(UnitRequest unit) => SentAsync(Callers.Bureau, Routes.Units, unit, LiaisonJson.Default.UnitRequest, LiaisonJson.Answers.Unit, 200);

    [Fact]
    public async Task An_account_of_another_member_is_unknown()
    {
        foreach (var (path, sent) in new[]
        {
            (Routes.AccountState, """{"name":"germany","state":"suspended","why":"none of your business"}"""),
            (Routes.AccountInvitation, """{"name":"germany"}"""), (Routes.AccountKeys, """{"name":"germany"}"""),
            (Routes.AccountChange, """{"name":"germany","title":"x","permissions":[]}"""),
        })
        {
            var (status, body) = await PostAsync(Callers.Bureau, path, JsonSerializer.Deserialize<JsonElement>(sent), null);
            Assert.True(status == 404, $"{path}: {body}");
            Assert.Equal(await BodyOfAsync(path, sent.Replace("germany", "nobody-at-all", StringComparison.Ordinal)), Neutral(body));
        }

        Assert.DoesNotContain((await ListAsync(Callers.Bureau, Routes.Accounts, LiaisonJson.Answers.AccountList)).Items, a => a.Member != "FRA");

        async Task<string> BodyOfAsync(string path, string sent) =>
            Neutral((await PostAsync(Callers.Bureau, path, JsonSerializer.Deserialize<JsonElement>(sent), null)).Body);
        static string Neutral(string body) => body[..body.IndexOf("\"traceId\"", StringComparison.Ordinal)];
    }

    [Fact]
    public async Task A_person_gets_a_link_once_and_no_key_keeps_it()
    {
        var account = await SentAsync(Callers.Bureau, Routes.Accounts, new AccountRequest
        {
            Name = "some.officer", Kind = "person", Title = "Officer", Permissions = ["travelDocuments.search"], DefaultPurpose = "borderControl",
        }, LiaisonJson.Default.AccountRequest, LiaisonJson.Answers.Account, 200);
        Assert.StartsWith("/enrol?token=", account.Invitation, StringComparison.Ordinal);
        Assert.Equal("invited", account.State);
        var accounts = (await ListAsync(Callers.Bureau, Routes.Accounts, LiaisonJson.Answers.AccountList)).Items;
        Assert.Contains(accounts, a => a.Name == "some.officer");
        Assert.All(accounts, a => Assert.Null(a.Invitation));
        var token = account.Invitation![(account.Invitation!.IndexOf('=', StringComparison.Ordinal) + 1)..];
        Assert.Equal(0, await hub.ScalarAsync<long>("SELECT count(*) FROM audit.entry WHERE strpos(asked, $1) > 0", token));
        Assert.DoesNotContain(hub.Log.Lines, l => l.Contains(token, StringComparison.Ordinal));

        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.AccountInvitation)
        {
            Content = JsonContent.Create(new InvitationRequest { Name = "some.officer" }, LiaisonJson.Default.InvitationRequest),
        };
        request.Headers.Add(Headers.IdempotencyKey, "a-key");
        using var response = await hub.Http(Callers.Bureau).SendAsync(request);
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_name_is_never_given_twice()
    {
        await OpenAsync(Callers.Bureau, "once", ["hub.status"]);
        await SentAsync(Callers.Bureau, Routes.AccountState, new AccountStateRequest { Name = "once", State = "ended", Why = "Left the service" },
            LiaisonJson.Default.AccountStateRequest, LiaisonJson.Answers.Account, 200);
        await RefusedAsync(Callers.Bureau, Routes.AccountState, new AccountStateRequest { Name = "once", State = "active", Why = "Came back" },
            LiaisonJson.Default.AccountStateRequest, "alreadyEnded");
        await RefusedAsync(Callers.Bureau, Routes.Accounts, new AccountRequest { Name = "once", Kind = "system", Title = "Again", Permissions = [] },
            LiaisonJson.Default.AccountRequest, "nameTaken");
    }

    [Fact]
    public async Task A_bureau_says_where_it_is_reached_and_is_told_in_words_what_is_wrong()
    {
        var desk = new Desk
        {
            Urgency = "urgent", Name = "Duty room", Contact = "+00 0000 0000", Languages = ["fr", "en"], TimeZone = "Europe/Paris", Hours = "24/7",
        };
        await SentAsync(Callers.Bureau, Routes.Desks, desk, LiaisonJson.Default.Desk, LiaisonJson.Answers.Desk, 200);
        Assert.Equal(["fr", "en"], (await MembersAsync()).Single(m => m.Code == "FRA").Desks.Single().Languages);
        var (status, body) = await PostAsync(Callers.Bureau, Routes.Desks, desk with { TimeZone = "Romance Standard Time", Languages = ["French"] }, LiaisonJson.Default.Desk);
        Assert.Equal(400, status);
        Assert.Equal(["languages", "timeZone"], JsonSerializer.Deserialize(body, LiaisonJson.Answers.Problem)!.Errors!.Select(e => e.Field));
    }

    [Theory]
    [InlineData("germany", "travelDocuments.search", "borderControl", null)]
    [InlineData("germany", "members.manage", null, "members.manage")]
    [InlineData("searcher", "travelDocuments.read", null, "travelDocuments.read")]
    public async Task Why_an_account_may_not_is_told_to_its_administrator(string account, string permission, string? purpose, string? rule)
    {
        var path = $"{Routes.AccountAccess}?name={account}&permission={permission}&purpose={purpose}";
        var told = await ListAsync(Callers.Administrator, purpose is null ? path[..path.LastIndexOf('&')] : path, LiaisonJson.Answers.AccessExplanation);
        Assert.Equal((rule is null, rule), (told.Allowed, told.Rule));
        Assert.Equal(rule is null, told.Reason is null);
    }

    [Fact]
    public async Task A_bureau_sees_what_its_units_did()
    {
        await hub.FoundAsync(new() { Number = "AU000001", Issuer = "UTO" }, Callers.BorderPost);
        var use = await ListAsync(Callers.Bureau, Routes.UnitUse, LiaisonJson.Answers.UnitUseList);
        Assert.Contains(use.Items, u => u is { Unit: "FRA/BORDER/CDG", Account: "border-post", Event: "travelDocuments.searched", Count: >= 1 });
        Assert.DoesNotContain(use.Items, u => u.Account == "germany");
    }

    private async Task<IReadOnlyList<Member>> MembersAsync() => (await ListAsync(Callers.Administrator, Routes.Members, LiaisonJson.Answers.MemberList)).Items;

    private Task<Approval> ConcludeAsync(string member, string access, string[] purposes, string by = Callers.Administrator) => SentAsync(by, Routes.Agreements,
        new AgreementRequest { Member = member, Dataset = "travelDocuments", Access = access, Purposes = purposes },
        LiaisonJson.Default.AgreementRequest, LiaisonJson.Answers.Approval, 202);

    private Task<Account> OpenAsync(string by, string name, string[] permissions) => SentAsync(by, Routes.Accounts,
        new AccountRequest { Name = name, Kind = "system", Title = "A system", Permissions = permissions }, LiaisonJson.Default.AccountRequest,
        LiaisonJson.Answers.Account, 200);

    private static ApprovalDecision Decision(Guid id) => new() { Id = id, Decision = "approved" };

    private async Task<string[]> OutcomesAsync(string kind)
    {
        await using var connection = new NpgsqlConnection(hub.OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT array_agg(outcome ORDER BY id) FROM audit.entry WHERE event = $1", connection)
        {
            Parameters = { new() { Value = kind } },
        };
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    private async Task RefusedAsync<T>(string by, string path, T sent, JsonTypeInfo<T> type, string code)
    {
        var (_, body) = await PostAsync(by, path, sent, type);
        Assert.Equal(code, JsonSerializer.Deserialize(body, LiaisonJson.Answers.Problem)!.Code);
    }

    private async Task<TAnswer> SentAsync<T, TAnswer>(
        string by, string path, T sent, JsonTypeInfo<T> type, JsonTypeInfo<TAnswer> answer, int status)
    {
        var (answered, body) = await PostAsync(by, path, sent, type);
        Assert.True(status == answered, $"{answered} {body}");
        return JsonSerializer.Deserialize(body, answer)!;
    }

    private async Task<(int Status, string Body)> PostAsync<T>(string by, string path, T sent, JsonTypeInfo<T>? type)
    {
        using var content = type is null ? JsonContent.Create(sent) : JsonContent.Create(sent, type);
        using var response = await hub.Http(by).PostAsync(new Uri(path, UriKind.Relative), content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task<T> ListAsync<T>(string by, string path, JsonTypeInfo<T> type)
    {
        var body = await hub.Http(by).GetStringAsync(new Uri(path, UriKind.Relative));
        return JsonSerializer.Deserialize(body, type)!;
    }
}

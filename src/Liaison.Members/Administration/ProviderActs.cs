using System.Security.Cryptography;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Members.Domain;
using Liaison.Members.OAuth;
using Liaison.Members.Providers;
using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Data;

namespace Liaison.Members.Administration;

/// <summary>What the acts on providers share.</summary>
internal static class ProviderActRules
{
    private const int MostValues = 10;

    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>59 bits: nobody finds one by trying at the pace that sign-in allows.</summary>
    private const int CodeLength = 12;

    public static string NewCode() => RandomNumberGenerator.GetString(Letters, CodeLength);

    public static Rules Says(this Rules rules, IReadOnlyList<string>? algorithms, IReadOnlyList<string>? acr, IReadOnlyList<string>? amr) => rules
        .Unless(algorithms is { Count: > 0 } && algorithms.All(AssertionRules.Algorithms.Contains), "algorithms", "algorithm",
            $"Give any of {string.Join(", ", AssertionRules.Algorithms)}.")
        .Values("acr", acr).Values("amr", amr);

    /// <summary>The provider, or why the caller may do nothing with it. That of another member is unknown.</summary>
    public static async Task<(ProviderRow? Provider, Problem? Problem)> FindAsync(AdminWork work, string? code) =>
        await ProviderStore.FindAsync(work.Connection, code, work.Cancellation) is { } provider && work.RefuseMember(provider.Now.Member) is null
            ? provider.IsOpen ? (provider, null) : (null, MemberProblems.AlreadyEnded.With("Register it again."))
            : (null, MemberProblems.UnknownProvider.With("List your providers for their codes."));

    /// <summary>By a provider of the secretariat administrators of the hub come in: it is theirs alone.</summary>
    public static async Task<Problem?> RefuseMemberAsync(AdminWork work, string member) =>
        work.RefuseMember(member) ?? await MemberStore.MembersAsync(work.Connection, member, work.Cancellation) switch
        {
            [] => MemberProblems.UnknownMember.With("List the members for their codes."),
            [{ Kind: "secretariat" }] => work.RequireHub(),
            _ => null,
        };

    public static async Task<AdminResult> NowAsync(AdminWork work, string code, string? forget) =>
        AdminResult.Of((await ProviderStore.FindAsync(work.Connection, code, work.Cancellation))!.Now, LiaisonJson.Default.Provider, forget);

    private static Rules Values(this Rules rules, string field, IReadOnlyList<string>? values) => rules.Unless(
        values is null || (values.Count <= MostValues && values.All(v => v is { Length: > 0 and <= 200 } && !v.AsSpan().ContainsAnyExceptInRange('!', '~'))),
        field, "values", $"Give at most {MostValues} values as the provider writes them, without spaces.");
}

/// <summary>
/// A provider of the member's own. Always takes a second administrator: whoever runs it can be every account that is bound to it.
/// </summary>
internal sealed record RegisterProvider(ProviderConnections Connections, ProviderKeys Keys) : AdminAct<ProviderRequest>(
    "provider.register", MemberEvents.ProviderRegistered, LiaisonJson.Default.ProviderRequest, request => new Rules()
        .Unless(ProviderRules.IsIssuer(request.Issuer) && Connections.MayBe(request.Issuer), "issuer", "issuer",
            "Give the issuer exactly as the provider writes it: an https address without query, at most 200 characters.")
        .Line("clientId", request.ClientId).Line("title", request.Title, 60)
        .OneOf("authentication", request.Authentication, "privateKeyJwt", "secret")
        .Says(request.Algorithms, request.Acr, request.Amr).Problems)
{
    public override ProviderRequest Complete(ProviderRequest request, Caller caller) => request with
    {
        Member = request.Member ?? caller.Member, Authentication = request.Authentication ?? "privateKeyJwt",
        Algorithms = request.Algorithms ?? AssertionRules.Algorithms,
    };

    public override Task<Problem?> RefuseAsync(AdminWork work, ProviderRequest request) => ProviderActRules.RefuseMemberAsync(work, request.Member!);

    public override Task<bool> IsDangerousAsync(AdminWork work, ProviderRequest request) => Task.FromResult(true);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, ProviderRequest request)
    {
        var code = ProviderActRules.NewCode();
        var made = await work.Connection.DoAsync("""
            INSERT INTO members.provider (id, code, member, issuer, client_id, title, authentication, algorithms, acr, amr, key, made_at, made_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING
            """, work.Cancellation, Guid.CreateVersion7(work.Transaction.At), code, request.Member, request.Issuer, request.ClientId, request.Title,
            request.Authentication, request.Algorithms!.Distinct().ToArray(), Distinct(request.Acr), Distinct(request.Amr), Keys.Make(),
            work.Transaction.At, work.AskedBy);
        return made == 0 ? MemberProblems.NameTaken.With($"{request.Member} has a provider with this issuer. Change or end it.")
            : await ProviderActRules.NowAsync(work, code, null);
    }

    private static string[] Distinct(IReadOnlyList<string>? values) => [.. (values ?? []).Distinct()];
}

/// <summary>What a provider must say. Takes a second administrator: it may ask for less than before.</summary>
internal sealed record ChangeProvider() : AdminAct<ProviderChange>(
    "provider.change", MemberEvents.ProviderChanged, LiaisonJson.Default.ProviderChange, request => new Rules()
        .Line("code", request.Code).Line("title", request.Title, 60).Says(request.Algorithms, request.Acr, request.Amr).Problems)
{
    public override async Task<Problem?> RefuseAsync(AdminWork work, ProviderChange request)
    {
        var (provider, problem) = await ProviderActRules.FindAsync(work, request.Code);
        return provider is null ? problem : await ProviderActRules.RefuseMemberAsync(work, provider.Now.Member);
    }

    public override Task<bool> IsDangerousAsync(AdminWork work, ProviderChange request) => Task.FromResult(true);

    public override async Task<string?> StandsAsync(AdminWork work, JsonElement body) =>
        await ProviderStore.FindAsync(work.Connection, body.GetProperty("code").GetString(), work.Cancellation) is { } provider
            ? JsonSerializer.Serialize(provider.Now, LiaisonJson.Answers.Provider) : null;

    public override async Task<AdminResult> ApplyAsync(AdminWork work, ProviderChange request)
    {
        await work.Connection.DoAsync("UPDATE members.provider SET title = $2, algorithms = $3, acr = $4, amr = $5 WHERE code = $1", work.Cancellation,
            request.Code, request.Title, request.Algorithms!.Distinct().ToArray(), (request.Acr ?? []).ToArray(), (request.Amr ?? []).ToArray());
        return await ProviderActRules.NowAsync(work, request.Code!, null);
    }
}

/// <summary>Ends a provider at once, with whatever came by it: sessions, the programs of its persons, their bindings.</summary>
internal sealed record EndProvider() : AdminAct<ProviderEnd>(
    "provider.end", MemberEvents.ProviderEnded, LiaisonJson.Default.ProviderEnd, request => new Rules().Line("code", request.Code).Why(request.Why).Problems)
{
    public override async Task<Problem?> RefuseAsync(AdminWork work, ProviderEnd request)
    {
        var (provider, problem) = await ProviderActRules.FindAsync(work, request.Code);
        return provider is null ? problem : await ProviderActRules.RefuseMemberAsync(work, provider.Now.Member);
    }

    public override Task<bool> IsDangerousAsync(AdminWork work, ProviderEnd request) => Task.FromResult(false);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, ProviderEnd request)
    {
        await work.Connection.DoAsync("UPDATE members.provider SET ended_at = $2 WHERE code = $1", work.Cancellation, request.Code, work.Transaction.At);
        // A device that is being approved is waited for, and ended with the rest.
        await work.Connection.DoAsync("""
            SELECT FROM members.account WHERE name IN (SELECT account FROM members.provider_subject WHERE provider = (SELECT id FROM members.provider WHERE code = $1))
            ORDER BY name FOR UPDATE
            """, work.Cancellation, request.Code);
        var bound = await work.Connection.ReadAsync("""
            DELETE FROM members.provider_subject WHERE provider = (SELECT id FROM members.provider WHERE code = $1) RETURNING account
            """, r => r.GetString(0), work.Cancellation, request.Code);
        await work.Connection.DoAsync("""
            UPDATE members.session SET ended_at = $2 WHERE ended_at IS NULL AND provider = (SELECT id FROM members.provider WHERE code = $1)
            """, work.Cancellation, request.Code, work.Transaction.At);
        // A program says not how its person had signed in when it was let in.
        await SignIns.RevokeAllOfAsync(work.Transaction, [.. bound], work.Cancellation);
        return await ProviderActRules.NowAsync(work, request.Code!, AdminResult.Everybody);
    }
}

/// <summary>
/// Says who a person is at the provider of its member, or takes that away. Whoever is that person there becomes the account, as with a new link: of
/// an administrator it takes a second one.
/// </summary>
internal sealed record BindAccount() : AdminAct<AccountProviderRequest>(
    "account.provider", MemberEvents.AccountBound, LiaisonJson.Default.AccountProviderRequest, request => new Rules().AccountName(request.Name)
        .Unless((request.Provider is null) == (request.Subject is null), "provider", "provider", "Give code and subject, or neither to take the binding away.")
        .Unless(request.Subject is null || ProviderRules.IsSubject(request.Subject), "subject", "subject",
            "Give the sub of the person as the provider writes it: at most 255 visible ASCII characters.").Problems)
{
    public override async Task<Problem?> RefuseAsync(AdminWork work, AccountProviderRequest request)
    {
        var (account, problem) = await AccountRules.FindAsync(work, request.Name!);
        if (account is null) return problem;
        if (account.Kind != "person") return MemberProblems.UnknownAccount.With("Providers are for persons. Set the keys of a system.");
        if (account.State is "ended") return MemberProblems.AlreadyEnded.With("Open another account.");
        if (account.Permissions.Contains(MemberRights.Administer.Code) && work.RequireHub() is { } notYours) return notYours;
        if (request.Provider is null) return null;
        var (provider, unknown) = await ProviderActRules.FindAsync(work, request.Provider);
        return provider is null ? unknown
            : provider.Now.Member != account.Member ? MemberProblems.OtherMember.With($"The provider is {provider.Now.Member}'s, the account {account.Member}'s.")
            : null;
    }

    public override async Task<bool> IsDangerousAsync(AdminWork work, AccountProviderRequest request) => request.Provider is not null
        && AccountRules.IsAdministrator((await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation))!.Permissions);

    public override async Task<string?> StandsAsync(AdminWork work, JsonElement body)
    {
        var subject = await work.Connection.ReadAsync("SELECT provider || ' ' || subject FROM members.provider_subject WHERE account = $1", r => r.GetString(0),
            work.Cancellation, body.GetProperty("name").GetString());
        return await AccountRules.StandsAsync(work, body) + subject.SingleOrDefault();
    }

    public override async Task<AdminResult> ApplyAsync(AdminWork work, AccountProviderRequest request)
    {
        await AccountRules.EndAllAsync(work, request.Name!);
        await work.Connection.DoAsync("DELETE FROM members.provider_subject WHERE account = $1", work.Cancellation, request.Name);
        if (request.Provider is not null)
        {
            var bound = await work.Connection.DoAsync("""
                INSERT INTO members.provider_subject (account, provider, subject, bound_at, bound_by)
                SELECT a.name, p.id, $3, $4, $5 FROM members.account a JOIN members.provider p ON p.member = a.member AND p.ended_at IS NULL
                WHERE a.name = $1 AND p.code = $2 ON CONFLICT DO NOTHING
                """, work.Cancellation, request.Name, request.Provider, request.Subject, work.Transaction.At, work.AskedBy);
            if (bound == 0) return MemberProblems.NameTaken.With("Another account is this person, or the provider has ended.");
            // There is a way in now, so that nobody needs a link.
            await work.Connection.DoAsync("""
                INSERT INTO members."AspNetUsers" ("Id", "UserName", "NormalizedUserName", "EmailConfirmed", "SecurityStamp", "ConcurrencyStamp",
                    "PhoneNumberConfirmed", "TwoFactorEnabled", "LockoutEnabled", "AccessFailedCount")
                VALUES ($1, $2, upper($2), false, gen_random_uuid()::text, gen_random_uuid()::text, false, false, false, 0) ON CONFLICT DO NOTHING
                """, work.Cancellation, Guid.CreateVersion7(work.Transaction.At), request.Name);
            await work.Connection.DoAsync("UPDATE members.account SET state = 'active' WHERE name = $1 AND state = 'invited'", work.Cancellation, request.Name);
        }

        var account = await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation);
        return AdminResult.Of(account!, LiaisonJson.Default.Account, request.Name);
    }
}

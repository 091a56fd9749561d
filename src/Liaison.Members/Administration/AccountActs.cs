using System.Text.Json;
using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Members.OAuth;
using Liaison.Members.SignIn;
using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Liaison.Members.Administration;

/// <summary>What the acts on accounts share.</summary>
internal static class AccountRules
{
    /// <summary>A link is for somebody who expects it.</summary>
    public static readonly TimeSpan InvitationLasts = TimeSpan.FromHours(72);

    public static Rules Rights(this Rules rules, AccountRequest request, KnownRights rights) => rules
        .Line("title", request.Title)
        .Unless(request.Permissions is not null && request.Permissions.All(p => rights.Find(p) is not null), "permissions", "permissionUnknown",
            $"Give any of {string.Join(", ", rights.Codes)}.")
        .Unless(request.DefaultPurpose is null || Purposes.List.Has(request.DefaultPurpose), "defaultPurpose", "purposeUnknown",
            $"Give one of {Purposes.List.AsSentence}, or none.");

    public static bool IsAdministrator(IEnumerable<string>? permissions) => permissions?.Any(MemberRights.OfAdministrators.Contains) is true;

    /// <summary>The account, or why the caller may do nothing with it. That of another member is unknown.</summary>
    public static async Task<(Account? Account, Problem? Problem)> FindAsync(AdminWork work, string name)
    {
        var account = await MemberStore.AccountAsync(work.Connection, name, work.Cancellation);
        return account is null || work.RefuseMember(account.Member) is not null
            ? (null, MemberProblems.UnknownAccount.With("List your accounts for their names."))
            : (account, null);
    }

    /// <summary>What stands of the account that a request names, as text.</summary>
    public static async Task<string?> StandsAsync(AdminWork work, JsonElement body) =>
        body.GetProperty("name").GetString() is { } name && await MemberStore.AccountAsync(work.Connection, name, work.Cancellation) is { } account
            ? JsonSerializer.Serialize(account, LiaisonJson.Default.Account) : null;

    /// <summary>Makes a link for the person; earlier ones do not work any more.</summary>
    public static async Task<(Account? Account, Problem? Problem)> InviteAsync(AdminWork work, string name)
    {
        var account = (await MemberStore.AccountAsync(work.Connection, name, work.Cancellation))!;
        if (account.Kind != "person") return (null, MemberProblems.UnknownAccount.With("Links are for persons. Set the keys of a system."));
        if (account.State is not ("invited" or "active")) return (null, MemberProblems.AlreadyEnded.With($"The account is {account.State}."));
        return (account with { Invitation = await Invitations.MakeAsync(work.Transaction, name, InvitationLasts, work.Cancellation) }, null);
    }

    /// <summary>Ends what the account has signed in to, and links that were not used.</summary>
    public static async Task EndAllAsync(AdminWork work, string account)
    {
        await SignIns.RevokeAllAsync(work.Transaction, account, work.Cancellation);
        await Sessions.EndAsync(work.Transaction, account, null, null, work.Cancellation);
        await work.Connection.DoAsync("DELETE FROM members.invitation WHERE account = $1 AND used_at IS NULL", work.Cancellation, account);
    }

    /// <summary>What a member or unit does not allow of the account that is asked for.</summary>
    public static async Task<Problem?> RefusePlaceAsync(AdminWork work, string member, string? unit, IReadOnlyList<string> permissions)
    {
        if ((await MemberStore.MembersAsync(work.Connection, member, work.Cancellation)) is not [var of])
            return MemberProblems.UnknownMember.With("List the members for their codes.");
        if (permissions.Contains(MemberRights.Administer.Code) && of.Kind != "secretariat")
            return MemberProblems.SecretariatOnly.With($"{MemberRights.Administer.Code} is for accounts of the secretariat; {member} is a {of.Kind}.");
        if (unit is null) return null;
        if (IsAdministrator(permissions))
            return MemberProblems.OtherMember.With("Administrators act for the bureau itself: leave the unit out, or the rights of an administrator.");
        return PartyName.MemberOf(unit) == member && await MemberStore.UnitAsync(work.Connection, unit, work.Cancellation) is not null ? null
            : MemberProblems.UnknownUnit.With($"{member} has no unit of this name. Make it first, or leave it out for the bureau itself.");
    }
}

/// <summary>A new account. One that makes an administrator takes a second administrator.</summary>
internal sealed record OpenAccount(KnownRights Rights) : AdminAct<AccountRequest>(
    "account.open", MemberEvents.AccountOpened, LiaisonJson.Default.AccountRequest, request => new Rules()
        .AccountName(request.Name).OneOf("kind", request.Kind, "person", "system").Rights(request, Rights).Problems)
{
    public override bool AnswersSecret => true;

    public override AccountRequest Complete(AccountRequest request, Caller caller) => request with { Member = request.Member ?? caller.Member };

    public override async Task<Problem?> RefuseAsync(AdminWork work, AccountRequest request) =>
        work.RefuseMember(request.Member!)
        ?? (request.Permissions!.Contains(MemberRights.Administer.Code) ? work.RequireHub() : null)
        ?? await AccountRules.RefusePlaceAsync(work, request.Member!, request.Unit, request.Permissions!);

    public override Task<bool> IsDangerousAsync(AdminWork work, AccountRequest request) => Task.FromResult(AccountRules.IsAdministrator(request.Permissions));

    public override async Task<AdminResult> ApplyAsync(AdminWork work, AccountRequest request)
    {
        var isPerson = request.Kind == "person";
        var made = await work.Connection.DoAsync("""
            INSERT INTO members.account (name, member, unit, kind, title, permissions, default_purpose, state, created_at, created_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING
            """, work.Cancellation, request.Name, request.Member, request.Unit, request.Kind, request.Title, request.Permissions!.Distinct().ToArray(),
            request.DefaultPurpose, isPerson ? "invited" : "active", work.Transaction.At, work.AskedBy);
        if (made == 0) return MemberProblems.NameTaken.With("Choose another; a name that stood in the audit once is never given again.");
        var account = (await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation))!;
        // Of an administrator's the asker collects it: who approves it must not see it.
        if (isPerson && !work.IsApproval)
        {
            var link = await Invitations.MakeAsync(work.Transaction, account.Name, AccountRules.InvitationLasts, work.Cancellation);
            account = account with { Invitation = link };
        }

        return AdminResult.Of(account, LiaisonJson.Default.Account, null);
    }
}

/// <summary>What an account may do, its unit and its words. To make an administrator of it takes a second one.</summary>
internal sealed record ChangeAccount(KnownRights Rights) : AdminAct<AccountRequest>(
    "account.change", MemberEvents.AccountChanged, LiaisonJson.Default.AccountRequest, request => new Rules()
        .AccountName(request.Name).Rights(request, Rights)
        .Unless(request.Kind is null && request.Member is null, "kind", "fixed", "Kind and member of an account stay as they are: leave them out.").Problems)
{
    public override Task<string?> StandsAsync(AdminWork work, JsonElement body) => AccountRules.StandsAsync(work, body);

    public override async Task<Problem?> RefuseAsync(AdminWork work, AccountRequest request)
    {
        var (account, problem) = await AccountRules.FindAsync(work, request.Name!);
        if (account is null) return problem;
        if (account.State == "ended") return MemberProblems.AlreadyEnded.With("Open another account.");
        return (request.Permissions!.Concat(account.Permissions).Contains(MemberRights.Administer.Code) ? work.RequireHub() : null)
            ?? await AccountRules.RefusePlaceAsync(work, account.Member, request.Unit, request.Permissions!);
    }

    public override async Task<bool> IsDangerousAsync(AdminWork work, AccountRequest request)
    {
        var before = (await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation))!.Permissions;
        return AccountRules.IsAdministrator(request.Permissions!.Except(before));
    }

    public override async Task<AdminResult> ApplyAsync(AdminWork work, AccountRequest request)
    {
        // What was signed in, or waits to, was so before anybody approved of an administrator: the person or system proves itself anew.
        if (await IsDangerousAsync(work, request)) await AccountRules.EndAllAsync(work, request.Name!);
        await work.Connection.DoAsync("UPDATE members.account SET title = $2, unit = $3, permissions = $4, default_purpose = $5 WHERE name = $1",
            work.Cancellation, request.Name, request.Title, request.Unit, request.Permissions!.Distinct().ToArray(), request.DefaultPurpose);
        var account = await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation);
        return AdminResult.Of(account!, LiaisonJson.Default.Account, request.Name);
    }
}

/// <summary>Suspends or ends an account, with all its tokens; to restore an administrator takes a second one.</summary>
internal sealed record SetAccountState() : AdminAct<AccountStateRequest>(
    "account.state", MemberEvents.AccountStateSet, LiaisonJson.Default.AccountStateRequest, request => new Rules()
        .AccountName(request.Name).OneOf("state", request.State, "active", "suspended", "ended").Why(request.Why).Problems)
{
    public override Task<string?> StandsAsync(AdminWork work, JsonElement body) => AccountRules.StandsAsync(work, body);

    public override async Task<Problem?> RefuseAsync(AdminWork work, AccountStateRequest request)
    {
        var (account, problem) = await AccountRules.FindAsync(work, request.Name!);
        return account is null ? problem
            : account.State == "ended" ? MemberProblems.AlreadyEnded.With("What has ended stays so: open another account.")
            : account.State == "invited" && request.State == "active" ? MemberProblems.AlreadyDecided.With("It becomes active when the person uses the link.")
            : account.Permissions.Contains(MemberRights.Administer.Code) ? work.RequireHub() : null;
    }

    public override async Task<bool> IsDangerousAsync(AdminWork work, AccountStateRequest request) =>
        request.State == "active"
        && AccountRules.IsAdministrator((await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation))!.Permissions);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, AccountStateRequest request)
    {
        await work.Connection.DoAsync("UPDATE members.account SET state = $2 WHERE name = $1", work.Cancellation, request.Name, request.State);
        if (request.State != "active") await AccountRules.EndAllAsync(work, request.Name!);
        var account = await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation);
        return AdminResult.Of(account!, LiaisonJson.Default.Account, request.Name);
    }
}

/// <summary>A new link for a person who lost every way in. For an administrator it takes a second one: whoever has the link becomes the account.</summary>
internal sealed record InviteAgain() : AdminAct<InvitationRequest>(
    "account.invite", MemberEvents.InvitationMade, LiaisonJson.Default.InvitationRequest, request => new Rules().AccountName(request.Name).Problems)
{
    public override bool AnswersSecret => true;

    public override Task<string?> StandsAsync(AdminWork work, JsonElement body) => AccountRules.StandsAsync(work, body);

    public override async Task<Problem?> RefuseAsync(AdminWork work, InvitationRequest request)
    {
        var (account, problem) = await AccountRules.FindAsync(work, request.Name!);
        return account is null ? problem
            : account.Kind != "person" ? MemberProblems.UnknownAccount.With("Links are for persons. Set the keys of a system.")
            : account.State is not ("invited" or "active") ? MemberProblems.AlreadyEnded.With($"The account is {account.State}.")
            : account.Permissions.Contains(MemberRights.Administer.Code) ? work.RequireHub() : null;
    }

    public override async Task<bool> IsDangerousAsync(AdminWork work, InvitationRequest request) =>
        AccountRules.IsAdministrator((await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation))!.Permissions);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, InvitationRequest request)
    {
        // Approved, the asker collects it.
        var (account, problem) = work.IsApproval
            ? (await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation), null)
            : await AccountRules.InviteAsync(work, request.Name!);
        return account is null ? problem! : AdminResult.Of(account, LiaisonJson.Default.Account, null);
    }
}

/// <summary>The public keys of a system, or none. For one that administers it takes a second administrator.</summary>
internal sealed record SetAccountKeys() : AdminAct<AccountKeysRequest>(
    "account.keys", MemberEvents.ClientChanged, LiaisonJson.Default.AccountKeysRequest, request =>
    {
        var rules = new Rules().AccountName(request.Name);
        if (request.Keys is { } keys && !ClientKeys.ParseSet(keys.GetRawText()).Is(out _, out var problems)) rules.Problems.AddRange(problems);
        return rules.Problems;
    })
{
    public override AuditJson Asked(AccountKeysRequest request) => AuditJson.Of(("name", request.Name), ("keys",
        request.Keys is { } keys && ClientKeys.ParseSet(keys.GetRawText()).Is(out var read, out _) ? read.Ids : null));

    public override Task<string?> StandsAsync(AdminWork work, JsonElement body) => AccountRules.StandsAsync(work, body);

    public override async Task<Problem?> RefuseAsync(AdminWork work, AccountKeysRequest request)
    {
        var (account, problem) = await AccountRules.FindAsync(work, request.Name!);
        return account is null ? problem
            : account.Kind != "system" ? MemberProblems.UnknownAccount.With("Keys are for systems. A person adds passkeys on its own page.")
            : account.State == "ended" ? MemberProblems.AlreadyEnded.With("Open another account.")
            : account.Permissions.Contains(MemberRights.Administer.Code) ? work.RequireHub() : null;
    }

    public override async Task<bool> IsDangerousAsync(AdminWork work, AccountKeysRequest request) => request.Keys is not null
        && AccountRules.IsAdministrator((await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation))!.Permissions);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, AccountKeysRequest request)
    {
        if (request.Keys is not { } keys) await SystemClients.RemoveAsync(work.Transaction, request.Name!, work.Cancellation);
        else if (ClientKeys.ParseSet(keys.GetRawText()).Is(out var read, out var problems))
            await work.Services.GetRequiredService<SystemClients>().SetKeysAsync(work.Transaction, request.Name!, read, work.Cancellation);
        else return Platform.Web.PlatformProblems.Invalid(problems);
        var account = await MemberStore.AccountAsync(work.Connection, request.Name!, work.Cancellation);
        return AdminResult.Of(account!, LiaisonJson.Default.Account, request.Name);
    }
}

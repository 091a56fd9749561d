using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Kernel.Parsing;
using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Codes;
using Liaison.Platform.Web;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Liaison.Members.Administration;

/// <summary>What administrators and members read. Each read is audited; a member's administrator sees its own member, the secretariat all.</summary>
internal sealed class Lists(NpgsqlDataSource database, AccountStore accounts, AuditUse use, KnownRights rights, AuditWriter audit, TimeProvider clock)
{
    private const int MostDays = 90;

    public Task<IResult> MembersAsync(HttpContext http) => ReadAsync(http, MemberEvents.MembersRead, AuditJson.Empty, async (connection, stop) =>
        Answers.Json(new MemberList(await MemberStore.MembersAsync(connection, null, stop)), LiaisonJson.Default.MemberList));

    /// <summary>A member reads its own agreements; the secretariat reads all.</summary>
    public Task<IResult> AgreementsAsync(HttpContext http) => ReadAsync(http, MemberEvents.AgreementsRead, AuditJson.Empty, async (connection, stop) =>
        Answers.Json(new AgreementList(await MemberStore.AgreementsAsync(connection, Scope(http), stop)), LiaisonJson.Default.AgreementList));

    public Task<IResult> UnitsAsync(HttpContext http) => ReadAsync(http, MemberEvents.UnitsRead, AuditJson.Empty, async (connection, stop) =>
        Answers.Json(new UnitList(await MemberStore.UnitsAsync(connection, Scope(http), stop)), LiaisonJson.Default.UnitList));

    public Task<IResult> AccountsAsync(HttpContext http) => ReadAsync(http, MemberEvents.AccountsRead, AuditJson.Empty, async (connection, stop) =>
        Answers.Json(new AccountList(await MemberStore.AccountsAsync(connection, Scope(http), stop)), LiaisonJson.Default.AccountList));

    public Task<IResult> ProvidersAsync(HttpContext http) => ReadAsync(http, MemberEvents.ProvidersRead, AuditJson.Empty, async (connection, stop) =>
        Answers.Json(new ProviderList(await ProviderStore.ListAsync(connection, Scope(http), stop)), LiaisonJson.Default.ProviderList));

    public Task<IResult> ApprovalsAsync(HttpContext http) => ReadAsync(http, MemberEvents.ApprovalsRead, AuditJson.Empty, async (connection, stop) =>
        Answers.Json(new ApprovalList(await Approvals.ListAsync(connection, Scope(http), stop)), LiaisonJson.Default.ApprovalList));

    /// <summary>What the accounts of the caller's member did: the bureau answers for its units.</summary>
    public async Task<IResult> UseAsync(HttpContext http, string? days)
    {
        if (!int.TryParse(days ?? "7", out var number) || number is < 1 or > MostDays)
            return Answers.Invalid([new("days", "days", $"Give a number of days from 1 to {MostDays}.")]);
        var (caller, since) = (Caller.Of(http), clock.GetUtcNow().AddDays(-number));
        return await ReadAsync(http, MemberEvents.UseRead, AuditJson.Of(("days", number)), async (connection, stop) =>
        {
            var unitOf = (await MemberStore.AccountsAsync(connection, caller.Member, stop)).ToDictionary(a => a.Name, a => a.Unit, StringComparer.Ordinal);
            var rows = await use.OfAsync(caller.Member, since, stop);
            var items = rows.Select(r => new UnitUse(unitOf.GetValueOrDefault(r.Account), r.Account, r.Event, r.Count, r.Last))
                .OrderBy(u => u.Unit, StringComparer.Ordinal).ThenBy(u => u.Account, StringComparer.Ordinal);
            return Answers.Json(new UnitUseList(since, [.. items]), LiaisonJson.Default.UnitUseList);
        });
    }

    /// <summary>"Why can I not see this?": the decision about one of the member's own accounts, with its reason.</summary>
    public async Task<IResult> ExplainAsync(HttpContext http, string? name, string? permission, string? purpose)
    {
        var problems = new List<FieldProblem>();
        if (permission is null || rights.Find(permission) is not { } right)
        {
            problems.Add(new("permission", "permissionUnknown", $"Give one of {string.Join(", ", rights.Codes)}."));
            return Answers.Invalid(problems);
        }

        if (purpose is not null && !Purposes.List.Has(purpose)) problems.Add(new("purpose", "purposeUnknown", $"Give one of {Purposes.List.AsSentence}, or none."));
        problems.AddRange(new Rules().AccountName(name).Problems);
        if (problems.Count > 0) return Answers.Invalid(problems);
        var asked = AuditJson.Of(("name", name), ("permission", permission), ("purpose", purpose));
        return await ReadAsync(http, MemberEvents.AccessExplained, asked, async (_, stop) =>
        {
            if (await accounts.FindByNameAsync(name!, stop) is not var (subject, mayAct) || (Scope(http) is { } own && subject.Member != own))
                return Answers.Problem(MemberProblems.UnknownAccount, "List your accounts for their names.");
            var refusal = mayAct is null ? AccessDecision.Refuse(subject, right, purpose ?? subject.DefaultPurpose, clock.GetUtcNow()) : null;
            var (rule, reason) = mayAct is { } why ? ("accountNotActive", why) : (refusal?.Rule, refusal?.Reason);
            return Answers.Json(new AccessExplanation(name!, permission, purpose, rule is null, rule, reason), LiaisonJson.Default.AccessExplanation);
        });
    }

    /// <summary>The member whose rows the caller sees; null for all.</summary>
    private static string? Scope(HttpContext http) =>
        Caller.Of(http) is var caller && MemberRights.IsOfHub(caller) ? null : caller.Member;

    private async Task<IResult> ReadAsync(
        HttpContext http, AuditEventKind kind, AuditJson asked, Func<NpgsqlConnection, CancellationToken, Task<IResult>> read)
    {
        if (!RequestContext.Parse(http, kind).Is(out var act, out var faults)) return Answers.Invalid(faults);
        IResult answer;
        await using (var connection = await database.OpenConnectionAsync(http.RequestAborted)) answer = await read(connection, http.RequestAborted);
        await audit.AppendAsync((act with { Asked = asked }).Entry("done", clock.GetUtcNow()), [], http.RequestAborted);
        return answer;
    }
}

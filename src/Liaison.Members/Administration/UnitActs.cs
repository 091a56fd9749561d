using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Members.Storage;
using Liaison.Platform.Codes;
using Liaison.Platform.Data;

namespace Liaison.Members.Administration;

/// <summary>A unit, and what its bureau lets it do.</summary>
internal sealed record GrantUnit(KnownRights Rights) : AdminAct<UnitRequest>(
    "unit.grant", MemberEvents.UnitGranted, LiaisonJson.Default.UnitRequest, request => new Rules()
        .UnitName(request.Name).Line("title", request.Title)
        .OneOf("kind", request.Kind, "subBureau", "agency", "borderPost", "system")
        .Unless(request.Permissions is not null && request.Permissions.All(p => Rights.Find(p) is not null), "permissions", "permissionUnknown",
            $"Give any of {string.Join(", ", Rights.Codes)}.")
        .PurposeCodes("purposes", request.Purposes ?? [], 0).Problems)
{
    public override Task<Problem?> RefuseAsync(AdminWork work, UnitRequest request) =>
        Task.FromResult(work.RefuseMember(PartyName.MemberOf(request.Name!)!));

    /// <summary>Rights of administrators are given to accounts, where they are looked at.</summary>
    public override Task<bool> IsDangerousAsync(AdminWork work, UnitRequest request) => Task.FromResult(false);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, UnitRequest request)
    {
        var above = request.Name![..request.Name!.LastIndexOf('/')];
        if (above.Contains('/', StringComparison.Ordinal) && await MemberStore.UnitAsync(work.Connection, above, work.Cancellation) is null)
            return MemberProblems.UnknownUnit.With($"Make {above} first.");
        var made = await work.Connection.DoAsync("""
            INSERT INTO members.unit (name, member, title, kind, permissions, purposes, granted_at, granted_by)
            SELECT $1, code, $3, $4, $5, $6::text[], $7, $8 FROM members.member WHERE code = $2
            ON CONFLICT (name) DO UPDATE SET title = $3, kind = $4, permissions = $5, purposes = coalesce($6::text[], unit.purposes), granted_at = $7, granted_by = $8, withdrawn_at = NULL
            """, work.Cancellation, request.Name, PartyName.MemberOf(request.Name!), request.Title, request.Kind, request.Permissions!.ToArray(),
            request.Purposes?.ToArray(), work.Transaction.At, work.AskedBy);
        if (made == 0) return MemberProblems.UnknownMember.With("List the members for their codes.");
        var unit = await MemberStore.UnitAsync(work.Connection, request.Name, work.Cancellation);
        return AdminResult.Of(unit!, LiaisonJson.Default.Unit, AdminResult.Everybody);
    }
}

/// <summary>Nobody of the unit, or of one below, may do anything until the bureau grants it again.</summary>
internal sealed record WithdrawUnit() : AdminAct<UnitWithdrawal>(
    "unit.withdraw", MemberEvents.UnitWithdrawn, LiaisonJson.Default.UnitWithdrawal, request => new Rules().UnitName(request.Name).Why(request.Why).Problems)
{
    public override Task<Problem?> RefuseAsync(AdminWork work, UnitWithdrawal request) =>
        Task.FromResult(work.RefuseMember(PartyName.MemberOf(request.Name!)!));

    public override Task<bool> IsDangerousAsync(AdminWork work, UnitWithdrawal request) => Task.FromResult(false);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, UnitWithdrawal request)
    {
        await work.Connection.DoAsync("UPDATE members.unit SET withdrawn_at = coalesce(withdrawn_at, $2) WHERE name = $1", work.Cancellation,
            request.Name, work.Transaction.At);
        return await MemberStore.UnitAsync(work.Connection, request.Name!, work.Cancellation) is { } unit
            ? AdminResult.Of(unit, LiaisonJson.Default.Unit, AdminResult.Everybody)
            : MemberProblems.UnknownUnit.With("List the units for their names.");
    }
}

using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Members.Storage;
using Liaison.Platform.Data;

namespace Liaison.Members.Administration;

/// <summary>A member takes part in a dataset. Every agreement is wider than none, so that it takes a second administrator.</summary>
internal sealed record ConcludeAgreement(KnownRights Rights) : AdminAct<AgreementRequest>(
    "agreement.conclude", MemberEvents.AgreementConcluded, LiaisonJson.Default.AgreementRequest, request => new Rules()
        .MemberCode("member", request.Member)
        .OneOf("dataset", request.Dataset, [.. Rights.Datasets])
        .OneOf("access", request.Access, "search", "contribute")
        .PurposeCodes("purposes", request.Purposes, 1)
        .Unless(request.Until is null || request.Since is null || request.Since < request.Until, "until", "period", "It ends after it begins.").Problems)
{
    public override Task<Problem?> RefuseAsync(AdminWork work, AgreementRequest request) => Task.FromResult(work.RequireHub());

    public override Task<bool> IsDangerousAsync(AdminWork work, AgreementRequest request) => Task.FromResult(true);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, AgreementRequest request)
    {
        var (id, since) = (Guid.CreateVersion7(work.Transaction.At), request.Since?.ToUniversalTime() ?? work.Transaction.At);
        if (request.Until <= since) return Platform.Web.PlatformProblems.Invalid([new("until", "period", "It would have ended before it begins.")]);
        var made = await work.Connection.DoAsync("""
            INSERT INTO members.agreement (id, member, dataset, access, purposes, since, until, recorded_at, recorded_by)
            SELECT $1, code, $3, $4, $5, $6, $7, $8, $9 FROM members.member WHERE code = $2
            """, work.Cancellation, id, request.Member, request.Dataset, request.Access, request.Purposes!.Distinct().ToArray(), since,
            request.Until?.ToUniversalTime(), work.Transaction.At, work.AskedBy);
        if (made == 0) return MemberProblems.UnknownMember.With("List the members for their codes.");
        var agreement = await MemberStore.AgreementAsync(work.Connection, id, work.Cancellation);
        return AdminResult.Of(agreement!, LiaisonJson.Default.Agreement, AdminResult.Everybody);
    }
}

/// <summary>Ends an agreement now.</summary>
internal sealed record EndAgreement() : AdminAct<AgreementEnd>(
    "agreement.end", MemberEvents.AgreementEnded, LiaisonJson.Default.AgreementEnd, request => new Rules().Present("id", request.Id).Why(request.Why).Problems)
{
    public override Task<Problem?> RefuseAsync(AdminWork work, AgreementEnd request) => Task.FromResult(work.RequireHub());

    public override Task<bool> IsDangerousAsync(AdminWork work, AgreementEnd request) => Task.FromResult(false);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, AgreementEnd request)
    {
        if (await MemberStore.AgreementAsync(work.Connection, request.Id!.Value, work.Cancellation) is not { } agreement)
            return MemberProblems.UnknownAgreement.With("List the agreements for their ids.");
        if (agreement.EndedAt is not null) return MemberProblems.AlreadyEnded.With("It ended before.");
        await work.Connection.DoAsync("UPDATE members.agreement SET ended_at = $2 WHERE id = $1", work.Cancellation, agreement.Id, work.Transaction.At);
        return AdminResult.Of(agreement with { EndedAt = work.Transaction.At }, LiaisonJson.Default.Agreement, AdminResult.Everybody);
    }
}

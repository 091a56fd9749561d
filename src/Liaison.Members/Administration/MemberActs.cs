using Liaison.Api;
using Liaison.Api.Members;
using Liaison.Kernel.Time;
using Liaison.Members.Storage;
using Liaison.Platform.Access;
using Liaison.Platform.Data;

namespace Liaison.Members.Administration;

/// <summary>A new member. Always takes a second administrator.</summary>
internal sealed record AdmitMember() : AdminAct<MemberRequest>(
    "member.admit", MemberEvents.MemberAdmitted, LiaisonJson.Default.MemberRequest, request => new Rules()
        .MemberCode("code", request.Code)
        .OneOf("kind", request.Kind, "country", "partner", "secretariat", "carrier")
        .Line("name", request.Name).Problems)
{
    public override Task<Problem?> RefuseAsync(AdminWork work, MemberRequest request) => Task.FromResult(work.RequireHub());

    public override Task<bool> IsDangerousAsync(AdminWork work, MemberRequest request) => Task.FromResult(true);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, MemberRequest request)
    {
        var made = await work.Connection.DoAsync("""
            INSERT INTO members.member (code, kind, name, admitted_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
            """, work.Cancellation, request.Code, request.Kind, request.Name, work.Transaction.At);
        if (made == 0) return MemberProblems.NameTaken.With($"{request.Code} is a member already.");
        var member = (await MemberStore.MembersAsync(work.Connection, request.Code, work.Cancellation)).Single();
        return AdminResult.Of(member, LiaisonJson.Default.Member, null);
    }
}

/// <summary>Ends at once what all accounts of a member may do; to give it back takes a second administrator.</summary>
internal sealed record SetMemberState() : AdminAct<MemberStateRequest>(
    "member.state", MemberEvents.MemberStateSet, LiaisonJson.Default.MemberStateRequest, request => new Rules()
        .MemberCode("code", request.Code)
        .OneOf("state", request.State, "active", "suspended")
        .Why(request.Why).Problems)
{
    public override async Task<Problem?> RefuseAsync(AdminWork work, MemberStateRequest request)
    {
        if (work.RequireHub() is { } notYours) return notYours;
        var members = await MemberStore.MembersAsync(work.Connection, request.Code, work.Cancellation);
        // Nobody could restore it, and a link for a new administrator would not work either.
        return members is [{ Kind: "secretariat" }] && request.State == "suspended"
            ? MemberProblems.SecretariatOnly.With("The secretariat runs the hub and is not suspended. Suspend its accounts.")
            : null;
    }

    public override Task<bool> IsDangerousAsync(AdminWork work, MemberStateRequest request) => Task.FromResult(request.State == "active");

    public override async Task<AdminResult> ApplyAsync(AdminWork work, MemberStateRequest request)
    {
        var set = await work.Connection.DoAsync("UPDATE members.member SET suspended_at = $2 WHERE code = $1", work.Cancellation,
            request.Code, request.State == "suspended" ? work.Transaction.At : null);
        if (set == 0) return MemberProblems.UnknownMember.With("List the members for their codes.");
        var member = (await MemberStore.MembersAsync(work.Connection, request.Code, work.Cancellation)).Single();
        return AdminResult.Of(member, LiaisonJson.Default.Member, AdminResult.Everybody);
    }
}

/// <summary>Where the caller's own member is reached, routine or urgent.</summary>
internal sealed record SetDesk() : AdminAct<Desk>(
    "desk.set", MemberEvents.DeskSet, LiaisonJson.Default.Desk, desk => new Rules()
        .OneOf("urgency", desk.Urgency, "routine", "urgent")
        .Line("name", desk.Name).Line("contact", desk.Contact).Line("hours", desk.Hours).OptionalLine("onCall", desk.OnCall)
        .Unless(desk.Languages is { Count: > 0 and <= 20 } && desk.Languages.All(l => l.Length is 2 or 3 && l.All(char.IsAsciiLetterLower)),
            "languages", "languages", "Give ISO 639 codes, as en, fr.")
        .Unless(desk.TimeZone is not null && desk.TimeZone.Length <= 64 && TimeZoneInfo.TryFindSystemTimeZoneById(desk.TimeZone, out var zone) && zone.HasIanaId,
            "timeZone", "timeZone", "Give an IANA time zone, as Europe/Paris.")
        .Unless(OpeningHours.Parse(desk.Hours ?? "", desk.TimeZone ?? "", []).Problems.All(p => p.Field != "hours"),
            "hours", "openingHours", "Give 24/7, or days and times, as Mon-Fri 08:00-18:00, Sat 09:00-13:00.")
        .Unless(desk.Holidays is null || (desk.Holidays.Count <= 100 && KnownMembers.Holidays(desk).Count() == desk.Holidays.Count),
            "holidays", "holidays", "Give at most 100 days, as 2026-12-25.").Problems)
{
    public override Task<Problem?> RefuseAsync(AdminWork work, Desk request) => Task.FromResult(work.RefuseUnit());

    public override Task<bool> IsDangerousAsync(AdminWork work, Desk request) => Task.FromResult(false);

    public override async Task<AdminResult> ApplyAsync(AdminWork work, Desk request)
    {
        await work.Connection.DoAsync("""
            INSERT INTO members.desk (id, member, urgency, name, contact, languages, time_zone, hours, on_call, holidays)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (member, urgency) DO UPDATE SET name = $4, contact = $5, languages = $6, time_zone = $7, hours = $8, on_call = $9, holidays = $10
            """, work.Cancellation, Guid.CreateVersion7(work.Transaction.At), work.Caller.Member, request.Urgency, request.Name, request.Contact,
            request.Languages!.ToArray(), request.TimeZone, request.Hours, request.OnCall, request.Holidays?.ToArray() ?? []);
        return AdminResult.Of(request, LiaisonJson.Default.Desk, null);
    }
}

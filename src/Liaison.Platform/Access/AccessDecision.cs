using Liaison.Api;
using Liaison.Platform.Codes;
using Liaison.Platform.Web;

namespace Liaison.Platform.Access;

/// <summary>Why a caller may not.</summary>
/// <param name="Kind">The problem that is answered.</param>
/// <param name="Rule">What the audit names: the permission that is missing, else the code of the problem.</param>
/// <param name="Reason">For the person, with what to do.</param>
public sealed record Refusal(ProblemKind Kind, string Rule, string Reason)
{
    public Problem Problem => Kind.With(Reason);
}

/// <summary>The one place where rights are decided. Pure: everything it looks at is an argument. Deny by default.</summary>
/// <remarks>
/// Taking anything away from a caller (a permission, a grant's permission or purpose, an agreement) never lets it do more: a property.
/// </remarks>
public static class AccessDecision
{
    /// <summary>True when the account has the permission and is of a member that can.</summary>
    public static bool Holds(Caller caller, Right permission) =>
        caller.Permissions.Contains(permission.Code) && (permission.OnlyOf is null || permission.OnlyOf == caller.MemberKind);

    /// <summary>Null when the caller may, for some purpose at least, else why not.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="permission">What it sets out to do.</param>
    /// <param name="now">The moment to judge agreements by.</param>
    public static Refusal? Refuse(Caller caller, Right permission, DateTimeOffset now)
    {
        if (!Holds(caller, permission))
        {
            return new(PlatformProblems.PermissionMissing, permission.Code, !caller.Permissions.Contains(permission.Code)
                ? $"Your account has no permission {permission.Code}. Ask your bureau's administrator."
                : $"{permission.Code} is not for accounts of {caller.Member}, whatever your account says.");
        }

        foreach (var unit in caller.Units)
        {
            if (unit.Permissions.Contains(permission.Code) && (permission.Dataset is null || unit.Purposes is not { Count: 0 })) continue;
            return new(PlatformProblems.UnitNotGranted, PlatformProblems.UnitNotGranted.Code,
                $"The bureau of {caller.Member} does not let unit {unit.Unit} do {permission.Code}. Ask the bureau.");
        }

        return permission.Dataset is null || IsAgreed(caller, permission, null, now) ? null
            : new(PlatformProblems.NoAgreement, PlatformProblems.NoAgreement.Code,
                $"{caller.Member} has no agreement in force to {Verb(permission)} {permission.Dataset}. The secretariat concludes them.");
    }

    /// <summary>Null when the caller may do it for this purpose, else why not. What touches a dataset needs one, as agreements are for purposes.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="permission">What it sets out to do.</param>
    /// <param name="purpose">Why; null when the caller did not say, and has no usual one.</param>
    /// <param name="now">The moment to judge agreements by.</param>
    public static Refusal? Refuse(Caller caller, Right permission, string? purpose, DateTimeOffset now)
    {
        if (Refuse(caller, permission, now) is { } refusal) return refusal;
        if (permission.Dataset is null) return null;
        if (purpose is null) return Purpose($"Say why you ask: {Headers.Purpose}, as {Headers.Purpose}: borderControl, or have a usual purpose set for your account.");
        foreach (var unit in caller.Units)
        {
            if (unit.Purposes?.Contains(purpose) is false)
                return Purpose($"The bureau of {caller.Member} does not let unit {unit.Unit} ask for {purpose}. Ask the bureau.");
        }

        return IsAgreed(caller, permission, purpose, now) ? null
            : Purpose($"The agreement of {caller.Member} on {permission.Dataset} does not name the purpose {purpose}. Use one that it names.");
    }

    /// <summary>How much of a record the caller may be told.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="owner">The member that owns the record: it always sees it.</param>
    /// <param name="audience">Whom the owner means it for; null for everybody.</param>
    /// <param name="isSealed">The owner lets others know no more than that there is something to ask it for.</param>
    public static Sight Look(Caller caller, string owner, Audience? audience, bool isSealed) =>
        audience is not null && caller.Member != owner && !audience.Includes(caller.Parties) ? Sight.Nothing
        : caller.MemberKind is MemberKind.Carrier ? Sight.Referral
        : isSealed && caller.Member != owner ? Sight.Sealed
        : Sight.Full;

    /// <summary>Null when the caller may write documents of the issuer, else why not: only the issuing authority writes its documents.</summary>
    /// <param name="caller">Who wants to write.</param>
    /// <param name="issuer">Canonical issuing code.</param>
    /// <param name="authority">The member that writes for it, or null when nobody does.</param>
    public static string? RefuseWrite(Caller caller, string issuer, string? authority) =>
        caller.MemberKind is MemberKind.Carrier ? "A carrier writes no documents. Tell the issuing authority what you know."
        : authority == caller.Member ? null
        : authority is null ? $"Nobody writes documents of issuer {issuer}."
        : $"Only the issuing authority writes its documents: {issuer} belongs to {authority}, you act for {caller.Member}. "
          + $"Send what you know to {authority}.";

    /// <summary>By index: every search comes here, and an enumerator or a closure would be made for each.</summary>
    private static bool IsAgreed(Caller caller, Right permission, string? purpose, DateTimeOffset now)
    {
        for (var i = 0; i < caller.Agreements.Count; i++)
        {
            var agreement = caller.Agreements[i];
            if (agreement.Covers(permission, now) && (purpose is null || agreement.Purposes.Contains(purpose))) return true;
        }

        return false;
    }

    private static Refusal Purpose(string reason) => new(PlatformProblems.PurposeNotAgreed, PlatformProblems.PurposeNotAgreed.Code, reason);

    private static string Verb(Right permission) => permission.Takes switch
    {
        AgreementAccess.Contribute => "contribute to",
        AgreementAccess.Search => "search",
        _ => "search or contribute to",
    };
}

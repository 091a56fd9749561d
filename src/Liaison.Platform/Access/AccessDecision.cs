using Liaison.Platform.Codes;

namespace Liaison.Platform.Access;

/// <summary>The one place where rights are decided. Pure: everything it looks at is an argument. Deny by default.</summary>
public static class AccessDecision
{
    /// <summary>Null when <paramref name="caller"/> may, else the reason why not, for the audit and for the person.</summary>
    public static string? Refuse(Caller caller, string permission) =>
        caller.Permissions.Contains(permission) ? null : $"Your account has no permission {permission}. Ask your bureau's administrator.";

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
}

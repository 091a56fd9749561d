using Liaison.Platform.Access;

namespace Liaison.Members;

/// <summary>What an account may be allowed to do in this module.</summary>
internal static class MemberRights
{
    public static readonly Right Read = new("members.read", "See the members, their groups, desks and agreements");

    public static readonly Right Manage = new("members.manage", "Manage the units, accounts and desks of one's own member: its administrator");

    /// <summary>Only for accounts of the secretariat.</summary>
    public static readonly Right Administer =
        new("hub.administer", "Admit and suspend members, conclude agreements, and manage every member's accounts: an administrator of the hub")
        {
            OnlyOf = MemberKind.Secretariat,
        };

    /// <summary>Whoever gets one of these becomes an administrator.</summary>
    public static IReadOnlyList<string> OfAdministrators { get; } = [Manage.Code, Administer.Code];

    /// <summary>True of an administrator of the hub: of the secretariat itself, not of a unit.</summary>
    public static bool IsOfHub(Caller caller) => caller.Units.Count == 0 && AccessDecision.Holds(caller, Administer);
}

using Liaison.Platform.Access;

namespace Liaison.Hits;

/// <summary>What the hub does by itself, for the audit: in the name of a member, by the account that is the hub's.</summary>
internal static class Hub
{
    public const string Account = "hub";

    public static Caller InTheNameOf(string member) => new(Account, member, new HashSet<string>(), null);
}

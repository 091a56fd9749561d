using System.Collections.Frozen;
using Liaison.Api.Members;
using Liaison.Platform.Codes;

namespace Liaison.Platform.Access;

/// <summary>
/// The members of this hub, for whoever must know without asking the database. The module that keeps members fills it, and fills it anew when one is
/// admitted or says where it is reached; every node follows within a second.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public sealed class KnownMembers
{
    private volatile FrozenDictionary<string, Member> all = FrozenDictionary<string, Member>.Empty;

    /// <summary>True for a member of the hub, and for every issuing authority: a restriction may be there before the member is.</summary>
    public bool IsMember(string code) => IssuingAuthorities.IsMember(code) || all.ContainsKey(code);

    /// <summary>Where a member is reached when somebody waits for the answer: its urgent desk, else its routine one; null when it named none.</summary>
    public Desk? UrgentDesk(string code) => !all.TryGetValue(code, out var member) ? null
        : member.Desks.FirstOrDefault(desk => desk.Urgency == "urgent") ?? (member.Desks is [var routine, ..] ? routine : null);

    public void Set(IEnumerable<Member> members) => all = members.ToFrozenDictionary(member => member.Code, StringComparer.Ordinal);
}

using System.Text.RegularExpressions;
using Liaison.Kernel.Parsing;

namespace Liaison.Platform.Codes;

/// <summary>Whom a restriction may name: a member (<c>FRA</c>), a group of members (<c>@EU</c>), a unit of a member (<c>FRA/BORDER/CDG</c>).</summary>
public static partial class PartyName
{
    public const int Longest = 128;

    /// <summary>Every name that somebody answers to: member, groups of the member, unit, and the units above it.</summary>
    /// <param name="member">Code.</param>
    /// <param name="unit">Full name of the unit that acts, or null for the member's bureau.</param>
    public static IReadOnlySet<string> AllOf(string member, string? unit = null)
    {
        var names = new HashSet<string>(MemberGroups.Of(member), StringComparer.Ordinal) { member };
        for (var name = unit; name is not null && name.Contains('/', StringComparison.Ordinal); name = name[..name.LastIndexOf('/')]) names.Add(name);
        return names;
    }

    /// <summary>The member that a name belongs to; null for a group.</summary>
    public static string? MemberOf(string name) => name.StartsWith(MemberGroups.Mark) ? null : name.Split('/')[0];

    /// <summary>
    /// Null when the name is a known group, or a known member, or well formed and of one: whether a unit exists, the member knows, and a
    /// restriction may be there before it.
    /// </summary>
    /// <param name="name">As it was sent.</param>
    /// <param name="isMember">True for the code of a member.</param>
    /// <param name="field">Of the request, for the problem.</param>
    public static FieldProblem? Check(string name, Func<string, bool> isMember, string field)
    {
        if (name.StartsWith(MemberGroups.Mark))
        {
            return MemberGroups.All.Contains(name) ? null
                : new(field, "groupUnknown", $"'{Short(name)}' is no group of members. Use {string.Join(", ", MemberGroups.All)}, or name the members.");
        }

        if (name.Contains('/', StringComparison.Ordinal) && (name.Length > Longest || !Unit().IsMatch(name)))
        {
            return new(field, "unitName",
                $"'{Short(name)}' is no name of a unit. Write MEMBER/PART, as FRA/BORDER/CDG: A–Z, 0–9 and hyphen, at most {Longest} characters.");
        }

        return isMember(MemberOf(name)!) ? null : new(field, "memberUnknown", $"'{Short(name)}' is not the code of a member, as FRA or EUROPOL.");
    }

    private static string Short(string text) => text.Length > 20 ? text[..20] + "…" : text;

    [GeneratedRegex(@"^[A-Z][A-Z0-9-]{1,31}(/[A-Z0-9-]{1,31})+\z", RegexOptions.NonBacktracking)]
    private static partial Regex Unit();
}

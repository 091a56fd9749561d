using System.Collections.Frozen;

namespace Liaison.Platform.Codes;

/// <summary>Groups of members, as the European Union: <c>data/member-groups.csv</c>. A restriction names one with an @ before its code.</summary>
public static class MemberGroups
{
    /// <summary>What tells the name of a group from the code of a member.</summary>
    public const char Mark = '@';

    private static readonly CodeList List = CodeList.Embedded(typeof(MemberGroups).Assembly, "member-groups");

    private static readonly FrozenDictionary<string, string[]> OfMembers = List.Codes
        .SelectMany(group => List.Value(group, "members").Split(' ').Select(member => (member, group: Mark + group)))
        .GroupBy(pair => pair.member, pair => pair.group).ToFrozenDictionary(pairs => pairs.Key, pairs => pairs.ToArray(), StringComparer.Ordinal);

    /// <summary>The names of all groups, as <c>@EU</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. List.Codes.Select(code => Mark + code)];

    /// <summary>The names of the groups that a member belongs to; empty for none.</summary>
    public static IReadOnlyList<string> Of(string member) => OfMembers.TryGetValue(member, out var groups) ? groups : [];
}

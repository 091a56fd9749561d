using System.Diagnostics.CodeAnalysis;
using Liaison.Kernel.Parsing;

namespace Liaison.Platform.Codes;

/// <summary>Whom a record is for besides its owner: everybody but some members, or only some members.</summary>
/// <remarks>Immutable, thread-safe. Stored as <c>not GBR UTO</c> or <c>only DEU ESP</c>: sorted, so that equal ones are equal texts.</remarks>
public sealed record Audience
{
    private const string Not = "not", Only = "only";

    private readonly string[] members;

    private Audience(bool isOnly, IEnumerable<string> members)
    {
        IsOnly = isOnly;
        this.members = [.. members.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>True when the members named are the only ones, false when they are those left out.</summary>
    public bool IsOnly { get; }

    /// <summary>Codes, sorted.</summary>
    public IReadOnlyList<string> Members => members;

    public static Audience AllBut(params IEnumerable<string> members) => new(false, members);

    public static Audience OnlyOf(params IEnumerable<string> members) => new(true, members);

    /// <summary>What two lists mean, of which at most one may name members; null when they are sound.</summary>
    /// <param name="notFor">Members left out.</param>
    /// <param name="onlyFor">The only members.</param>
    /// <param name="field">Of the request, for the problem.</param>
    /// <param name="audience">Null for everybody.</param>
    public static FieldProblem? Parse(IReadOnlyList<string>? notFor, IReadOnlyList<string>? onlyFor, string field, out Audience? audience)
    {
        audience = null;
        var (not, only) = (notFor ?? [], onlyFor ?? []);
        if (not.Count > 0 && only.Count > 0)
            return new(field, "restrictionsBoth", "Name who may not see it, or who alone may; not both.");
        var named = not.Count > 0 ? not : only;
        if (named.FirstOrDefault(code => !IssuingAuthorities.IsMember(code)) is { } unknown)
            return new(field, "memberUnknown", $"'{Short(unknown)}' is not the code of a member, as FRA or DEU.");
        if (named.Count > 0) audience = new(only.Count > 0, named);
        return null;
    }

    /// <exception cref="InvalidDataException">The text is none that <see cref="ToString"/> wrote.</exception>
    [return: NotNullIfNotNull(nameof(stored))]
    public static Audience? Read(string? stored)
    {
        if (stored is null) return null;
        var words = stored.Split(' ');
        return words is [Not or Only, _, ..] ? new(words[0] == Only, words[1..]) : throw new InvalidDataException("A stored audience is malformed.");
    }

    public bool Includes(string member) => members.Contains(member) == IsOnly;

    public bool Equals(Audience? other) => other is not null && IsOnly == other.IsOnly && members.AsSpan().SequenceEqual(other.members);

    public override int GetHashCode() => HashCode.Combine(IsOnly, members.Length, members[0]);

    /// <summary>As it is stored.</summary>
    public override string ToString() => $"{(IsOnly ? Only : Not)} {string.Join(' ', members)}";

    private static string Short(string text) => text.Length > 10 ? text[..10] + "…" : text;
}

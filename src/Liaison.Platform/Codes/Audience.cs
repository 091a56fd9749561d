using System.Diagnostics.CodeAnalysis;
using Liaison.Kernel.Parsing;

namespace Liaison.Platform.Codes;

/// <summary>
/// Whom a record is for besides its owner: everybody but some parties, or only some. A party is a member, a group of members or a unit
/// (<see cref="PartyName"/>).
/// </summary>
/// <remarks>Immutable, thread-safe. Stored as <c>not @EU GBR</c> or <c>only DEU ESP/BORDER</c>: sorted, so that equal ones are equal texts.</remarks>
public sealed record Audience
{
    private const int Most = 100;
    private const string Not = "not", Only = "only";

    private readonly string[] parties;

    private Audience(bool isOnly, IEnumerable<string> parties)
    {
        IsOnly = isOnly;
        this.parties = [.. parties.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>True when the parties named are the only ones, false when they are those left out.</summary>
    public bool IsOnly { get; }

    /// <summary>Names, sorted.</summary>
    public IReadOnlyList<string> Parties => parties;

    public static Audience AllBut(params IEnumerable<string> parties) => new(false, parties);

    public static Audience OnlyOf(params IEnumerable<string> parties) => new(true, parties);

    /// <summary>What two lists mean, of which at most one may name anybody; null when they are sound.</summary>
    /// <param name="notFor">Parties left out.</param>
    /// <param name="onlyFor">The only parties.</param>
    /// <param name="isMember">True for the code of a member.</param>
    /// <param name="field">Of the request, for the problem.</param>
    /// <param name="audience">Null for everybody.</param>
    public static FieldProblem? Parse(
        IReadOnlyList<string>? notFor, IReadOnlyList<string>? onlyFor, Func<string, bool> isMember, string field, out Audience? audience)
    {
        audience = null;
        var (not, only) = (notFor ?? [], onlyFor ?? []);
        if (not.Count > 0 && only.Count > 0)
            return new(field, "restrictionsBoth", "Name who may not see it, or who alone may; not both.");
        var named = not.Count > 0 ? not : only;
        if (named.Count > Most) return new(field, "restrictionsMany", $"At most {Most} names. Name groups of members, or who alone may see it.");
        if (named.Select(name => PartyName.Check(name, isMember, field)).FirstOrDefault(problem => problem is not null) is { } wrong) return wrong;
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

    /// <param name="names">All that somebody answers to.</param>
    public bool Includes(IReadOnlySet<string> names)
    {
        foreach (var party in parties)
        {
            if (names.Contains(party)) return IsOnly;
        }

        return !IsOnly;
    }

    public bool Equals(Audience? other) => other is not null && IsOnly == other.IsOnly && parties.AsSpan().SequenceEqual(other.parties);

    public override int GetHashCode() => HashCode.Combine(IsOnly, parties.Length, parties[0]);

    /// <summary>As it is stored.</summary>
    public override string ToString() => $"{(IsOnly ? Only : Not)} {string.Join(' ', parties)}";
}

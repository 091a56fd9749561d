using System.Text.RegularExpressions;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Codes;

namespace Liaison.Members.Administration;

/// <summary>What is wrong with a field of an administrator's request, in the words of every such request.</summary>
internal sealed partial class Rules
{
    private const int LongestLine = 200, LongestWhy = 500;

    public List<FieldProblem> Problems { get; } = [];

    public Rules Line(string field, string? value, int longest = LongestLine) =>
        Unless(value is { Length: > 0 } && value.Trim() == value && value.Length <= longest && !value.Any(char.IsControl), field, "text",
            $"Give 1 to {longest} characters on one line.");

    public Rules OptionalLine(string field, string? value) => value is null ? this : Line(field, value);

    public Rules Why(string? value) => Line("why", value, LongestWhy);

    public Rules OneOf(string field, string? value, params string[] codes) =>
        Unless(value is not null && codes.Contains(value), field, "code", $"Give one of {string.Join(", ", codes)}.");

    public Rules MemberCode(string field, string? value) =>
        Unless(value is not null && Code().IsMatch(value), field, "memberCode", "Give the code of a member, as FRA or EUROPOL: A–Z, 0–9 and hyphen, 2 to 32.");

    public Rules UnitName(string? value) =>
        Unless(value is not null && value.Contains('/', StringComparison.Ordinal) && value.Length <= PartyName.Longest
            && PartyName.Check(value, _ => true, "name") is null, "name", "unitName",
            "Give MEMBER/PART, as FRA/BORDER/CDG: A–Z, 0–9 and hyphen, a slash between the parts.");

    public Rules AccountName(string? value) =>
        Unless(value is not null && Name().IsMatch(value), "name", "accountName", "Give 2 to 64 of a–z, 0–9, dot and hyphen, a letter first.");

    /// <param name="field">Of the request.</param>
    /// <param name="values">What was given.</param>
    /// <param name="least">How many at least.</param>
    public Rules PurposeCodes(string field, IReadOnlyList<string>? values, int least) =>
        Unless(values is not null && values.Count >= least && values.All(Purposes.List.Has), field, "purposeUnknown",
            $"Give {(least == 0 ? "any" : "at least one")} of {Purposes.List.AsSentence}.");

    public Rules Present(string field, object? value) => Unless(value is not null, field, "required", "Give it.");

    public Rules Unless(bool holds, string field, string code, string message)
    {
        if (!holds) Problems.Add(new(field, code, message));
        return this;
    }

    [GeneratedRegex(@"^[A-Z][A-Z0-9-]{1,31}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Code();

    [GeneratedRegex(@"^[a-z][a-z0-9.-]{1,63}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}

using System.Globalization;
using Liaison.Kernel.Parsing;

namespace Liaison.TravelDocuments.Domain;

/// <summary>
/// Consecutive numbers of blank documents: same length, same prefix up to the last letter, the rest digits.
/// </summary>
internal static class BlankRange
{
    /// <summary>More than this needs the writer's explicit confirmation: a slip of one digit would cancel a country's documents.</summary>
    public const long ConfirmAbove = 100_000;
    public const long Most = 5_000_000;

    /// <summary>How many numbers the range holds, or what is wrong with it.</summary>
    public static Parsed<long> Count(string fromKey, string toKey, bool confirmed)
    {
        var prefix = LastLetter(fromKey) + 1;
        if (fromKey.Length != toKey.Length || LastLetter(toKey) + 1 != prefix || !fromKey.AsSpan(0, prefix).SequenceEqual(toKey.AsSpan(0, prefix)))
            return Problem("rangeShape", "Both ends of a range have the same length and the same prefix, and end in digits.");
        var digits = fromKey.Length - prefix;
        if (digits is 0 or > 18) return Problem("rangeShape", "A range counts in its last 1 to 18 digits.");
        var count = Value(toKey, prefix) - Value(fromKey, prefix) + 1;
        return count switch
        {
            < 2 => Problem("rangeOrder", "The last number comes after the first. For one document leave rangeTo out."),
            > Most => Problem("rangeTooLarge", $"At most {Most} numbers. Check both ends; split a truly larger theft."),
            > ConfirmAbove when !confirmed => Problem("rangeUnconfirmed",
                $"The range holds {count} numbers. If that is right, send confirmLargeRange: true."),
            _ => count,
        };
    }

    private static long Value(string key, int prefix) => long.Parse(key.AsSpan(prefix), NumberStyles.None, CultureInfo.InvariantCulture);

    private static int LastLetter(string key) => key.AsSpan().LastIndexOfAnyExceptInRange('0', '9');

    private static FieldProblem Problem(string code, string message) => new("rangeTo", code, message);
}

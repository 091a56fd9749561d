using Liaison.Kernel.Parsing;
using Liaison.Matching;

namespace Liaison.TravelDocuments.Domain;

/// <summary>How large a range of blanks may be, on top of what makes it a range at all (<see cref="NumberRange"/>).</summary>
internal static class BlankRange
{
    /// <summary>More than this needs the writer's explicit confirmation: a slip of one digit would cancel a country's documents.</summary>
    public const int ConfirmAbove = 100_000;
    public const int Most = 5_000_000;

    /// <summary>Null when the two ends make a range that may be recorded, else what is wrong.</summary>
    public static FieldProblem? Check(NumberKey first, NumberKey last, bool confirmed) => NumberRange.TryCreate(first, last, out var range) switch
    {
        RangeFault.None when range.Count < 2 => Problem("rangeOrder", "Both ends are the same. For one document leave rangeTo out."),
        RangeFault.None when range.Count > Most => Problem("rangeTooLarge",
            $"At most {Most} numbers. Check both ends; split a truly larger theft."),
        RangeFault.None when range.Count > ConfirmAbove && !confirmed => Problem("rangeUnconfirmed",
            $"The range holds {range.Count} numbers. If that is right, send confirmLargeRange: true."),
        RangeFault.None => null,
        RangeFault.Reversed => Problem("rangeOrder", "The last number comes before the first."),
        RangeFault.NoDigits => Problem("rangeShape", "A range counts in its last digits; these numbers end in a letter."),
        _ => Problem("rangeShape", "Both ends of a range have the same length and the same prefix up to the last letter."),
    };

    private static FieldProblem Problem(string code, string message) => new("rangeTo", code, message);
}

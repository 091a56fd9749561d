using System.Globalization;
using System.Text;
using Liaison.Kernel.Parsing;

namespace Liaison.Hits.Domain;

/// <summary>The rules of what is written. Pure.</summary>
internal static class MessageText
{
    public const int Longest = 4_000;
    private const string Field = "text";

    public static Parsed<string> Parse(string? given)
    {
        var text = given?.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Normalize(NormalizationForm.FormC).Trim() ?? "";
        if (text.Length == 0) return new FieldProblem(Field, "textRequired", "Write something.");
        if (text.Length > Longest) return new FieldProblem(Field, "textTooLong", $"At most {Longest} characters; a longer text is an attachment.");
        return text.EnumerateRunes().Any(IsUnfit)
            ? new FieldProblem(Field, "textControl", "No control characters but line breaks and tabs, and none that turn the direction of the rest.")
            : text;
    }

    /// <summary>
    /// Marks and isolates of direction are part of how Arabic is written beside numbers; embeddings and overrides only make a text read as another
    /// (Unicode TR 36 §2.6).
    /// </summary>
    private static bool IsUnfit(Rune rune) => rune.Value is not ('\n' or '\t')
        && (rune.Value is >= 0x202A and <= 0x202E || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}

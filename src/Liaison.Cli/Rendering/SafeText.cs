using System.Globalization;

namespace Liaison.Cli.Rendering;

/// <summary>
/// Text of others made harmless for a terminal. Records hold free text from other members: escape sequences in it could rewrite the
/// screen, and direction marks could turn a number round.
/// </summary>
internal static class SafeText
{
    /// <summary>One line; control, format and line-breaking characters become U+FFFD, tabs become a space.</summary>
    public static string Of(string text)
    {
        if (!text.Any(IsUnsafe)) return text;
        return string.Create(text.Length, text, static (line, source) =>
        {
            for (var i = 0; i < line.Length; i++) line[i] = source[i] is '\t' or '\n' ? ' ' : IsUnsafe(source[i]) ? '\uFFFD' : source[i];
        });
    }

    private static bool IsUnsafe(char c) => c is < ' ' or > '~' && char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

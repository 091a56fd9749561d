using System.Globalization;
using System.Text;

namespace Liaison.Platform.Attachments;

/// <summary>
/// The name under which somebody else's program will store a file: no path, nothing that is not seen, and the ending of what it is, so that no program
/// is started by it.
/// </summary>
internal static class AttachmentName
{
    private const int Longest = 100;
    private const string Nameless = "attachment", NotInNames = "<>:\"|?*%";

    public static string Clean(string? given, AttachmentKind kind)
    {
        var name = new StringBuilder();
        foreach (var rune in LastPart(given ?? "").EnumerateRunes())
        {
            if (IsUnseen(rune)) continue;
            if (name.Length + rune.Utf16SequenceLength > Longest) break;
            if (Rune.IsWhiteSpace(rune)) name.Append(' ');
            else if (rune.IsAscii && NotInNames.Contains((char)rune.Value, StringComparison.Ordinal)) name.Append('_');
            else name.Append(rune.ToString());
        }

        // A name that begins with a dot hides itself; one that ends with dots or spaces loses them on some systems.
        var clean = name.ToString().Normalize(NormalizationForm.FormC).Trim().Trim('.').Trim();
        if (clean.Length == 0) clean = Nameless;
        return kind.Endings.Any(e => clean.Length > e.Length && clean.EndsWith(e, StringComparison.OrdinalIgnoreCase)) ? clean : clean + kind.Endings[0];
    }

    private static string LastPart(string given) => given[(given.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>Controls, and what changes how the rest is shown: a name with U+202E reads backwards (Unicode TR 36 §2.6).</summary>
    private static bool IsUnseen(Rune rune) => rune == Rune.ReplacementChar || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}

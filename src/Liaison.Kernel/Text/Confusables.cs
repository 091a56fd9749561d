namespace Liaison.Kernel.Text;

/// <summary>
/// Characters that people and optical readers take for one another on travel documents: 0 O D Q, 1 I L, 2 Z, 5 S, 6 G, 8 B.
/// Works on the characters A–Z and 0–9; every other character stands for itself.
/// </summary>
/// <remarks>Thread-safe: pure functions over constants.</remarks>
public static class Confusables
{
    private static readonly string[] Classes = ["0ODQ", "1IL", "2Z", "5S", "6G", "8B"];
    private static readonly char[] Folds = MakeFolds();

    /// <summary>The digit that stands for the character's class (<c>O</c> → <c>0</c>), or the character itself when it has none.</summary>
    public static char Fold(char c) => c < Folds.Length ? Folds[c] : c;

    /// <summary>The string with every character folded. Two numbers that differ only in confusable characters fold to the same text.</summary>
    public static string Fold(ReadOnlySpan<char> text)
    {
        Span<char> folded = text.Length <= 64 ? stackalloc char[text.Length] : new char[text.Length];
        Fold(text, folded);
        return new string(folded);
    }

    /// <summary>Folds <paramref name="text"/> into <paramref name="folded"/>, which must be at least as long.</summary>
    public static void Fold(ReadOnlySpan<char> text, Span<char> folded)
    {
        for (var i = 0; i < text.Length; i++) folded[i] = Fold(text[i]);
    }

    /// <summary>The other characters that <paramref name="c"/> may really be; empty when it has no look-alike.</summary>
    public static ReadOnlySpan<char> LookAlikes(char c)
    {
        foreach (var members in Classes)
        {
            if (members.Contains(c, StringComparison.Ordinal)) return members.Replace(c.ToString(), "", StringComparison.Ordinal);
        }

        return [];
    }

    /// <summary>True when the two characters differ and may be taken for one another.</summary>
    public static bool AreLookAlikes(char a, char b) => a != b && Fold(a) == Fold(b);

    private static char[] MakeFolds()
    {
        var folds = new char['Z' + 1];
        for (var c = '\0'; c < folds.Length; c++) folds[c] = c;
        foreach (var members in Classes)
        {
            foreach (var c in members) folds[c] = members[0];
        }

        return folds;
    }
}

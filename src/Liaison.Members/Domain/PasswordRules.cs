using System.Text;

namespace Liaison.Members.Domain;

/// <summary>
/// NIST SP 800-63B-4 section 3.1.1.2: long, whatever it is made of, and nothing that a guesser tries first. Length is what protects; no list of
/// stolen passwords holds many of this length but repetitions, runs of keys and known words put together, which are found by their form.
/// </summary>
internal static class PasswordRules
{
    public const int Shortest = 15;

    /// <summary>What a hash is made of, so that nobody keeps the hub busy with a book.</summary>
    public const int Longest = 256;

    /// <summary>What must be left when everything guessable is taken out.</summary>
    private const int FewestOwn = 6;

    private static readonly string[] Rows = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qwertzuiop"];

    private static readonly string[] Words =
        ["liaison", "password", "passwort", "motdepasse", "contrasena", "contraseña", "letmein", "welcome", "admin", "iloveyou", "secret", "police", "login"];

    /// <summary>As it is hashed: composed alike on every keyboard.</summary>
    /// <remarks>NIST SP 800-63B-4 section 3.1.1.2 asks for NFKC or NFKD.</remarks>
    public static string Normalise(string password) => IsText(password) ? password.Normalize(NormalizationForm.FormKC) : "";

    /// <summary>The key of the text that says what is wrong, or null.</summary>
    /// <param name="password">Normalised.</param>
    /// <param name="account">Whose: its name adds nothing to its password.</param>
    public static string? Refuse(string password, string account) =>
        password.EnumerateRunes().Count() < Shortest ? "passwordShort"
        : password.Length > Longest ? "passwordLong"
        : Own(password.ToLowerInvariant(), account) < FewestOwn ? "passwordGuessable"
        : null;

    /// <summary>How many characters are neither a known word, nor the next key, nor what stood there before.</summary>
    private static int Own(string password, string account)
    {
        foreach (var word in account.Split('.', '-').Append(account).Concat(Words).Where(w => w.Length > 3).OrderByDescending(w => w.Length))
            password = password.Replace(word, "", StringComparison.Ordinal);
        var own = 0;
        for (var i = 0; i < password.Length; i++)
        {
            if (i == 0 || !(Follows(password[i - 1], password[i]) || Seen(password, i))) own++;
        }

        return own;
    }

    private static bool Follows(char before, char here) =>
        before == here || Rows.Any(r => r.IndexOf(before, StringComparison.Ordinal) is var a and >= 0
            && r.IndexOf(here, StringComparison.Ordinal) is var b and >= 0 && Math.Abs(a - b) == 1);

    /// <summary>True where the same three characters ended before.</summary>
    private static bool Seen(string password, int at) =>
        at >= 3 && password.AsSpan(0, at).Contains(password.AsSpan(at - 2, 3), StringComparison.Ordinal);

    private static bool IsText(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar) return false;
        }

        return true;
    }
}

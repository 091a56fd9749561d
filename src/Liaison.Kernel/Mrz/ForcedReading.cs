using Liaison.Kernel.Issuers;
using Liaison.Kernel.Text;

namespace Liaison.Kernel.Mrz;

/// <summary>
/// What a character must be because of where it stands (ICAO 9303-3 §4.3 and the data element tables of parts 4 to 7): a letter among
/// digits is a misread digit, a digit among letters a misread letter. What has no look-alike stays as it is.
/// </summary>
internal static class ForcedReading
{
    /// <summary>A run of K as long as this at the end of names is filler: no name ends so.</summary>
    private const int FillerRun = 3;

    internal static char AsDigit(char c) => Confusables.Fold(c);

    /// <summary>The commonest letter behind the digit.</summary>
    internal static char AsLetter(char c) => c switch { '0' => 'O', '1' => 'I', '2' => 'Z', '5' => 'S', '6' => 'G', '8' => 'B', _ => c };

    /// <summary>The text as the kind of field makes it read; the same length.</summary>
    internal static string Read(FieldKind kind, string printed) => kind switch
    {
        FieldKind.Date or FieldKind.Digits or FieldKind.CheckDigit => Map(printed, AsDigit),
        FieldKind.Names => Map(Fillers(printed), AsLetter),
        FieldKind.State => State(printed),
        FieldKind.DocumentCode => Code(printed),
        FieldKind.Sex => printed == "P" ? "F" : printed,
        _ => printed,
    };

    /// <summary>
    /// A digit in a code is read as the letter that makes a known code. Where none or several do, the commonest letter stands, unless
    /// several are known: then nothing is chosen (GB0 may be GBO or GBD).
    /// </summary>
    internal static string State(string printed)
    {
        var usual = Map(printed, AsLetter);
        if (usual == printed) return printed;
        List<string> known = [];
        Collect(printed.ToCharArray(), 0, known);
        return known.Count switch { 0 => usual, 1 => known[0], _ => printed };
    }

    private static void Collect(char[] text, int at, List<string> known)
    {
        if (at == text.Length)
        {
            if (IssuingCodes.Find(text) is not null) known.Add(new string(text));
            return;
        }

        var printed = text[at];
        if (char.IsAsciiDigit(printed))
        {
            foreach (var letter in Confusables.LookAlikes(printed))
            {
                if (!char.IsAsciiLetterUpper(letter)) continue;
                text[at] = letter;
                Collect(text, at + 1, known);
            }

            text[at] = printed;
        }
        else Collect(text, at + 1, known);
    }

    // I0 is a misread ID, the code on most identity cards; IO is on none.
    private static string Code(string printed)
    {
        var letters = Map(printed, AsLetter);
        return letters == "IO" && printed[1] == '0' ? "ID" : letters;
    }

    private static string Fillers(string printed)
    {
        var names = printed.AsSpan().TrimEnd('<').TrimEnd('K');
        var run = printed.AsSpan(names.Length).TrimEnd('<').Length;
        return run < FillerRun ? printed : string.Concat(names, new string('<', printed.Length - names.Length));
    }

    private static string Map(string text, Func<char, char> map) => string.Create(text.Length, (text, map), static (target, state) =>
    {
        for (var i = 0; i < target.Length; i++) target[i] = state.map(state.text[i]);
    });
}

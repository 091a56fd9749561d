using Liaison.Kernel.Text;

namespace Liaison.Matching;

/// <summary>Characters as six bits: 0–9 are 1 to 10, A–Z are 11 to 36, and 0 is none, so that codes sort as the characters do.</summary>
internal static class Codes
{
    public const byte Nine = 10;
    private const int Count = 37;

    private static readonly byte[] Folds = [0, .. Enumerable.Range(1, Count - 1).Select(c => Of(Confusables.Fold(ToChar((byte)c)))), .. new byte[64 - Count]];

    /// <summary>One code for each class of look-alikes and each character that has none.</summary>
    public static byte[] Folded { get; } = [.. Folds.Where(c => c != 0).Distinct()];

    /// <summary>0 for a character that no number has.</summary>
    public static byte Of(char c) =>
        char.IsAsciiDigit(c) ? (byte)(c - '0' + 1) : char.IsAsciiLetterUpper(c) ? (byte)(c - 'A' + Nine + 1) : (byte)0;

    public static char ToChar(byte code) => (char)(code <= Nine ? '0' + code - 1 : 'A' + code - Nine - 1);

    public static byte Fold(byte code) => Folds[code & 0x3F];
}

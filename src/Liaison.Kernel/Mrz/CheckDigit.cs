namespace Liaison.Kernel.Mrz;

/// <summary>
/// The check digit of ICAO Doc 9303-3 §4.9: character values times 7, 3, 1 in turn, summed, modulo 10. 0–9 count 0–9, A–Z 10–35,
/// the filler 0.
/// </summary>
/// <remarks>
/// One replaced character goes unnoticed exactly when the difference of the two values times the weight is a multiple of 10; as 7, 3
/// and 1 have no factor in common with 10, that is when the difference itself is (0/A/K/U and filler, 1/B/L/V, … 9/J/T). Of the
/// look-alikes (<see cref="Text.Confusables"/>) these are 1/L and 6/G: no check digit ever finds or proves them. All others are noticed.
/// Thread-safe: pure functions.
/// </remarks>
public static class CheckDigit
{
    /// <summary>The digit 0–9 over the text, or −1 when a character is none of A–Z, 0–9 and <c>&lt;</c>.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        var sum = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var value = ValueOf(text[i]);
            if (value < 0) return -1;
            sum += value * Weight(i);
        }

        return sum % 10;
    }

    /// <summary>The value of one character, 0–35, or −1 when no machine readable zone has it.</summary>
    public static int ValueOf(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'A' and <= 'Z' => c - 'A' + 10,
        '<' => 0,
        _ => -1,
    };

    /// <summary>7, 3 or 1: the weight of the character at the 0-based place.</summary>
    public static int Weight(int place) => (place % 3) switch { 0 => 7, 1 => 3, _ => 1 };
}

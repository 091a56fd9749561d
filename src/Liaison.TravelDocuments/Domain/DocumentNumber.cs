using Liaison.Kernel.Parsing;

namespace Liaison.TravelDocuments.Domain;

/// <summary>
/// A document number: as it was written, and the key that numbers are compared by: letters A–Z in upper case and digits, without the
/// separators that people add.
/// </summary>
internal readonly record struct DocumentNumber(string Written, string Key)
{
    /// <summary>Longest key: the longest number an MRZ can carry is 22 characters (ICAO 9303-5 §4.2.2.2), domestic formats stay below 32.</summary>
    public const int LongestKey = 32;
    private const int LongestWritten = 64;

    private static bool IsSeparator(char c) => c is ' ' or '-' or '/' or '.' or '<';

    public static Parsed<DocumentNumber> Parse(ReadOnlySpan<char> text, string field)
    {
        if (text.Length > LongestWritten) return TooLong(field);
        text = text.Trim();
        Span<char> key = stackalloc char[LongestWritten];
        var length = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiLetterOrDigit(c)) key[length++] = char.ToUpperInvariant(c);
            else if (!IsSeparator(c))
                return new FieldProblem(field, "numberCharacters",
                    "A document number holds letters A–Z and digits; spaces, - / . and < are ignored. Write it as the MRZ would.");
        }

        return length == 0 ? new FieldProblem(field, "numberRequired", "Give the document number.")
            : length > LongestKey ? TooLong(field)
            : new DocumentNumber(text.ToString(), key[..length].ToString());
    }

    private static FieldProblem TooLong(string field) => new(field, "numberTooLong", $"At most {LongestKey} letters and digits.");
}

using Liaison.Kernel.Parsing;
using Liaison.Matching;

namespace Liaison.TravelDocuments.Domain;

/// <summary>
/// A document number: as it was written, and the key that numbers are compared by: letters A–Z in upper case and digits, without the
/// separators that people add.
/// </summary>
internal readonly record struct DocumentNumber(string Written, NumberKey Key)
{
    private const int LongestWritten = 64;

    private static bool IsSeparator(char c) => c is ' ' or '-' or '/' or '.';

    public static Parsed<DocumentNumber> Parse(ReadOnlySpan<char> text, string field)
    {
        if (text.Length > LongestWritten) return TooLong(field);
        // Fillers behind a number come along from an MRZ; between characters they are an MRZ, names and all.
        text = text.Trim();
        Span<char> key = stackalloc char[LongestWritten];
        var length = 0;
        foreach (var c in text.TrimEnd('<'))
        {
            if (char.IsAsciiLetterOrDigit(c)) key[length++] = char.ToUpperInvariant(c);
            else if (!IsSeparator(c))
                return new FieldProblem(field, "numberCharacters",
                    "A document number holds letters A–Z and digits; spaces, - / and . are ignored. Send a machine readable zone as mrz.");
        }

        return length == 0 ? new FieldProblem(field, "numberRequired", "Give the document number.")
            : NumberKey.TryParse(key[..length].ToString(), out var parsed) ? new DocumentNumber(text.ToString(), parsed)
            : TooLong(field);
    }

    private static FieldProblem TooLong(string field) => new(field, "numberTooLong", $"At most {NumberKey.MaxLength} letters and digits.");
}

using System.Globalization;

namespace Liaison.Matching;

/// <summary>Why two numbers do not span a range.</summary>
public enum RangeFault
{
    /// <summary>They do.</summary>
    None,

    /// <summary>One of them is no number at all.</summary>
    NotANumber,

    /// <summary>The numbers differ in length.</summary>
    LengthsDiffer,

    /// <summary>The numbers differ up to their last letter.</summary>
    PrefixesDiffer,

    /// <summary>The numbers end in a letter: nothing counts.</summary>
    NoDigits,

    /// <summary>The last number is below the first.</summary>
    Reversed,
}

/// <summary>
/// Consecutive numbers of one length, both ends included: a prefix (everything up to and including the last letter) that all share, and
/// digits that count up.
/// </summary>
/// <remarks>Immutable. The default value holds no number.</remarks>
public readonly record struct NumberRange
{
    private NumberRange(NumberKey first, NumberKey last, int prefixLength)
    {
        First = first;
        Last = last;
        PrefixLength = prefixLength;
    }

    public NumberKey First { get; }

    public NumberKey Last { get; }

    /// <summary>How many leading characters all numbers of the range share as their prefix; 0 when the range is digits only.</summary>
    public int PrefixLength { get; }

    /// <summary>How many numbers the range holds. Up to 10³², which is beyond 64 bits.</summary>
    public UInt128 Count => First.Length == 0 ? 0 : Digits(Last) - Digits(First) + 1;

    /// <summary>The range from <paramref name="first"/> to <paramref name="last"/>, or the default range and why there is none.</summary>
    public static RangeFault TryCreate(NumberKey first, NumberKey last, out NumberRange range)
    {
        range = default;
        if (first.Length == 0 || last.Length == 0) return RangeFault.NotANumber;
        if (first.Length != last.Length) return RangeFault.LengthsDiffer;

        var prefix = PrefixOf(first.Text);
        if (prefix != PrefixOf(last.Text) || !first.Text.AsSpan(0, prefix).SequenceEqual(last.Text.AsSpan(0, prefix)))
        {
            return RangeFault.PrefixesDiffer;
        }

        if (prefix == first.Length) return RangeFault.NoDigits;
        // Same length and digits only: the order of the characters is the order of the numbers.
        if (string.CompareOrdinal(first.Text, last.Text) > 0) return RangeFault.Reversed;

        range = new NumberRange(first, last, prefix);
        return RangeFault.None;
    }

    /// <summary>True when the number, exactly as written, is one of the range.</summary>
    public bool Contains(NumberKey number) =>
        number.Length > 0
        && number.Length == First.Length
        && number.DigitsFrom() == PrefixLength
        && First.CompareTo(number) <= 0
        && number.CompareTo(Last) <= 0;

    /// <summary>The number at a place of the range, the first at 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public NumberKey At(long place)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(place);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((UInt128)place, Count);
        Span<char> text = stackalloc char[First.Length];
        First.Text.CopyTo(text);
        for (var i = text.Length - 1; place > 0; i--)
        {
            var sum = text[i] - '0' + place % 10;
            (text[i], place) = ((char)('0' + sum % 10), place / 10 + sum / 10);
        }

        return NumberKey.TryParse(text, out var number) ? number : throw new InvalidOperationException("A number of a range is none.");
    }

    private static int PrefixOf(ReadOnlySpan<char> text) => text.LastIndexOfAnyExceptInRange('0', '9') + 1;

    private UInt128 Digits(NumberKey number) =>
        UInt128.Parse(number.Text.AsSpan(PrefixLength), NumberStyles.None, CultureInfo.InvariantCulture);
}

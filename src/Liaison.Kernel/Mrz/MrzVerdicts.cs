namespace Liaison.Kernel.Mrz;

/// <summary>Judges the check digits of a zone. Nothing is repaired here: the characters count as they stand.</summary>
internal static class MrzVerdicts
{
    /// <param name="layout">Where the fields are.</param>
    /// <param name="lines">The characters to judge.</param>
    /// <param name="printed">The lines as printed: they alone decide whether a number is long.</param>
    internal static (MrzChecks Checks, NumberReading? Reading) Of(MrzLayout layout, string[] lines, string[] printed)
    {
        var chars = Array.ConvertAll(lines, line => line.ToCharArray());
        var (number, reading) = Number(MrzNumber.In(layout, printed), chars, layout);
        return (new MrzChecks(number, Rule(layout.BirthCheck, chars), Rule(layout.ExpiryCheck, chars),
            Rule(layout.PersonalCheck, chars, emptyNeedsNone: true), Rule(layout.Composite, chars)), reading);
    }

    private static (CheckVerdict, NumberReading?) Number(MrzNumber number, char[][] chars, MrzLayout layout)
    {
        if (!number.IsLong) return (Rule(layout.NumberCheck, chars), null);
        var digit = number.Digit!.Value.In(chars)[0];
        var joined = number.Text(chars);
        var without = Fits(joined, digit);
        var with = Fits(joined.Insert(number.Head.Length, "<"), digit);
        return (without, with) switch
        {
            (true, true) => (CheckVerdict.Valid, NumberReading.Either),
            (true, false) => (CheckVerdict.Valid, NumberReading.WithoutFiller),
            (false, true) => (CheckVerdict.Valid, NumberReading.WithFiller),
            _ => (CheckVerdict.Invalid, null),
        };
    }

    private static CheckVerdict Rule(CheckRule? rule, char[][] chars, bool emptyNeedsNone = false)
    {
        if (rule is null) return CheckVerdict.Absent;
        var covered = rule.Covered(chars);
        var digit = rule.Digit.In(chars)[0];
        if (digit == '<' && covered.AsSpan().TrimEnd('<').IsEmpty)
        {
            // ICAO 9303-4 §4.2.2: the digit of an empty personal number may be 0 or a filler. Any other empty field needs its 0.
            return emptyNeedsNone ? CheckVerdict.Valid : CheckVerdict.Absent;
        }

        return Fits(covered, digit) ? CheckVerdict.Valid : CheckVerdict.Invalid;
    }

    private static bool Fits(string text, char digit) => char.IsAsciiDigit(digit) && CheckDigit.Of(text) == digit - '0';
}

/// <summary>
/// Where the document number of one zone stands. Over nine characters, a filler stands in place of the check digit and the number goes
/// on in the optional data, followed by its check digit and a filler (ICAO 9303-5 §4.2.2, 9303-6 §4.2.2).
/// </summary>
/// <param name="Head">The field itself.</param>
/// <param name="Tail">The rest of a long number; may be empty.</param>
/// <param name="Digit">Its check digit; null when the format has none.</param>
internal sealed record MrzNumber(Place Head, Place? Tail, Place? Digit)
{
    internal bool IsLong => Tail is not null;

    internal static MrzNumber In(MrzLayout layout, string[] printed)
    {
        if (layout.NumberCheck is not { } check) return new(layout.Number, null, null);
        var missing = printed[check.Digit.Line][check.Digit.Start] == '<';
        if (!missing || layout.NumberOverflow is not { } overflow) return new(layout.Number, null, check.Digit);
        var rest = printed[overflow.Line].AsSpan(overflow.Start, overflow.Length);
        var length = rest.IndexOf('<');
        if (length < 0) length = rest.Length;
        if (length == 0) return new(layout.Number, null, check.Digit);
        var digit = overflow.Start + length - 1;
        return new(layout.Number, new Place(overflow.Line, overflow.Start, digit), new Place(overflow.Line, digit, digit + 1));
    }

    /// <summary>Both parts joined, fillers kept.</summary>
    internal string Text(char[][] lines) => string.Concat(Head.In(lines), Tail is { } tail ? tail.In(lines) : []);
}

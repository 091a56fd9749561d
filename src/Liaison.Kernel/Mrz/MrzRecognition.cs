using Liaison.Kernel.Issuers;
using Liaison.Kernel.Parsing;
using Liaison.Kernel.Text;

namespace Liaison.Kernel.Mrz;

/// <summary>Which format lines of known widths are, in spite of characters taken for one another.</summary>
internal static class MrzRecognition
{
    internal static Parsed<MrzLayout> Of(MrzLines zone)
    {
        var format = Choose(zone.Lines);
        if (format is null || format == MrzFormat.FrenchId && zone.FillersAdjusted)
        {
            return new FieldProblem("mrz", "mrzFormat", "The lines have the widths of a machine readable zone, but their first characters "
                + "are those of no known document. See whether the zone begins with its document code.");
        }

        return MrzLayout.Of(format.Value);
    }

    private static MrzFormat? Choose(string[] lines)
    {
        if (lines.Length == 1) return Begins(lines[0], "D1FRA") ? MrzFormat.FrenchDrivingLicence : null;
        if (lines[0].Length == 9) return lines[1][0] == 'F' ? MrzFormat.SwissDrivingLicence : null;

        // A document code begins with one of these (ICAO 9303 parts 4 to 7); a digit there can only be a misread letter. Anything else is
        // no first line: taken for one, a line of names would be read as a number.
        var first = ForcedReading.AsLetter(lines[0][0]);
        if (first is not ('P' or 'V' or 'I' or 'A' or 'C')) return null;
        if (lines.Length == 3) return MrzFormat.Td1;
        if (lines[0].Length == 44) return first == 'V' ? MrzFormat.MrvA : MrzFormat.Td3;
        if (first == 'V') return MrzFormat.MrvB;
        return Begins(lines[0], "IDFRA") && !IsTd2(lines) ? MrzFormat.FrenchId : MrzFormat.Td2;
    }

    private static bool Begins(string line, string code) =>
        Confusables.Fold(line.AsSpan(0, code.Length)) == Confusables.Fold(code);

    /// <summary>
    /// The French card has its own order of fields under the words of a TD2. All four check digits of a TD2 fit a French card by chance
    /// once in 10,000; but where a TD2 has a nationality, the card has digits.
    /// </summary>
    private static bool IsTd2(string[] lines)
    {
        if (IssuingCodes.Find(lines[1].AsSpan(10, 3)) is null) return false;
        var td2 = MrzVerdicts.Of(MrzLayout.Of(MrzFormat.Td2), lines, lines).Checks;
        return td2.NoneInvalid && td2.Composite == CheckVerdict.Valid
            && !MrzVerdicts.Of(MrzLayout.Of(MrzFormat.FrenchId), lines, lines).Checks.NoneInvalid;
    }
}

using System.Globalization;
using Liaison.Kernel.Mrz;
using Liaison.Kernel.Parsing;

namespace Liaison.Cli.Rendering;

/// <summary>A machine readable zone explained to a person.</summary>
internal static class ZonePage
{
    /// <param name="number">1-based place of the zone in the input.</param>
    public static Page Of(Parsed<MrzZone> parsed, int number)
    {
        if (!parsed.Is(out var zone))
            return new Page().Headline($"Zone {number}: not readable", Tone.Alarm).Paragraph(parsed.Problems[0].Message);
        var failed = Failed(zone.Document.Checks);
        var format = zone.Document.Format.WireName();
        var page = new Page().Headline(failed.Count == 0
                ? $"Zone {number}: {format}, {(AnyCheck(zone.Document.Checks) ? "all check digits hold" : "it has no check digits")}"
                : $"Zone {number}: {format}, check digits fail: {string.Join(", ", failed)}",
            failed.Count == 0 ? Tone.Good : Tone.Alarm);
        page.Table(["Field", "At", "Printed", "Read as", "Check digit"], zone.Fields.Select(Row));
        page.Facts(("Long number", Explained(zone.Document.Reading)),
            ("Names", zone.NamesPossiblyTruncated ? "fill their field: they may be cut off" : null),
            ("Birth date", zone.BirthDate?.OtherCentury is { } other ? $"or {other}, for a holder of over 100 years" : null));
        if (zone.Repairs.Count > 0)
        {
            page.Paragraph("Repaired:").Table(["Field", "At", "Printed", "Read as", "Why"], zone.Repairs.Select(r => (string[])
                [r.Field, At(r.Line, r.Column), r.Printed.ToString(), r.Read.ToString(), r.Why]));
        }

        foreach (var field in zone.Fields.Where(f => f.Candidates.Count > 0))
            page.Paragraph($"{field.Name} may be any of {string.Join(", ", field.Candidates)}: each fits its check digit.");
        foreach (var remark in zone.Remarks) page.Paragraph($"{remark.Field}: {remark.Message}");
        return page;
    }

    private static string? Explained(NumberReading? reading) => reading switch
    {
        NumberReading.WithoutFiller => "its check digit holds without the '<' between the two parts",
        NumberReading.WithFiller => "its check digit holds with the '<' between the two parts",
        NumberReading.Either => "its check digit holds with and without the '<' between the two parts",
        _ => null,
    };

    private static string[] Row(MrzField field) =>
        [field.Name, At(field.Line, field.Column), field.Printed, field.Value, field.Check?.WireName() ?? ""];

    private static string At(int line, int column) => string.Create(CultureInfo.InvariantCulture, $"{line}:{column}");

    private static bool AnyCheck(MrzChecks checks) => checks is not
    {
        DocumentNumber: CheckVerdict.Absent, BirthDate: CheckVerdict.Absent, ExpiryDate: CheckVerdict.Absent,
        PersonalNumber: CheckVerdict.Absent, Composite: CheckVerdict.Absent,
    };

    private static List<string> Failed(MrzChecks checks)
    {
        List<string> failed = [];
        if (checks.DocumentNumber == CheckVerdict.Invalid) failed.Add("document number");
        if (checks.BirthDate == CheckVerdict.Invalid) failed.Add("birth date");
        if (checks.ExpiryDate == CheckVerdict.Invalid) failed.Add("expiry date");
        if (checks.PersonalNumber == CheckVerdict.Invalid) failed.Add("personal number");
        if (checks.Composite == CheckVerdict.Invalid) failed.Add("composite");
        return failed;
    }
}

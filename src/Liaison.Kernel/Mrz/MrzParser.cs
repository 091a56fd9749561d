using Liaison.Kernel.Issuers;
using Liaison.Kernel.Parsing;

namespace Liaison.Kernel.Mrz;

/// <summary>
/// Reads machine readable zones as a reader delivers them: line ends of any kind or none, spaces and lower case tolerated, characters
/// taken for one another repaired where that is certain. Formats: <see cref="MrzFormat"/>.
/// </summary>
/// <remarks>
/// A failed check digit, an unknown issuer or an unreadable date is no failure but a finding. Problems, on the field <c>mrz</c>:
/// <c>mrzLength</c> (empty, over 300 characters, or lines of a width that no format has), <c>mrzCharacters</c> (another character than
/// A–Z, 0–9 and the filler), <c>mrzFormat</c> (right widths, but no known document). No message repeats content. Nothing throws,
/// whatever the text. Thread-safe: pure functions.
/// </remarks>
public static class MrzParser
{
    private static readonly string[] KeptRepairs =
    [
        MrzFields.DocumentCode, MrzFields.IssuingState, MrzFields.DocumentNumber, MrzFields.DocumentNumberCheck,
        MrzFields.ExpiryDate, MrzFields.ExpiryDateCheck,
    ];

    /// <summary>Everything in the zone. For the holder of the document; a hub uses <see cref="ParseDocument"/>.</summary>
    /// <param name="text">One zone.</param>
    /// <param name="today">Decides the century of two-digit years.</param>
    public static Parsed<MrzZone> Parse(ReadOnlySpan<char> text, DateOnly today)
    {
        var lines = MrzText.Read(text);
        if (!lines.Is(out var zone)) return Parsed<MrzZone>.Failed([.. lines.Problems]);
        var recognised = MrzRecognition.Of(zone);
        if (!recognised.Is(out var layout)) return Parsed<MrzZone>.Failed([.. recognised.Problems]);
        var repaired = new MrzRepairing(layout, zone.Lines);
        var fields = new MrzFieldList(layout, repaired, today);
        var document = Document(layout, repaired, fields);
        return new MrzZone
        {
            Document = document,
            Printed = zone.Lines,
            Lines = repaired.Lines,
            Fields = fields.Fields,
            Repairs = repaired.Repairs,
            BirthDate = fields.Birth,
            ExpiryDate = fields.Expiry,
            NamesPossiblyTruncated = fields.NamesPossiblyTruncated,
            Remarks = MrzRemarks.Of(document, fields, zone.FillersAdjusted, today),
        };
    }

    /// <summary>
    /// The document alone. What it returns holds no reference to a name, birth date, sex, nationality or optional data.
    /// </summary>
    /// <param name="text">One zone.</param>
    /// <param name="today">Decides the century of two-digit years.</param>
    public static Parsed<MrzDocument> ParseDocument(ReadOnlySpan<char> text, DateOnly today)
    {
        var parsed = Parse(text, today);
        return parsed.Is(out var zone) ? zone.Document : Parsed<MrzDocument>.Failed([.. parsed.Problems]);
    }

    private static MrzDocument Document(MrzLayout layout, MrzRepairing repaired, MrzFieldList fields)
    {
        var (issuer, issuerRead) = (fields.Printed(MrzFields.IssuingState), fields.Read(MrzFields.IssuingState));
        var number = repaired.Number.Text(Array.ConvertAll(repaired.Printed, line => line.ToCharArray()));
        return new MrzDocument
        {
            Format = layout.Format,
            DocumentCode = fields.Read(MrzFields.DocumentCode),
            Issuer = issuer,
            IssuingCode = IssuingCodes.Find(issuerRead),
            IssuerRepaired = issuer != issuerRead,
            DocumentNumber = MrzRepairing.Bare(number),
            RepairedNumbers = repaired.RepairedNumbers,
            Checks = repaired.Checks,
            RepairedChecks = repaired.RepairedChecks,
            Reading = repaired.Reading,
            ExpiryDate = fields.Expiry?.Date,
            Repairs = [.. repaired.Repairs.Where(repair => KeptRepairs.Contains(repair.Field))],
        };
    }
}

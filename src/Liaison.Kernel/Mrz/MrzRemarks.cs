using Liaison.Kernel.Issuers;
using Liaison.Kernel.Parsing;

namespace Liaison.Kernel.Mrz;

/// <summary>What in a zone is odd without making it unreadable. No message repeats content.</summary>
internal static class MrzRemarks
{
    internal static IReadOnlyList<FieldProblem> Of(MrzDocument document, MrzFieldList fields, bool fillersAdjusted, DateOnly today)
    {
        List<FieldProblem> remarks = [];
        if (fillersAdjusted) Add(MrzFields.Surname, "fillersAdjusted", "The line of names had too few or too many fillers at its end.");
        if (Issuer(document.IssuingCode) is { } issuer) remarks.Add(issuer);
        if (document.DocumentNumber.Length == 0) Add(MrzFields.DocumentNumber, "numberMissing", "The zone carries no document number.");
        if (fields.NamesPossiblyTruncated)
            Add(MrzFields.Surname, "namesPossiblyTruncated", "The names fill their field: they may be cut off.");
        var sex = fields.Fields.FirstOrDefault(field => field.Name == MrzFields.Sex)?.Read;
        if (sex == "X") Add(MrzFields.Sex, "sexPrintedAsX", "X belongs in the visual zone; here it should be a filler.");
        else if (sex is not (null or "M" or "F" or "<")) Add(MrzFields.Sex, "sexUnreadable", "Only M, F and the filler may stand here.");
        Dates(fields, today, Add);
        return remarks;

        void Add(string field, string code, string message) => remarks.Add(new(field, code, message));
    }

    private static FieldProblem? Issuer(IssuingCode? code)
    {
        const string Field = MrzFields.IssuingState;
        return code?.Use switch
        {
            null => new(Field, "issuerUnknown", "No issuing code is spelled so; see ICAO 9303-3 section 5."),
            IssuerUse.NationalityOnly or IssuerUse.NeverPrinted => new(Field, "issuerNeverIssues", "This code never stands for an issuer."),
            IssuerUse.Specimen => new(Field, "issuerSpecimen", "A specimen, no real document."),
            IssuerUse.Withdrawn => new(Field, "issuerWithdrawn", "The code is no longer in use."),
            _ => null,
        };
    }

    private static void Dates(MrzFieldList fields, DateOnly today, Action<string, string, string> add)
    {
        const string Unreadable = "No date can be read here.";
        if (fields.Birth?.Completeness == MrzDateCompleteness.Malformed) add(MrzFields.BirthDate, "dateMalformed", Unreadable);
        if (fields.Expiry?.Completeness == MrzDateCompleteness.Malformed) add(MrzFields.ExpiryDate, "dateMalformed", Unreadable);
        if (fields.Birth?.OtherCentury is not null)
            add(MrzFields.BirthDate, "centuryUnclear", "The holder may also be over 100 years old.");
        if (fields.Expiry?.Date is not { } expiry) return;
        if (expiry.Latest < today) add(MrzFields.ExpiryDate, "expired", "The document has expired.");
        if (fields.Birth?.Date is { } birth && expiry.Latest < birth.Earliest)
            add(MrzFields.ExpiryDate, "expiryBeforeBirth", "The document would have expired before its holder was born.");
    }
}

using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Mrz;

namespace Liaison.TravelDocuments.Search;

/// <summary>What may be said of an MRZ: nothing nominal.</summary>
internal static class MrzAnswer
{
    public static MrzReading Of(MrzDocument mrz, IReadOnlyList<string> kinds) => new()
    {
        Format = mrz.Format.WireName(),
        Number = mrz.DocumentNumber,
        Issuer = mrz.IssuingCode?.Code ?? mrz.Issuer,
        Kinds = kinds,
        Checks = Checks(mrz.Checks),
    };

    public static Dictionary<string, string> Checks(MrzChecks checks) => new()
    {
        ["documentNumber"] = checks.DocumentNumber.WireName(),
        ["birthDate"] = checks.BirthDate.WireName(),
        ["expiryDate"] = checks.ExpiryDate.WireName(),
        ["personalNumber"] = checks.PersonalNumber.WireName(),
        ["composite"] = checks.Composite.WireName(),
    };
}

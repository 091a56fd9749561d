using Liaison.Platform.Codes;

namespace Liaison.TravelDocuments.Domain;

/// <summary>
/// Which kinds a document code of the MRZ stands for (<c>data/travel-documents/mrz-kinds.csv</c>). The code says less than a record:
/// <c>P</c> is printed on ordinary, diplomatic and refugees' passports alike, so an MRZ asks for a set of kinds.
/// </summary>
internal static class MrzKinds
{
    private static readonly CodeList List = CodeList.Embedded(typeof(MrzKinds).Assembly, "mrz-kinds");

    /// <summary>The kinds of the two-letter code, else of its first letter; empty (any) for a code that is not listed.</summary>
    public static IReadOnlyList<string> Of(string documentCode)
    {
        var code = documentCode.TrimEnd('<');
        if (!List.Has(code) && code.Length > 0) code = code[..1];
        return List.Has(code) ? List.Value(code, "kinds").Split(' ') : [];
    }
}

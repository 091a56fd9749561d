using Liaison.Kernel.Parsing;

namespace Liaison.TravelDocuments.Domain;

/// <summary>
/// Fields about persons, which this dataset refuses by name: it holds documents, not people, and data that is never accepted can never
/// leak.
/// </summary>
internal static class NominalFields
{
    /// <summary>Whole names. No field of the dataset is among them, nor holds one of <see cref="Parts"/>.</summary>
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "alias", "person", "owner", "primaryIdentifier", "secondaryIdentifier", "dob", "sex", "personalNumber", "nationalId",
        "nationalIdentityNumber", "socialSecurityNumber", "address", "phone", "email", "photo", "portrait", "face", "fingerprint",
        "biometrics", "nom", "prenom", "apellido", "apellidos", "nombre", "nombres",
    };

    private static readonly string[] Parts = ["name", "birth", "holder", "bearer", "gender", "nationality"];

    /// <summary>The problem for a field that is about a person, or null.</summary>
    public static FieldProblem? Refuse(string field)
    {
        var plain = string.Concat(field.Where(char.IsLetterOrDigit));
        return Names.Contains(plain) || Parts.Any(p => plain.Contains(p, StringComparison.OrdinalIgnoreCase))
            ? new FieldProblem(field, "nominalField", "This dataset holds documents, not persons: leave out everything about the holder.")
            : null;
    }
}

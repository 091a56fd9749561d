using Liaison.Kernel.Parsing;

namespace Liaison.TravelDocuments.Domain;

/// <summary>
/// Fields about persons, which this dataset refuses by name: it holds documents, not people, and data that is never accepted can never
/// leak.
/// </summary>
internal static class NominalFields
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        "name", "names", "fullName", "surname", "lastName", "familyName", "givenName", "givenNames", "firstName", "forename", "forenames",
        "middleName", "maidenName", "alias", "holder", "holderName", "bearer", "bearerName", "person", "owner", "primaryIdentifier",
        "secondaryIdentifier", "birthDate", "dateOfBirth", "dob", "birthday", "placeOfBirth", "birthPlace", "sex", "gender", "nationality",
        "personalNumber", "nationalId", "nationalIdentityNumber", "socialSecurityNumber", "address", "phone", "email", "photo", "portrait",
        "face", "fingerprint", "biometrics", "nom", "prenom", "apellido", "apellidos", "nombre", "nombres",
    };

    /// <summary>The problem for a field that is about a person, or null.</summary>
    public static FieldProblem? Refuse(string field) =>
        Names.Contains(field.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal))
            ? new FieldProblem(field, "nominalField", "This dataset holds documents, not persons: leave out everything about the holder.")
            : null;
}

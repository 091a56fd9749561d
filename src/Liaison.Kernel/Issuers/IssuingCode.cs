namespace Liaison.Kernel.Issuers;

/// <summary>Where a code of ICAO Doc 9303-3 section 5 may stand.</summary>
public enum IssuerUse
{
    /// <summary>A state, territory or organisation that issues travel documents.</summary>
    Issuer,

    /// <summary>Only in the nationality field (XXA, XXB, XXC, XXX: 9303-3 part E); never an issuer.</summary>
    NationalityOnly,

    /// <summary>IAO: signs master lists, is never printed on a document (9303-3 part H).</summary>
    NeverPrinted,

    /// <summary>UTO, Utopia: the specimens of Doc 9303 itself (9303-3 part G). Outside a test environment no document has it.</summary>
    Specimen,

    /// <summary>No longer in use (ISO 3166-3, and 9303-3 part F); documents and records that carry it stay readable.</summary>
    Withdrawn,
}

/// <summary>One issuing or nationality code.</summary>
/// <param name="Code">Three letters, the one identity of the issuer: <c>DEU</c>, <c>RKS</c>, <c>UNO</c>.</param>
/// <param name="PrintedAs">As a zone prints it, without filler: <c>D</c> for Germany, else <paramref name="Code"/>.</param>
/// <param name="Name">English name.</param>
/// <param name="Use">Where the code may stand.</param>
/// <remarks>Immutable.</remarks>
public sealed record IssuingCode(string Code, string PrintedAs, string Name, IssuerUse Use)
{
    /// <summary>French name; the English one where the source has none.</summary>
    public required string NameFr { get; init; }

    /// <summary>Spanish name; the English one where the source has none.</summary>
    public required string NameEs { get; init; }

    /// <summary>Arabic name; the English one where the source has none.</summary>
    public required string NameAr { get; init; }

    /// <summary>
    /// Codes that directly took the place of a withdrawn one (YUG → SCG, which is itself withdrawn); empty for codes in use.
    /// </summary>
    public IReadOnlyList<string> Successors { get; init; } = [];

    /// <summary>True when a real document may name it as issuer: in use or withdrawn, neither a specimen nor a nationality alone.</summary>
    public bool CanIssue => Use is IssuerUse.Issuer or IssuerUse.Withdrawn;

    /// <summary>The code alone, short enough for any text.</summary>
    public override string ToString() => Code;
}

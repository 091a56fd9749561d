using Liaison.Kernel.Issuers;
using Liaison.Kernel.Time;

namespace Liaison.Kernel.Mrz;

/// <summary>One character that was read otherwise than it was printed.</summary>
/// <param name="Field">Name of the field, one of <see cref="MrzFields"/>.</param>
/// <param name="Line">1-based line of the zone.</param>
/// <param name="Column">1-based column in the line.</param>
/// <param name="Printed">The character as it came.</param>
/// <param name="Read">The character as it is taken.</param>
/// <param name="Why">One of the reasons below, as a sentence part for people.</param>
public sealed record MrzRepair(string Field, int Line, int Column, char Printed, char Read, string Why)
{
    /// <summary>The field can hold no other kind of character (ICAO 9303-3 §4.3): digits in dates, letters in names.</summary>
    public const string ForcedByFieldType = "forced by field type";

    /// <summary>It is the only replacement that makes the check digit of the field fit.</summary>
    public const string ProvedByCheckDigit = "proved by the check digit";

    /// <summary>A row of K at the end of a name is the filler, misread.</summary>
    public const string FillerRun = "a row of K at the end of a name is filler";
}

/// <summary>
/// What a hub may keep of a machine readable zone: the document, nothing about its holder. Holds no reference to any nominal text.
/// </summary>
/// <remarks>Immutable. Its text form shows the format alone, so that no log can hold a number by mistake.</remarks>
public sealed record MrzDocument
{
    /// <summary>The kind of zone.</summary>
    public required MrzFormat Format { get; init; }

    /// <summary>One or two characters, fillers trimmed, digits read as letters: <c>P</c>, <c>PD</c>, <c>ID</c>, <c>D1</c>.</summary>
    public required string DocumentCode { get; init; }

    /// <summary>Issuer as printed, fillers trimmed: <c>D</c>, <c>UTO</c>, <c>UT0</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary>
    /// The issuer after digits were read as letters, or null when no code is spelled so, or when two codes may be meant.
    /// Look at its <see cref="IssuingCode.Use"/>: it may be one that never issues.
    /// </summary>
    public required IssuingCode? IssuingCode { get; init; }

    /// <summary>True when a digit in the issuer had to be read as a letter.</summary>
    public required bool IssuerRepaired { get; init; }

    /// <summary>As printed without fillers, long numbers joined, nothing repaired; empty when the zone has none.</summary>
    public required string DocumentNumber { get; init; }

    /// <summary>
    /// Every number that one look-alike replacement makes fit the check digit, in the order of the replaced place; empty when the
    /// printed number fits or has no check digit. Where a place can hold digits only (French identity card), its digits are not
    /// counted as replacement. Exactly one entry is a proof; several are only candidates.
    /// </summary>
    public required IReadOnlyList<string> RepairedNumbers { get; init; }

    /// <summary>The verdicts on the zone as printed, before any repair.</summary>
    public required MrzChecks Checks { get; init; }

    /// <summary>The verdicts after the repairs: the evidence that the repaired reading is right.</summary>
    public required MrzChecks RepairedChecks { get; init; }

    /// <summary>For a long number whose check digit fits: in which way. Null otherwise.</summary>
    public required NumberReading? Reading { get; init; }

    /// <summary>Day, month or year of expiry as far as printed; null when absent or unreadable, or when the format has none.</summary>
    public required PartialDate? ExpiryDate { get; init; }

    /// <summary>Repairs in document code, issuer, number, expiry date and their check digits. None in a nominal field.</summary>
    public required IReadOnlyList<MrzRepair> Repairs { get; init; }

    /// <summary>The format alone: a document number never gets into a text by accident.</summary>
    public override string ToString() => $"{Format.WireName()} document";
}

namespace Liaison.Kernel.Mrz;

/// <summary>The zones that the parser knows. Widths are in characters.</summary>
public enum MrzFormat
{
    /// <summary>Card, 3 × 30 (ICAO 9303-5).</summary>
    Td1,

    /// <summary>Card or older travel document, 2 × 36 (9303-6).</summary>
    Td2,

    /// <summary>Passport booklet, 2 × 44 (9303-4).</summary>
    Td3,

    /// <summary>Visa, 2 × 44 (9303-7).</summary>
    MrvA,

    /// <summary>Small visa, 2 × 36 (9303-7).</summary>
    MrvB,

    /// <summary>French national identity card of 1988–2021, 2 × 36.</summary>
    FrenchId,

    /// <summary>French driving licence, 1 × 30.</summary>
    FrenchDrivingLicence,

    /// <summary>Swiss driving licence, 9 + 30 + 30.</summary>
    SwissDrivingLicence,
}

/// <summary>A check digit as evidence.</summary>
public enum CheckVerdict
{
    /// <summary>The zone carries no check digit for this field.</summary>
    Absent,

    /// <summary>The digit fits the field.</summary>
    Valid,

    /// <summary>It does not: one of the two was misread, misprinted or changed.</summary>
    Invalid,
}

/// <summary>
/// How the check digit of a long number fits. Issuers compute it in two ways (ICAO 9303-5 §4.2.2 does not say whether the
/// filler after the ninth character counts), and both are on real cards.
/// </summary>
public enum NumberReading
{
    /// <summary>Only over the joined number without the filler.</summary>
    WithoutFiller,

    /// <summary>Only with the filler counted between the two parts.</summary>
    WithFiller,

    /// <summary>Either way.</summary>
    Either,
}

/// <summary>
/// What the check digits say. <see cref="CheckVerdict.Absent"/> where the format has none. A single misread character cannot break the
/// composite alone, so each digit has its own verdict.
/// </summary>
public sealed record MrzChecks(
    CheckVerdict DocumentNumber, CheckVerdict BirthDate, CheckVerdict ExpiryDate, CheckVerdict PersonalNumber, CheckVerdict Composite)
{
    /// <summary>True when no check digit that the zone carries fails.</summary>
    public bool NoneInvalid => this is not ({ DocumentNumber: CheckVerdict.Invalid } or { BirthDate: CheckVerdict.Invalid }
        or { ExpiryDate: CheckVerdict.Invalid } or { PersonalNumber: CheckVerdict.Invalid } or { Composite: CheckVerdict.Invalid });
}

/// <summary>The words of formats and verdicts on the wire and on screen. They never change.</summary>
public static class MrzWords
{
    /// <summary><c>TD1</c> <c>TD2</c> <c>TD3</c> <c>MRVA</c> <c>MRVB</c> <c>FRENCH_ID</c> <c>FRENCH_DL</c> <c>SWISS_DL</c>.</summary>
    public static string WireName(this MrzFormat format) => format switch
    {
        MrzFormat.Td1 => "TD1",
        MrzFormat.Td2 => "TD2",
        MrzFormat.Td3 => "TD3",
        MrzFormat.MrvA => "MRVA",
        MrzFormat.MrvB => "MRVB",
        MrzFormat.FrenchId => "FRENCH_ID",
        MrzFormat.FrenchDrivingLicence => "FRENCH_DL",
        MrzFormat.SwissDrivingLicence => "SWISS_DL",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary><c>absent</c>, <c>valid</c> or <c>invalid</c>.</summary>
    public static string WireName(this CheckVerdict verdict) => verdict switch
    {
        CheckVerdict.Absent => "absent",
        CheckVerdict.Valid => "valid",
        CheckVerdict.Invalid => "invalid",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    /// <summary><c>without '&lt;'</c>, <c>with '&lt;'</c> or <c>both</c>.</summary>
    public static string WireName(this NumberReading reading) => reading switch
    {
        NumberReading.WithoutFiller => "without '<'",
        NumberReading.WithFiller => "with '<'",
        NumberReading.Either => "both",
        _ => throw new ArgumentOutOfRangeException(nameof(reading)),
    };
}

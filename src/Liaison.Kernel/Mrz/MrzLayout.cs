using static Liaison.Kernel.Mrz.MrzFields;

namespace Liaison.Kernel.Mrz;

/// <summary>What may stand in a field, and so what a character in it must be read as.</summary>
internal enum FieldKind
{
    /// <summary>First place a letter, second a letter or filler. Or a constant of the format.</summary>
    DocumentCode,

    /// <summary>Issuer or nationality: letters, known codes.</summary>
    State,
    Names,
    Date,
    Digits,
    CheckDigit,
    Sex,

    /// <summary>Letters and digits: only a check digit can prove a repair.</summary>
    Alphanumeric,
}

/// <summary>A run of characters; 0-based, end exclusive, as the tables of ICAO 9303 parts 4 to 7 less one.</summary>
internal readonly record struct Place(int Line, int Start, int End)
{
    internal int Length => End - Start;

    internal ReadOnlySpan<char> In(char[][] lines) => lines[Line].AsSpan(Start, Length);
}

/// <summary>One field of a format.</summary>
internal sealed record Slot(string Name, FieldKind Kind, Place Place);

/// <summary>A check digit and the characters that it covers.</summary>
internal sealed record CheckRule(Place Digit, params Place[] Over)
{
    internal string Covered(char[][] lines)
    {
        var text = new System.Text.StringBuilder();
        foreach (var place in Over) text.Append(place.In(lines));
        return text.ToString();
    }
}

/// <summary>
/// The shape of one format as data: positions of ICAO Doc 9303-4 §4.2, 9303-5 §4.2, 9303-6 §4.2, 9303-7 §4.2 and of three national
/// documents.
/// </summary>
internal sealed record MrzLayout(MrzFormat Format, Slot[] Slots)
{
    /// <summary>The characters of the document number; on the French identity card month and place of issue and a serial number.</summary>
    internal required Place Number { get; init; }

    internal CheckRule? NumberCheck { get; init; }

    internal CheckRule? BirthCheck { get; init; }

    internal CheckRule? ExpiryCheck { get; init; }

    internal CheckRule? PersonalCheck { get; init; }

    internal CheckRule? Composite { get; init; }

    /// <summary>Where a number of over nine characters goes on (9303-5 and 9303-6); null where the format has no long numbers.</summary>
    internal Place? NumberOverflow { get; init; }

    /// <summary>Code and issuer where they are constants of the format.</summary>
    internal string? Constant { get; init; }

    internal static MrzLayout Of(MrzFormat format) => All[(int)format];

    private static readonly MrzLayout[] All =
    [
        Td1(), TwoLines(MrzFormat.Td2, 36), Td3(), TwoLines(MrzFormat.MrvA, 44), TwoLines(MrzFormat.MrvB, 36),
        FrenchId(), FrenchLicence(), SwissLicence(),
    ];

    private static MrzLayout Td1() => new(MrzFormat.Td1,
    [
        new(DocumentCode, FieldKind.DocumentCode, new(0, 0, 2)),
        new(IssuingState, FieldKind.State, new(0, 2, 5)),
        new(DocumentNumber, FieldKind.Alphanumeric, new(0, 5, 14)),
        new(DocumentNumberCheck, FieldKind.CheckDigit, new(0, 14, 15)),
        new(OptionalData, FieldKind.Alphanumeric, new(0, 15, 30)),
        new(BirthDate, FieldKind.Date, new(1, 0, 6)),
        new(BirthDateCheck, FieldKind.CheckDigit, new(1, 6, 7)),
        new(Sex, FieldKind.Sex, new(1, 7, 8)),
        new(ExpiryDate, FieldKind.Date, new(1, 8, 14)),
        new(ExpiryDateCheck, FieldKind.CheckDigit, new(1, 14, 15)),
        new(Nationality, FieldKind.State, new(1, 15, 18)),
        new(OptionalData2, FieldKind.Alphanumeric, new(1, 18, 29)),
        new(CompositeCheck, FieldKind.CheckDigit, new(1, 29, 30)),
        new(Surname, FieldKind.Names, new(2, 0, 30)),
    ])
    {
        Number = new(0, 5, 14),
        NumberCheck = new(new(0, 14, 15), new Place(0, 5, 14)),
        BirthCheck = new(new(1, 6, 7), new Place(1, 0, 6)),
        ExpiryCheck = new(new(1, 14, 15), new Place(1, 8, 14)),
        Composite = new(new(1, 29, 30), new Place(0, 5, 30), new Place(1, 0, 7), new Place(1, 8, 15), new Place(1, 18, 29)),
        NumberOverflow = new(0, 15, 30),
    };

    /// <summary>TD2 and both visas differ only in width and in the last columns of line 2.</summary>
    private static MrzLayout TwoLines(MrzFormat format, int width)
    {
        var td2 = format == MrzFormat.Td2;
        Slot[] optional = td2
            ? [new(OptionalData, FieldKind.Alphanumeric, new(1, 28, 35)), new(CompositeCheck, FieldKind.CheckDigit, new(1, 35, 36))]
            : [new(OptionalData, FieldKind.Alphanumeric, new(1, 28, width))];
        return new(format, [.. TwoLineSlots(width), .. optional])
        {
            Number = new(1, 0, 9),
            NumberCheck = new(new(1, 9, 10), new Place(1, 0, 9)),
            BirthCheck = new(new(1, 19, 20), new Place(1, 13, 19)),
            ExpiryCheck = new(new(1, 27, 28), new Place(1, 21, 27)),
            Composite = td2 ? new(new(1, 35, 36), new Place(1, 0, 10), new Place(1, 13, 20), new Place(1, 21, 35)) : null,
            NumberOverflow = td2 ? new Place(1, 28, 35) : null,
        };
    }

    private static MrzLayout Td3() => new(MrzFormat.Td3,
    [
        .. TwoLineSlots(44),
        new(PersonalNumber, FieldKind.Alphanumeric, new(1, 28, 42)),
        new(PersonalNumberCheck, FieldKind.CheckDigit, new(1, 42, 43)),
        new(CompositeCheck, FieldKind.CheckDigit, new(1, 43, 44)),
    ])
    {
        Number = new(1, 0, 9),
        NumberCheck = new(new(1, 9, 10), new Place(1, 0, 9)),
        BirthCheck = new(new(1, 19, 20), new Place(1, 13, 19)),
        ExpiryCheck = new(new(1, 27, 28), new Place(1, 21, 27)),
        PersonalCheck = new(new(1, 42, 43), new Place(1, 28, 42)),
        Composite = new(new(1, 43, 44), new Place(1, 0, 10), new Place(1, 13, 20), new Place(1, 21, 43)),
    };

    private static Slot[] TwoLineSlots(int width) =>
    [
        new(DocumentCode, FieldKind.DocumentCode, new(0, 0, 2)),
        new(IssuingState, FieldKind.State, new(0, 2, 5)),
        new(Surname, FieldKind.Names, new(0, 5, width)),
        new(DocumentNumber, FieldKind.Alphanumeric, new(1, 0, 9)),
        new(DocumentNumberCheck, FieldKind.CheckDigit, new(1, 9, 10)),
        new(Nationality, FieldKind.State, new(1, 10, 13)),
        new(BirthDate, FieldKind.Date, new(1, 13, 19)),
        new(BirthDateCheck, FieldKind.CheckDigit, new(1, 19, 20)),
        new(Sex, FieldKind.Sex, new(1, 20, 21)),
        new(ExpiryDate, FieldKind.Date, new(1, 21, 27)),
        new(ExpiryDateCheck, FieldKind.CheckDigit, new(1, 27, 28)),
    ];

    private static MrzLayout FrenchId() => new(MrzFormat.FrenchId,
    [
        new(DocumentCode, FieldKind.DocumentCode, new(0, 0, 2)),
        new(IssuingState, FieldKind.State, new(0, 2, 5)),
        new(Surname, FieldKind.Names, new(0, 5, 30)),
        new(Office, FieldKind.Alphanumeric, new(0, 30, 36)),
        new(DocumentNumber, FieldKind.Digits, new(1, 0, 4)),
        new(DocumentNumber, FieldKind.Alphanumeric, new(1, 4, 7)),
        new(DocumentNumber, FieldKind.Digits, new(1, 7, 12)),
        new(DocumentNumberCheck, FieldKind.CheckDigit, new(1, 12, 13)),
        new(GivenNames, FieldKind.Names, new(1, 13, 27)),
        new(BirthDate, FieldKind.Date, new(1, 27, 33)),
        new(BirthDateCheck, FieldKind.CheckDigit, new(1, 33, 34)),
        new(Sex, FieldKind.Sex, new(1, 34, 35)),
        new(CompositeCheck, FieldKind.CheckDigit, new(1, 35, 36)),
    ])
    {
        Number = new(1, 0, 12),
        NumberCheck = new(new(1, 12, 13), new Place(1, 0, 12)),
        BirthCheck = new(new(1, 33, 34), new Place(1, 27, 33)),
        Composite = new(new(1, 35, 36), new Place(0, 0, 36), new Place(1, 0, 35)),
        Constant = "IDFRA",
    };

    private static MrzLayout FrenchLicence() => new(MrzFormat.FrenchDrivingLicence,
    [
        new(DocumentCode, FieldKind.DocumentCode, new(0, 0, 2)),
        new(IssuingState, FieldKind.State, new(0, 2, 5)),
        new(DocumentNumber, FieldKind.Alphanumeric, new(0, 5, 14)),
        new(DocumentNumberCheck, FieldKind.CheckDigit, new(0, 14, 15)),
        new(ExpiryDate, FieldKind.Date, new(0, 15, 21)),
        new(Surname, FieldKind.Names, new(0, 21, 29)),
        new(CompositeCheck, FieldKind.CheckDigit, new(0, 29, 30)),
    ])
    {
        Number = new(0, 5, 14),
        NumberCheck = new(new(0, 14, 15), new Place(0, 0, 14)),
        Composite = new(new(0, 29, 30), new Place(0, 0, 29)),
        Constant = "D1FRA",
    };

    // The number of the licence is the holder's number and its version; the blank's own number stands in line 1.
    private static MrzLayout SwissLicence() => new(MrzFormat.SwissDrivingLicence,
    [
        new(BlankNumber, FieldKind.Alphanumeric, new(0, 0, 6)),
        new(Language, FieldKind.Alphanumeric, new(0, 6, 7)),
        new(DocumentCode, FieldKind.DocumentCode, new(1, 0, 2)),
        new(IssuingState, FieldKind.State, new(1, 2, 5)),
        new(DocumentNumber, FieldKind.Digits, new(1, 5, 17)),
        new(BirthDate, FieldKind.Date, new(1, 19, 25)),
        new(Surname, FieldKind.Names, new(2, 0, 30)),
    ])
    {
        Number = new(1, 5, 17),
    };
}

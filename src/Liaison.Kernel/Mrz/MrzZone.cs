using Liaison.Kernel.Parsing;
using Liaison.Kernel.Time;

namespace Liaison.Kernel.Mrz;

/// <summary>The names of the fields of a zone, as they stand in <see cref="MrzField.Name"/>.</summary>
public static class MrzFields
{
    public const string DocumentCode = "documentCode", IssuingState = "issuingState", Surname = "surname", GivenNames = "givenNames",
        DocumentNumber = "documentNumber", DocumentNumberCheck = "documentNumberCheck", Nationality = "nationality",
        BirthDate = "birthDate", BirthDateCheck = "birthDateCheck", Sex = "sex", ExpiryDate = "expiryDate",
        ExpiryDateCheck = "expiryDateCheck", PersonalNumber = "personalNumber", PersonalNumberCheck = "personalNumberCheck",
        OptionalData = "optionalData", OptionalData2 = "optionalData2", CompositeCheck = "compositeCheck";

    /// <summary>Fields of the French identity card: office of issue, and month of issue as the first part of its number.</summary>
    public const string Office = "office", IssueMonth = "issueMonth";

    /// <summary>Fields of the Swiss driving licence: number of the blank card, its language.</summary>
    public const string BlankNumber = "blankNumber", Language = "language";
}

/// <summary>One field of a zone.</summary>
/// <param name="Name">One of <see cref="MrzFields"/>.</param>
/// <param name="Line">1-based line where it begins.</param>
/// <param name="Column">1-based column where it begins.</param>
/// <param name="Printed">Its characters as they came, with fillers; a long document number joined.</param>
/// <param name="Read">The same after repair.</param>
/// <param name="Value">For people and programs: fillers gone, dates as ISO 8601; empty when there is nothing.</param>
/// <param name="Check">The verdict on its check digit as printed; null when the field never has one in this format.</param>
public sealed record MrzField(string Name, int Line, int Column, string Printed, string Read, string Value, CheckVerdict? Check)
{
    /// <summary>Where several repairs fit the check digit equally well: all of them, none chosen. Empty otherwise.</summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    /// <summary>The name alone.</summary>
    public override string ToString() => Name;
}

/// <summary>How much of a date a zone tells.</summary>
public enum MrzDateCompleteness
{
    /// <summary>A day.</summary>
    Complete,

    /// <summary>Fillers stand for a part that is not known (ICAO 9303-3 §4.8): a conforming field.</summary>
    PartiallyUnknown,

    /// <summary>Fillers only: not known, or a document without expiry. A conforming field.</summary>
    Unknown,

    /// <summary>No date can be read.</summary>
    Malformed,
}

/// <summary>A date of a zone.</summary>
/// <param name="Printed">The six characters as they came.</param>
/// <param name="Completeness">How much is known.</param>
/// <param name="Date">With the likelier century; null when unknown, malformed, or known without its year.</param>
/// <param name="OtherCentury">A holder of over 100 years: the same date 100 years earlier. Null when that is impossible.</param>
public sealed record MrzDate(string Printed, MrzDateCompleteness Completeness, PartialDate? Date, PartialDate? OtherCentury)
{
    /// <summary>The completeness alone: a birth date never gets into a text by accident.</summary>
    public override string ToString() => Completeness.ToString();
}

/// <summary>Everything that a zone says, its holder included. For the eyes of whoever holds the document; never to be kept.</summary>
/// <remarks>Immutable. Its text form shows the format alone.</remarks>
public sealed record MrzZone
{
    /// <summary>The part without the holder.</summary>
    public required MrzDocument Document { get; init; }

    /// <summary>The lines as they came, without spaces and in upper case.</summary>
    public required IReadOnlyList<string> Printed { get; init; }

    /// <summary>The same lines after all repairs.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>Every field, in the order of the zone.</summary>
    public required IReadOnlyList<MrzField> Fields { get; init; }

    /// <summary>Every character read otherwise than printed, in the order of the zone.</summary>
    public required IReadOnlyList<MrzRepair> Repairs { get; init; }

    /// <summary>Null when the format has no birth date.</summary>
    public required MrzDate? BirthDate { get; init; }

    /// <summary>Null when the format has no expiry date.</summary>
    public required MrzDate? ExpiryDate { get; init; }

    /// <summary>The names fill their field to the last character: they may be cut off, and only their beginning may be compared.</summary>
    public required bool NamesPossiblyTruncated { get; init; }

    /// <summary>Oddities worth a look that make nothing invalid; the message never repeats content.</summary>
    public required IReadOnlyList<FieldProblem> Remarks { get; init; }

    /// <summary>The field of this name, or null when the format has none.</summary>
    public MrzField? Find(string name)
    {
        foreach (var field in Fields)
        {
            if (field.Name == name) return field;
        }

        return null;
    }

    /// <summary>The format alone: a name never gets into a text by accident.</summary>
    public override string ToString() => $"{Document.Format.WireName()} zone";
}

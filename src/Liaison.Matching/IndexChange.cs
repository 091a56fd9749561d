namespace Liaison.Matching;

/// <summary>
/// What happened to one record: it has a number now, it has a range now, or it is gone. A record is one entry of the index; a later
/// change replaces whatever the index knew of it.
/// </summary>
public abstract record IndexChange
{
    /// <summary>Facets count their kinds in the bits of a 32-bit mask.</summary>
    public const byte MaxKind = 31;

    private protected IndexChange(long record) => Record = record;

    /// <summary>The caller's id of the record.</summary>
    public long Record { get; init; }
}

/// <summary>The record stands for one number.</summary>
/// <param name="Record">The caller's id of the record.</param>
/// <param name="Number">The number.</param>
/// <param name="Issuer">Who gave the number, as the caller packs codes; 0 when nobody is known.</param>
/// <param name="Kind">What the number belongs to, 0 to <see cref="IndexChange.MaxKind"/>, as the caller counts kinds.</param>
public sealed record IndexedNumber(long Record, NumberKey Number, ushort Issuer, byte Kind) : IndexChange(Record);

/// <summary>The record stands for every number of a range.</summary>
/// <param name="Record">The caller's id of the record.</param>
/// <param name="Range">The numbers.</param>
/// <param name="Issuer">Who gave the numbers. A range is found only by a question that names its issuer, so 0 is found by none.</param>
/// <param name="Kind">What the numbers belong to, 0 to <see cref="IndexChange.MaxKind"/>.</param>
public sealed record IndexedRange(long Record, NumberRange Range, ushort Issuer, byte Kind) : IndexChange(Record);

/// <summary>The record is no longer known. Of no effect when it never was.</summary>
/// <param name="Record">The caller's id of the record.</param>
public sealed record Removed(long Record) : IndexChange(Record);

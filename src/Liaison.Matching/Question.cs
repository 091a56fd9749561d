namespace Liaison.Matching;

/// <summary>
/// One number to look for, and what it must belong to. A text that may be read in several ways (an MRZ with a proved repair, a long
/// number with two readings) is several questions: the caller knows what each reading is worth, the index does not.
/// </summary>
/// <remarks>Immutable as long as nobody writes to the memory behind <see cref="LookAlikeIssuers"/>.</remarks>
public readonly record struct Question
{
    /// <summary>The number asked for. The default value is found nowhere.</summary>
    public required NumberKey Number { get; init; }

    /// <summary>The issuer the entry must have; 0 when any will do.</summary>
    public ushort Issuer { get; init; }

    /// <summary>Issuers that may have been meant instead (one confusable character away). Not looked at when no issuer is asked.</summary>
    public ReadOnlyMemory<ushort> LookAlikeIssuers { get; init; }

    /// <summary>The kinds wanted, one bit each (<c>1u &lt;&lt; kind</c>); 0 when any will do. Other kinds are returned as such.</summary>
    public uint Kinds { get; init; }

    /// <summary>
    /// Also numbers with one character replaced or two neighbours swapped, and the same number of other issuers. Ranges are not searched
    /// nearly: a neighbour of a range of thousands would say nothing.
    /// </summary>
    public bool Near { get; init; }
}

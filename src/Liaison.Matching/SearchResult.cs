namespace Liaison.Matching;

/// <summary>How the entry's number agrees with the number asked, strongest first. An entry is reported with its strongest reason.</summary>
public enum NumberMatch
{
    /// <summary>The same characters.</summary>
    Exact,

    /// <summary>One of the range's numbers, exactly as written.</summary>
    Range,

    /// <summary>The same but for characters that are taken for one another (<see cref="Kernel.Text.Confusables"/>).</summary>
    Confusable,

    /// <summary>One of the range's numbers but for characters that are taken for one another.</summary>
    RangeConfusable,

    /// <summary>Exactly one character replaced by another.</summary>
    Substituted,

    /// <summary>Two different neighbouring characters swapped.</summary>
    Transposed,
}

/// <summary>How the entry's issuer or kind agrees with what was asked, strongest first.</summary>
public enum FacetMatch
{
    /// <summary>As asked.</summary>
    Same,

    /// <summary>The question leaves it open.</summary>
    NotAsked,

    /// <summary>One of the question's look-alikes.</summary>
    LookAlike,

    /// <summary>Another one.</summary>
    Other,
}

/// <summary>An entry worth reading, and why. Whether it is a hit is for the caller's rules to say, with the record at hand.</summary>
/// <param name="Record">The record's id.</param>
/// <param name="Number">How the number agrees.</param>
/// <param name="Issuer">How the issuer agrees.</param>
/// <param name="Kind">How the kind agrees.</param>
public readonly record struct Candidate(long Record, NumberMatch Number, FacetMatch Issuer, FacetMatch Kind) : IComparable<Candidate>
{
    /// <summary>Strongest first: by number, issuer, kind; the record's id decides between equals, so that answers repeat.</summary>
    public int CompareTo(Candidate other)
    {
        var strength = (Number, Issuer, Kind).CompareTo((other.Number, other.Issuer, other.Kind));
        return strength != 0 ? strength : Record.CompareTo(other.Record);
    }

    public static bool operator <(Candidate left, Candidate right) => left.CompareTo(right) < 0;

    public static bool operator >(Candidate left, Candidate right) => left.CompareTo(right) > 0;

    public static bool operator <=(Candidate left, Candidate right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Candidate left, Candidate right) => left.CompareTo(right) >= 0;
}

/// <summary>What the index knows of a question.</summary>
/// <param name="Position">The answer takes in every change up to this position; of later ones it may take in some.</param>
/// <param name="Candidates">The strongest entries, strongest first, each record once; empty when the number is not known.</param>
/// <param name="More">True when weaker entries were left out for the limit.</param>
public readonly record struct SearchResult(long Position, IReadOnlyList<Candidate> Candidates, bool More);

namespace Liaison.Matching;

/// <summary>What a layer says of a record.</summary>
internal enum Word
{
    /// <summary>Nothing: older layers decide.</summary>
    Silent,

    /// <summary>It is known, as this layer has it.</summary>
    Known,

    /// <summary>It is gone.</summary>
    Gone,
}

/// <summary>
/// One of the layers that an index is made of, oldest first. What a layer says of a record hides what older ones say of it.
/// </summary>
internal abstract class Layer
{
    /// <summary>How many records it speaks of.</summary>
    public abstract long Size { get; }

    public abstract Word Of(long record);

    /// <summary>Lets the processor fetch what <see cref="Find"/> will read.</summary>
    public virtual void Prefetch(ulong hash)
    {
    }

    /// <summary>Entries whose number folds to the probe, and agrees with the question as <paramref name="slip"/> says.</summary>
    /// <param name="probe">Folded.</param>
    /// <param name="hash">Of the probe.</param>
    /// <param name="slip">Exact for the number itself, else the slip that made the probe.</param>
    public abstract void Find(in NumberKey probe, ulong hash, in Question question, NumberMatch slip, ref Findings findings, int layer);

    /// <summary>Ranges of the issuer that hold the folded number.</summary>
    public abstract void FindRanges(ushort issuer, in Question question, in NumberKey folded, ref Findings findings, int layer);

    /// <summary>Adds an entry whose folded number is the probe's, if it agrees with the question besides.</summary>
    protected static void Judge(in Known entry, in Question question, NumberMatch slip, ref Findings findings, int layer)
    {
        var issuerMatch = Facets.Issuer(question, entry.Issuer);
        var match = slip;
        if (slip == NumberMatch.Exact)
        {
            if (issuerMatch == FacetMatch.Other && !question.Near) return;
            if (entry.Number != question.Number) match = NumberMatch.Confusable;
        }
        else if (issuerMatch == FacetMatch.Other || !NearNumbers.DiffersOnlyBy(slip, question.Number, entry.Number))
        {
            return;
        }

        findings.Add(new(entry.Record, match, issuerMatch, Facets.Kind(question, entry.Kind)), layer);
    }

    /// <summary>What a layer knows of a record that stands for one number.</summary>
    protected readonly record struct Known(NumberKey Number, long Record, ushort Issuer, byte Kind);
}

namespace Liaison.Platform.Imports;

/// <summary>How far an import is. Written by the job, read by whoever shows it.</summary>
public sealed class ImportProgress
{
    public string State { get; set; } = "reading";

    public long BytesRead { get; set; }

    public long Rows { get; set; }

    public long Recorded { get; set; }

    public long Changed { get; set; }

    public long Unchanged { get; set; }

    public long Withdrawn { get; set; }

    public long Rejected { get; set; }

    /// <summary>Of the rejected: rows of issuers that the caller has no right to write.</summary>
    public int Denied { get; set; }

    public bool WithdrawalsHeld { get; set; }
}

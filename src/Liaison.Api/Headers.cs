namespace Liaison.Api;

/// <summary>Headers with a meaning of their own on the hub's wire.</summary>
public static class Headers
{
    /// <summary>1–128 visible ASCII characters chosen by the sender; the same key and body give the same answer once, and only once, an effect.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary>Why a record is read or written, a code of <c>data/purposes.csv</c>; without it the caller's default purpose.</summary>
    public const string Purpose = "Liaison-Purpose";

    /// <summary>The caller's own case or file reference for a read or a write; kept in the audit only.</summary>
    public const string Reference = "Liaison-Reference";

    /// <summary>On a part of a feed: how far it reaches; what comes after it is asked for with this.</summary>
    public const string Cursor = "Liaison-Cursor";

    /// <summary>Set to <c>true</c> on an answer that was given before for the same <see cref="IdempotencyKey"/>.</summary>
    public const string IdempotencyReplayed = "Idempotency-Replayed";
}

using Liaison.Platform.Data;
using Liaison.Platform.Outbox;
using Liaison.Platform.Searches;

namespace Liaison.Platform.Audit;

/// <summary>An audit entry with the events that it causes: written together or not at all.</summary>
/// <param name="Entry">The entry.</param>
/// <param name="Events">What others must learn of.</param>
/// <param name="Inquiry">What is kept of a search besides; null when nothing is.</param>
public sealed record AuditedEntry(AuditEntry Entry, IReadOnlyList<OutboxEvent> Events, Inquiry? Inquiry = null);

/// <summary>An entry with its row, as <see cref="AuditRow"/> makes it.</summary>
internal readonly record struct EncodedEntry(AuditedEntry Entry, byte[] Row, byte[]? Kept)
{
    public static EncodedEntry Of(AuditedEntry entry) => new(entry, AuditRow.Encode(entry.Entry), entry.Inquiry?.Encode());
}

/// <summary>
/// An entry as a row of PostgreSQL's binary COPY: made on the thread of whoever asks for it, so that the one writer only has to send.
/// </summary>
internal static class AuditRow
{
    public const string Copy = """
        COPY audit.entry (id, batch, at, event, outcome, member, account, purpose, reference, on_behalf_of, place, occurred_at, subject,
            asked, records, salt) FROM STDIN (FORMAT BINARY)
        """;

    /// <summary>The count of columns, the id with its length, the length of the batch's id.</summary>
    private const int BatchAt = 2 + 4 + 16 + 4;

    [ThreadStatic]
    private static CopyRows? scratch;

    /// <summary>The row; its batch is named when it is sent.</summary>
    public static byte[] Encode(AuditEntry entry)
    {
        var row = scratch ??= new CopyRows(1024);
        row.Clear();
        row.BeginRow(16);
        row.Put(entry.Id);
        row.Put(Guid.Empty);
        row.Put(entry.At);
        row.Put(entry.Event);
        row.Put(entry.Outcome);
        row.Put(entry.Member);
        row.Put(entry.Account);
        row.Put(entry.Purpose);
        row.Put(entry.Reference);
        row.Put(entry.OnBehalfOf);
        row.Put(entry.Place);
        if (entry.OccurredAt is { } occurred) row.Put(occurred);
        else row.PutNull();
        row.Put(entry.Subject);
        row.Put(entry.Asked);
        row.Put(entry.Records);
        row.Put(entry.Salt.Span);
        return row.ToArray();
    }

    public static void NameBatch(Span<byte> row, Guid batch) => batch.TryWriteBytes(row[BatchAt..], bigEndian: true, out _);
}

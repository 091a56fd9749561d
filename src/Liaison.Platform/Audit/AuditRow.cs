using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Liaison.Platform.Outbox;

namespace Liaison.Platform.Audit;

/// <summary>An audit entry with the events that it causes: written together or not at all.</summary>
public sealed record AuditedEntry(AuditEntry Entry, IReadOnlyList<OutboxEvent> Events);

/// <summary>
/// An entry as a row of PostgreSQL's binary COPY: made on the thread of whoever asks for it, so that the one writer only has to send.
/// </summary>
internal static class AuditRow
{
    public const string Copy = """
        COPY audit.entry (id, batch, at, event, outcome, member, account, purpose, reference, on_behalf_of, place, occurred_at, subject,
            asked, records, salt) FROM STDIN (FORMAT BINARY)
        """;

    private const short Columns = 16;

    /// <summary>The count of columns, the id with its length, the length of the batch's id.</summary>
    private const int BatchAt = 2 + 4 + 16 + 4;
    private const int UuidType = 2950;
    private static readonly long PostgresEpoch = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    /// <summary>Signature, no flags, no extension.</summary>
    public static ReadOnlySpan<byte> Header =>
    [
        (byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0,
        0, 0, 0, 0, 0, 0, 0, 0,
    ];

    public static ReadOnlySpan<byte> Trailer => [0xFF, 0xFF];

    /// <summary>The row; its batch is named when it is sent.</summary>
    public static byte[] Encode(AuditEntry entry)
    {
        var row = new ArrayBufferWriter<byte>(384);
        Put(row, Columns);
        Put(row, entry.Id);
        Put(row, Guid.Empty);
        Put(row, entry.At);
        Put(row, entry.Event);
        Put(row, entry.Outcome);
        Put(row, entry.Member);
        Put(row, entry.Account);
        Put(row, entry.Purpose);
        Put(row, entry.Reference);
        Put(row, entry.OnBehalfOf);
        Put(row, entry.Place);
        if (entry.OccurredAt is { } occurred) Put(row, occurred);
        else Put(row, -1);
        Put(row, entry.Subject);
        Put(row, entry.Asked);
        PutRecords(row, entry.Records);
        Put(row, entry.Salt.Length);
        row.Write(entry.Salt.Span);
        return row.WrittenSpan.ToArray();
    }

    public static void NameBatch(Span<byte> row, Guid batch) => batch.TryWriteBytes(row[BatchAt..], bigEndian: true, out _);

    /// <summary>An array as PostgreSQL sends it: dimensions, no nulls, type of element, length, lower bound, elements.</summary>
    private static void PutRecords(ArrayBufferWriter<byte> row, IReadOnlyList<Guid> records)
    {
        var none = records.Count == 0;
        Put(row, none ? 12 : 20 + 20 * records.Count);
        Put(row, none ? 0 : 1);
        Put(row, 0);
        Put(row, UuidType);
        if (none) return;
        Put(row, records.Count);
        Put(row, 1);
        foreach (var record in records) Put(row, record);
    }

    private static void Put(ArrayBufferWriter<byte> row, short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(row.GetSpan(2), value);
        row.Advance(2);
    }

    private static void Put(ArrayBufferWriter<byte> row, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(row.GetSpan(4), value);
        row.Advance(4);
    }

    private static void Put(ArrayBufferWriter<byte> row, Guid id)
    {
        Put(row, 16);
        id.TryWriteBytes(row.GetSpan(16), bigEndian: true, out _);
        row.Advance(16);
    }

    private static void Put(ArrayBufferWriter<byte> row, DateTimeOffset moment)
    {
        Put(row, 8);
        BinaryPrimitives.WriteInt64BigEndian(row.GetSpan(8), (moment.UtcTicks - PostgresEpoch) / TimeSpan.TicksPerMicrosecond);
        row.Advance(8);
    }

    private static void Put(ArrayBufferWriter<byte> row, string? text)
    {
        if (text is null)
        {
            Put(row, -1);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Put(row, length);
        Encoding.UTF8.GetBytes(text, row.GetSpan(length));
        row.Advance(length);
    }
}

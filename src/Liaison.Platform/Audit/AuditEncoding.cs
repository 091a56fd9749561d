using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Liaison.Platform.Audit;

/// <summary>
/// The canonical bytes of an audit entry, version 1 (docs/spec/audit-entry.md): a pure function of the stored columns, so that a seal
/// made today can be checked by anyone from the rows alone.
/// </summary>
public static class AuditEncoding
{
    private const byte Version = 1;
    private const uint Absent = uint.MaxValue;

    /// <summary>SHA-256 over salt and canonical bytes: the leaf that a later seal is made of.</summary>
    public static byte[] Leaf(AuditEntry entry) => SHA256.HashData([.. entry.Salt.Span, .. Encode(entry)]);

    public static byte[] Encode(AuditEntry entry)
    {
        var bytes = new ArrayBufferWriter<byte>(256);
        bytes.Write([Version]);
        Write(bytes, entry.Id);
        Write(bytes, entry.At);
        Write(bytes, entry.Event);
        Write(bytes, entry.Outcome);
        Write(bytes, entry.Member);
        Write(bytes, entry.Account);
        Write(bytes, entry.Purpose);
        Write(bytes, entry.Reference);
        Write(bytes, entry.OnBehalfOf);
        Write(bytes, entry.Place);
        if (entry.OccurredAt is { } occurred) Write(bytes, occurred);
        else Write(bytes, Absent);
        Write(bytes, entry.Subject);
        Write(bytes, entry.Asked);
        Write(bytes, (uint)entry.Records.Count);
        foreach (var record in entry.Records) Write(bytes, record);
        return bytes.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> bytes, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes.GetSpan(4), value);
        bytes.Advance(4);
    }

    private static void Write(ArrayBufferWriter<byte> bytes, Guid id)
    {
        id.TryWriteBytes(bytes.GetSpan(16), bigEndian: true, out _);
        bytes.Advance(16);
    }

    /// <summary>A length of 8 goes before the value so that absent and present cannot be confused.</summary>
    private static void Write(ArrayBufferWriter<byte> bytes, DateTimeOffset moment)
    {
        Write(bytes, 8u);
        var microseconds = (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(8), microseconds);
        bytes.Advance(8);
    }

    private static void Write(ArrayBufferWriter<byte> bytes, string? text)
    {
        if (text is null)
        {
            Write(bytes, Absent);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Write(bytes, (uint)length);
        Encoding.UTF8.GetBytes(text, bytes.GetSpan(length));
        bytes.Advance(length);
    }
}

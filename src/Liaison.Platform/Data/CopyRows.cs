using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Liaison.Kernel.Time;

namespace Liaison.Platform.Data;

/// <summary>Rows in the binary form of PostgreSQL's COPY: what a stream of them begins and ends with, and their values.</summary>
/// <remarks>Not thread-safe.</remarks>
public sealed class CopyRows(int capacity)
{
    private const int UuidType = 2950;
    private static readonly long PostgresEpoch = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;
    private static readonly DateOnly PostgresDay = new(2000, 1, 1);
    private readonly ArrayBufferWriter<byte> bytes = new(capacity);

    /// <summary>Signature, no flags, no extension.</summary>
    public static ReadOnlySpan<byte> Header =>
    [
        (byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0,
        0, 0, 0, 0, 0, 0, 0, 0,
    ];

    public static ReadOnlySpan<byte> Trailer => [0xFF, 0xFF];

    public int Length => bytes.WrittenCount;

    public byte[] ToArray() => bytes.WrittenSpan.ToArray();

    public ReadOnlyMemory<byte> Written => bytes.WrittenMemory;

    /// <summary>Begins anew in the same memory.</summary>
    public void Clear() => bytes.ResetWrittenCount();

    public void BeginRow(short columns)
    {
        BinaryPrimitives.WriteInt16BigEndian(bytes.GetSpan(2), columns);
        bytes.Advance(2);
    }

    public void Put(Guid id)
    {
        PutLength(16);
        id.TryWriteBytes(bytes.GetSpan(16), bigEndian: true, out _);
        bytes.Advance(16);
    }

    public void Put(long value)
    {
        PutLength(8);
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(8), value);
        bytes.Advance(8);
    }

    public void Put(bool value)
    {
        PutLength(1);
        bytes.Write([value ? (byte)1 : (byte)0]);
    }

    public void Put(DateOnly day)
    {
        PutLength(4);
        BinaryPrimitives.WriteInt32BigEndian(bytes.GetSpan(4), day.DayNumber - PostgresDay.DayNumber);
        bytes.Advance(4);
    }

    public void Put(DateTimeOffset moment) => Put((moment.UtcTicks - PostgresEpoch) / TimeSpan.TicksPerMicrosecond);

    public void PutNull() => PutLength(-1);

    public void Put(PartialDate? date) => Put(date?.ToString());

    public void Put(ReadOnlySpan<byte> value)
    {
        PutLength(value.Length);
        bytes.Write(value);
    }

    public void Put(string? text)
    {
        if (text is null)
        {
            PutNull();
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        PutLength(length);
        Encoding.UTF8.GetBytes(text, bytes.GetSpan(length));
        bytes.Advance(length);
    }

    /// <summary>An array as PostgreSQL sends it: dimensions, no nulls, type of element, length, lower bound, elements.</summary>
    public void Put(IReadOnlyList<Guid> ids)
    {
        var none = ids.Count == 0;
        PutLength(none ? 12 : 20 + 20 * ids.Count);
        PutLength(none ? 0 : 1);
        PutLength(0);
        PutLength(UuidType);
        if (none) return;
        PutLength(ids.Count);
        PutLength(1);
        foreach (var id in ids) Put(id);
    }

    private void PutLength(int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(bytes.GetSpan(4), length);
        bytes.Advance(4);
    }
}

using System.Buffers.Binary;

namespace Liaison.Platform.Searches;

/// <summary>A fingerprint in a question of the past.</summary>
/// <param name="Place">Of the document among those that the audit entry lists, counted from 0.</param>
/// <param name="Line">Of a batch; 0 for a search of its own.</param>
/// <param name="Print">The fingerprint.</param>
public readonly record struct Mark(int Place, long Line, ulong Print);

/// <summary>
/// What is kept of the questions of one audit entry: which entry, what the index knew then, and fingerprints. Who asked for what, where and why
/// stays in the entry.
/// </summary>
/// <param name="Entry">Id of the audit entry: the search id, or that of a piece of a batch.</param>
/// <param name="At">When; with it the entry is found.</param>
/// <param name="Position">Of the change log, that the answer was given from: what came later is still to be looked at.</param>
/// <param name="Marks">In the order of the questions; places and lines ascend.</param>
public sealed record Inquiry(Guid Entry, DateTimeOffset At, long Position, IReadOnlyList<Mark> Marks)
{
    /// <summary>The most marks of one entry: a piece of a batch with two readings of every line.</summary>
    public const int MostMarks = 4096;

    /// <summary>Of a piece of a batch, whose lines are counted from 1.</summary>
    internal bool IsOfBatch => Marks[0].Line > 0;

    private const int FixedBytes = 16 + 8, LongestNumber = 10, PrintBytes = 8;

    /// <summary>As it stands in a row, see <see cref="KeptRow"/>.</summary>
    internal byte[] Encode()
    {
        var bytes = new byte[FixedBytes + 2 * LongestNumber + Marks.Count * (2 * LongestNumber + PrintBytes)];
        Entry.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), (At - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        var at = FixedBytes;
        Put(bytes, ref at, Position);
        Put(bytes, ref at, Marks.Count);
        var (place, line) = (0, 0L);
        foreach (var mark in Marks)
        {
            Put(bytes, ref at, mark.Place - place);
            Put(bytes, ref at, mark.Line - line);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(at), mark.Print);
            (place, line, at) = (mark.Place, mark.Line, at + PrintBytes);
        }

        return bytes[..at];
    }

    /// <returns>Null when the bytes are none; else what is left begins behind it.</returns>
    internal static Inquiry? Read(ref ReadOnlySpan<byte> bytes)
    {
        if (!TakeHead(ref bytes, out var entry, out var at, out var position, out var count)) return null;
        var marks = new Mark[count];
        var mark = default(Mark);
        for (var i = 0; i < marks.Length; i++)
        {
            if (!TakeMark(ref bytes, ref mark)) return null;
            marks[i] = mark;
        }

        return new(entry, at, position, marks);
    }

    /// <summary>Its fingerprints only, without an object for each.</summary>
    /// <returns>False when the bytes are none.</returns>
    internal static bool Skim(ref ReadOnlySpan<byte> bytes, List<ulong> prints, out long position)
    {
        if (!TakeHead(ref bytes, out _, out _, out position, out var count)) return false;
        var mark = default(Mark);
        for (var i = 0L; i < count; i++)
        {
            if (!TakeMark(ref bytes, ref mark)) return false;
            prints.Add(mark.Print);
        }

        return true;
    }

    private static bool TakeHead(ref ReadOnlySpan<byte> bytes, out Guid entry, out DateTimeOffset at, out long position, out long count)
    {
        (entry, at, position, count) = (default, default, 0, 0);
        if (bytes.Length < FixedBytes) return false;
        entry = new Guid(bytes[..16], bigEndian: true);
        var micros = BinaryPrimitives.ReadInt64BigEndian(bytes[16..]);
        bytes = bytes[FixedBytes..];
        if (micros < 0 || micros > (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) return false;
        at = DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond);
        return Take(ref bytes, out position) && Take(ref bytes, out count) && count is >= 1 and <= MostMarks;
    }

    /// <param name="bytes">What is left begins behind it.</param>
    /// <param name="mark">The one before; then this one.</param>
    private static bool TakeMark(ref ReadOnlySpan<byte> bytes, ref Mark mark)
    {
        if (!Take(ref bytes, out var further) || !Take(ref bytes, out var below) || bytes.Length < PrintBytes) return false;
        if (further > MostMarks - mark.Place || below > long.MaxValue - mark.Line) return false;
        mark = new(mark.Place + (int)further, mark.Line + below, BinaryPrimitives.ReadUInt64BigEndian(bytes));
        bytes = bytes[PrintBytes..];
        return true;
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    private static void Put(Span<byte> bytes, ref int at, long value)
    {
        for (; value > 0x7F; value >>= 7) bytes[at++] = (byte)(value & 0x7F | 0x80);
        bytes[at++] = (byte)value;
    }

    private static bool Take(ref ReadOnlySpan<byte> bytes, out long value)
    {
        value = 0;
        for (var i = 0; i < 9 && i < bytes.Length; i++)
        {
            value |= (long)(bytes[i] & 0x7F) << 7 * i;
            if (bytes[i] > 0x7F) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }
}

/// <summary>The questions that were written to the audit together: one row of <c>platform.kept_inquiry</c>.</summary>
/// <param name="Inquiries">In the order of the audit.</param>
public sealed record KeptRow(IReadOnlyList<Inquiry> Inquiries)
{
    /// <summary>So that a place fits in <see cref="PlaceBits"/>.</summary>
    internal const int MostMarks = 1 << PlaceBits;

    public const int PlaceBits = 12;

    /// <summary>A row up to this length lies in a page of the table; longer ones are cut into pieces that lie elsewhere.</summary>
    private const int PageBytes = 7_900;

    private const byte Version = 1;

    /// <summary>Packs what was encoded into rows of a page, and what is longer by itself into one of its own.</summary>
    internal static IEnumerable<byte[]> Pack(IEnumerable<(int Marks, byte[] Bytes)> inquiries)
    {
        var (row, marks, length) = (new List<byte[]>(), 0, 0);
        foreach (var (count, bytes) in inquiries)
        {
            if (row.Count > 0 && (marks + count > MostMarks || length + bytes.Length > PageBytes))
            {
                yield return Join(row);
                (row, marks, length) = ([], 0, 0);
            }

            row.Add(bytes);
            (marks, length) = (marks + count, length + bytes.Length);
        }

        if (row.Count > 0) yield return Join(row);
    }

    /// <returns>Null when the bytes are no row of this version.</returns>
    public static KeptRow? Read(ReadOnlySpan<byte> body)
    {
        if (body.Length < 1 || body[0] != Version) return null;
        body = body[1..];
        var (inquiries, marks) = (new List<Inquiry>(), 0);
        while (body.Length > 0)
        {
            if (Inquiry.Read(ref body) is not { } inquiry || (marks += inquiry.Marks.Count) > MostMarks) return null;
            inquiries.Add(inquiry);
        }

        return new(inquiries);
    }

    /// <summary>Only the fingerprints of a row, in the order of their places.</summary>
    /// <param name="body">The row.</param>
    /// <param name="prints">They are added to it; when the bytes are no row, none are.</param>
    /// <returns>The position that the earliest of its searches was answered from; null when it has none.</returns>
    public static long? Skim(ReadOnlySpan<byte> body, List<ulong> prints)
    {
        if (body.Length < 1 || body[0] != Version) return null;
        body = body[1..];
        var (before, earliest) = (prints.Count, default(long?));
        while (body.Length > 0)
        {
            if (!Inquiry.Skim(ref body, prints, out var position) || prints.Count - before > MostMarks)
            {
                prints.RemoveRange(before, prints.Count - before);
                return null;
            }

            earliest = Math.Min(earliest ?? position, position);
        }

        return earliest;
    }

    /// <summary>The mark at a place of the row, all its inquiries counted through; null when there is none.</summary>
    public (Inquiry Inquiry, Mark Mark)? At(int place)
    {
        foreach (var inquiry in Inquiries)
        {
            if (place < inquiry.Marks.Count) return (inquiry, inquiry.Marks[place]);
            place -= inquiry.Marks.Count;
        }

        return null;
    }

    private static byte[] Join(List<byte[]> parts)
    {
        var row = new byte[1 + parts.Sum(part => part.Length)];
        row[0] = Version;
        var at = 1;
        foreach (var part in parts)
        {
            part.CopyTo(row, at);
            at += part.Length;
        }

        return row;
    }
}

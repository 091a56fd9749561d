using System.Buffers.Binary;
using System.Text;

namespace Liaison.Matching.Segments;

/// <summary>
/// What an index consists of and where it stands (docs/spec/segment-format.md): origin, point, count of records, and the names of its
/// segments, oldest first.
/// </summary>
internal sealed record Manifest(IndexOrigin Origin, IndexPoint Point, long Count, IReadOnlyList<string> Segments)
{
    public const string FileName = "manifest";
    public const string FreshName = FileName + ".new";
    public const string SegmentSuffix = ".segment";
    private const int HeadBytes = 92;
    private const int NameBytes = 32;
    private const uint Version = 1;
    private const int MostSegments = 1000;

    private static ReadOnlySpan<byte> Magic => "LIAIMAN\0"u8;

    /// <summary>The manifest; neither it nor a fault when there is no file.</summary>
    public static (Manifest? Manifest, string? Fault) Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) return (null, null);
            if (file.Length > HeadBytes + MostSegments * NameBytes + 4) return (null, "the manifest is too long");
            return Parse(File.ReadAllBytes(path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return (null, "the manifest cannot be read: " + unreadable.GetType().Name);
        }
    }

    public static (Manifest? Manifest, string? Fault) Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadBytes + 4 || !bytes.StartsWith(Magic)) return (null, "the manifest is none");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != Version) return (null, "the manifest has a format that this build does not read");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]) != Checksum.Of(bytes[..^4])) return (null, "the manifest is damaged");
        var count = BinaryPrimitives.ReadInt32LittleEndian(bytes[88..]);
        if (count < 0 || count > MostSegments || bytes.Length != HeadBytes + count * NameBytes + 4) return (null, "the manifest makes no sense");
        var names = new string[count];
        for (var i = 0; i < count; i++)
        {
            names[i] = Encoding.ASCII.GetString(bytes.Slice(HeadBytes + i * NameBytes, NameBytes)).TrimEnd('\0');
            // A name is never a path that leads elsewhere, and no segment counts twice.
            if (!IsSegmentName(names[i]) || names.AsSpan(0, i).Contains(names[i]))
                return (null, "the manifest names something else than segments");
        }

        var (position, records) = (BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[72..]));
        if (position < 0 || records < 0) return (null, "the manifest makes no sense");
        return (new(new(Id(bytes, 16), Id(bytes, 32)), new(position, Id(bytes, 56)), records, names), null);
    }

    /// <summary>Twelve to eighteen digits: a figure that 64 bits hold.</summary>
    public static bool IsSegmentName(string name) =>
        name.EndsWith(SegmentSuffix, StringComparison.Ordinal)
        && name.Length - SegmentSuffix.Length is >= 12 and <= 18
        && name.AsSpan(0, name.Length - SegmentSuffix.Length).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Written beside and renamed over the old one.</summary>
    public void Write(string path)
    {
        var fresh = Path.Combine(Path.GetDirectoryName(path)!, FreshName);
        using (var file = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(ToBytes());
            file.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[HeadBytes + Segments.Count * NameBytes + 4];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), Version);
        Origin.Database.TryWriteBytes(bytes.AsSpan(16), bigEndian: true, out _);
        Origin.History.TryWriteBytes(bytes.AsSpan(32), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(48), Point.Position);
        Point.ChangeSet.TryWriteBytes(bytes.AsSpan(56), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(72), Count);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(88), Segments.Count);
        for (var i = 0; i < Segments.Count; i++) Encoding.ASCII.GetBytes(Segments[i], bytes.AsSpan(HeadBytes + i * NameBytes, NameBytes));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Checksum.Of(bytes.AsSpan(0, bytes.Length - 4)));
        return bytes;
    }

    private static Guid Id(ReadOnlySpan<byte> bytes, int at) => new(bytes.Slice(at, 16), bigEndian: true);
}

using System.Buffers.Text;

namespace Liaison.TravelDocuments.SearchMany;

/// <summary>Bytes that are written one after the other and kept for the next use.</summary>
internal sealed class GrowingBytes
{
    private const int LongestNumber = 20;

    private byte[] bytes = new byte[32 * 1024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Add(ReadOnlySpan<byte> more)
    {
        more.CopyTo(Room(more.Length));
        Length += more.Length;
    }

    public void Add(byte one)
    {
        Room(1)[0] = one;
        Length++;
    }

    public void Add(long number)
    {
        Utf8Formatter.TryFormat(number, Room(LongestNumber), out var written);
        Length += written;
    }

    private Span<byte> Room(int more)
    {
        if (bytes.Length - Length < more) Array.Resize(ref bytes, Math.Max(2 * bytes.Length, Length + more));
        return bytes.AsSpan(Length);
    }
}

using System.Buffers.Text;

namespace Liaison.Bench.Clients;

/// <summary>What stands at the beginning of received bytes.</summary>
/// <param name="Length">The bytes of the first answer; 0 when it is not whole yet.</param>
/// <param name="IsGood">False when the server answered with an error.</param>
internal readonly record struct Answered(int Length, bool IsGood);

/// <summary>How to tell where an answer ends.</summary>
internal delegate Answered Framing(ReadOnlySpan<byte> received);

internal static class Protocol
{
    /// <summary>HTTP/1.1 with a length or in chunks; good is 200.</summary>
    public static Answered Http(ReadOnlySpan<byte> received)
    {
        var head = received.IndexOf("\r\n\r\n"u8);
        if (head < 0) return default;
        var isGood = received.StartsWith("HTTP/1.1 200"u8);
        var body = head + 4;
        var named = received[..head].IndexOf("Content-Length: "u8);
        if (named >= 0)
        {
            if (!Utf8Parser.TryParse(received[(named + "Content-Length: ".Length)..head], out int length, out _))
                throw new InvalidDataException("An answer has a length that is none.");
            return received.Length < body + length ? default : new(body + length, isGood);
        }

        var end = received[(body - 2)..].IndexOf("\r\n0\r\n\r\n"u8);
        return end < 0 ? default : new(body - 2 + end + 7, isGood);
    }

    /// <summary>Redis: an error, a line, or a bulk string; a key that is not there is a good answer.</summary>
    public static Answered Redis(ReadOnlySpan<byte> received)
    {
        var line = received.IndexOf("\r\n"u8);
        if (line < 0) return default;
        if (received[0] != (byte)'$') return new(line + 2, received[0] != (byte)'-');
        if (!Utf8Parser.TryParse(received[1..line], out int length, out _)) throw new InvalidDataException("Redis answered with a length that is none.");
        if (length < 0) return new(line + 2, true);
        return received.Length < line + 4 + length ? default : new(line + 4 + length, true);
    }
}

using System.Text;

namespace Liaison.Members.Domain;

/// <summary>RFC 4648 section 6, without padding: letters and digits that are read out and typed without mistakes.</summary>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 + 4) / 5);
        int held = 0, bits = 0;
        foreach (var b in bytes)
        {
            held = (held << 8 | b) & 0xFFFF;
            for (bits += 8; bits >= 5; bits -= 5) text.Append(Alphabet[held >> (bits - 5) & 31]);
        }

        if (bits > 0) text.Append(Alphabet[held << (5 - bits) & 31]);
        return text.ToString();
    }

    /// <summary>In groups of four, as they are shown.</summary>
    public static string Grouped(string text) => string.Join(' ', text.Chunk(4).Select(c => new string(c)));
}

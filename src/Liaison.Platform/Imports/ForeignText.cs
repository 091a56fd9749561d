using System.Buffers.Binary;
using System.Text.Unicode;

namespace Liaison.Platform.Imports;

/// <summary>
/// Bytes to characters, strictly: a byte that is not text is a fault, not a replacement character, for a number with a replaced
/// character would be stored as another number. Decoders of the platform report that by exception, so the two encodings are read here.
/// </summary>
internal sealed class ForeignText(Stream stream)
{
    private const int BlockBytes = 16_384;

    private readonly byte[] bytes = new byte[BlockBytes];
    private readonly char[] chars = new char[BlockBytes];
    private int held;
    private int written;
    private Form form = Form.Unknown;
    private bool highSurrogate;

    private enum Form
    {
        Unknown,
        Utf8,
        Utf16LittleEndian,
        Utf16BigEndian,
    }

    /// <summary>The characters of the last read; overwritten by the next. May be empty before the end.</summary>
    public ReadOnlyMemory<char> Chars => chars.AsMemory(0, written);

    /// <summary>True when nothing follows <see cref="Chars"/>, for the stream ended or what follows is not text.</summary>
    public bool Ended { get; private set; }

    /// <summary>Why what follows <see cref="Chars"/> is not text.</summary>
    public (string Code, string Message)? Fault { get; private set; }

    public async ValueTask ReadAsync(CancellationToken cancellationToken)
    {
        written = 0;
        do
        {
            var read = await stream.ReadAsync(bytes.AsMemory(held), cancellationToken).ConfigureAwait(false);
            held += read;
            Ended = read == 0;
        }
        while (form == Form.Unknown && held < 4 && !Ended);

        if (form == Form.Unknown) Recognise();
        if (Fault is not null) return;

        var used = form == Form.Utf8 ? DecodeUtf8() : DecodeUtf16();
        bytes.AsSpan(used, held - used).CopyTo(bytes);
        held -= used;
        if (Fault is null && Ended && (held > 0 || highSurrogate))
        {
            Refuse(CsvProblems.InvalidEncoding, "The file ends in the middle of a character; send it whole.");
        }
    }

    /// <summary>By the first bytes. What people send by mistake is named, for "invalid UTF-8" tells them nothing.</summary>
    private void Recognise()
    {
        var start = bytes.AsSpan(0, held);
        if (start.StartsWith("PK\u0003\u0004"u8))
        {
            Refuse(CsvProblems.NotCsv, "The file is a spreadsheet or a ZIP archive; export the sheet as CSV (UTF-8).");
        }
        else if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            Refuse(CsvProblems.NotCsv, "The file is compressed; decompress it first.");
        }
        else if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) || start.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
        {
            Refuse(CsvProblems.UnsupportedEncoding, "The file is UTF-32; save it as UTF-8.");
        }

        (form, var mark) = start switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Form.Utf8, 3),
            [0xFF, 0xFE, ..] => (Form.Utf16LittleEndian, 2),
            [0xFE, 0xFF, ..] => (Form.Utf16BigEndian, 2),
            _ => (Form.Utf8, 0),
        };
        start[mark..].CopyTo(bytes);
        held -= mark;
    }

    private int DecodeUtf8()
    {
        var status = Utf8.ToUtf16(
            bytes.AsSpan(0, held), chars, out var used, out written, replaceInvalidSequences: false, isFinalBlock: Ended);
        if (status == System.Buffers.OperationStatus.InvalidData)
        {
            Refuse(CsvProblems.InvalidEncoding, "The file is not UTF-8 here; save it as \"CSV UTF-8\" and send it again.");
        }

        return used;
    }

    private int DecodeUtf16()
    {
        var used = 0;
        for (; used + 1 < held; used += 2)
        {
            var pair = bytes.AsSpan(used, 2);
            var unit = (char)(form == Form.Utf16BigEndian
                ? BinaryPrimitives.ReadUInt16BigEndian(pair)
                : BinaryPrimitives.ReadUInt16LittleEndian(pair));
            if (char.IsLowSurrogate(unit) != highSurrogate)
            {
                Refuse(CsvProblems.InvalidEncoding, "The file is not UTF-16 here; save it as \"CSV UTF-8\" and send it again.");
                break;
            }

            highSurrogate = char.IsHighSurrogate(unit);
            chars[written++] = unit;
        }

        return used;
    }

    private void Refuse(string code, string message)
    {
        Fault = (code, message);
        Ended = true;
    }
}

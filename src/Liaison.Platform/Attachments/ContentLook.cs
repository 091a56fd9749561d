using System.Buffers;
using System.Text;

namespace Liaison.Platform.Attachments;

/// <summary>
/// Says by what a file holds of which kind it is; what its sender says of it counts for nothing. Given the bytes piece by piece, so that none is kept.
/// </summary>
/// <remarks>Not thread-safe: it belongs to one upload.</remarks>
internal sealed class ContentLook
{
    private readonly byte[] head = new byte[16];
    private readonly byte[] carried = new byte[4];
    private int headLength, carriedLength;
    private bool isText = true, hasBegun;

    public void Add(ReadOnlySpan<byte> piece)
    {
        var missing = Math.Min(head.Length - headLength, piece.Length);
        piece[..missing].CopyTo(head.AsSpan(headLength));
        headLength += missing;
        if (isText) AddText(piece);
    }

    /// <summary>Null when it is none that is taken.</summary>
    public AttachmentKind? Kind()
    {
        var start = head.AsSpan(0, headLength);
        // ISO 32000-2 §7.5.2; readers look for it further on too, and what hides before it is not taken.
        if (start.StartsWith("%PDF-"u8)) return AttachmentKind.Pdf;
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return AttachmentKind.Jpeg;
        // PNG (third edition) §5.2, and the chunk that must come first.
        if (start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]) && start[8..].EndsWith("IHDR"u8)) return AttachmentKind.Png;
        if (start.StartsWith((ReadOnlySpan<byte>)[(byte)'I', (byte)'I', 42, 0]) || start.StartsWith((ReadOnlySpan<byte>)[(byte)'M', (byte)'M', 0, 42])) return AttachmentKind.Tiff;
        return isText && carriedLength == 0 && hasBegun ? AttachmentKind.Text : null;
    }

    private void AddText(ReadOnlySpan<byte> piece)
    {
        while (isText && carriedLength > 0 && !piece.IsEmpty)
        {
            // A character that two pieces share: byte by byte, at most three times.
            carried[carriedLength++] = piece[0];
            piece = piece[1..];
            var status = Rune.DecodeFromUtf8(carried.AsSpan(0, carriedLength), out var rune, out var used);
            if (status is OperationStatus.NeedMoreData) continue;
            isText = status is OperationStatus.Done && used == carriedLength && IsPlain(rune);
            carriedLength = 0;
        }

        while (isText && !piece.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(piece, out var rune, out var used);
            if (status is OperationStatus.NeedMoreData)
            {
                piece.CopyTo(carried);
                carriedLength = piece.Length;
                return;
            }

            isText = status is OperationStatus.Done && IsPlain(rune);
            piece = piece[used..];
        }
    }

    /// <summary>
    /// What begins with a tag is markup: each pattern by which a browser takes bytes for HTML or XML does (WHATWG MIME Sniffing §7.1).
    /// </summary>
    private bool IsPlain(Rune rune)
    {
        if (Rune.IsControl(rune) && rune.Value is not ('\t' or '\n' or '\r')) return false;
        if (hasBegun || rune.Value == 0xFEFF || Rune.IsWhiteSpace(rune)) return true;
        hasBegun = true;
        return rune.Value != '<';
    }
}

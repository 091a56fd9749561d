using System.Text;
using CsCheck;
using Liaison.Platform.Attachments;

namespace UnitTests.Platform;

/// <summary>What a file is, and what it may be called.</summary>
public sealed class AttachmentTests
{
    [Theory]
    [InlineData("%PDF-2.0\n", "application/pdf")]
    [InlineData("\n%PDF-2.0\n\0", null)]
    [InlineData("\u00FF\u00D8\u00FF\u00E0", "image/jpeg")]
    [InlineData("\u0089PNG\r\n\u001A\n\0\0\0\rIHDR", "image/png")]
    [InlineData("\u0089PNG\r\n\u001A\n\0\0\0\rIDAT", null)]
    [InlineData("II*\0", "image/tiff")]
    [InlineData("MM\0*", "image/tiff")]
    [InlineData("GIF89a\u0001\0", null)]
    [InlineData("A line.\tAnother.\r\n", "text/plain")]
    [InlineData("  \r\n<!DOCTYPE html>", null)]
    [InlineData("\u00EF\u00BB\u00BF<svg>", null)]
    [InlineData("a < b", "text/plain")]
    [InlineData("\u00C3\u00A9", "text/plain")]
    [InlineData("\u00C3", null)]
    [InlineData("\u00C3(", null)]
    [InlineData("\u00ED\u00A0\u0080", null)]
    [InlineData("bell\u0007", null)]
    [InlineData(" \n", null)]
    [InlineData("", null)]
    public void The_kind_is_what_the_bytes_say(string latin1, string? type) => Assert.Equal(type, Kind(Encoding.Latin1.GetBytes(latin1), int.MaxValue)?.Type);

    [Fact]
    public void Text_is_text_however_it_is_cut_and_anything_else_is_what_it_is_in_one_piece() => Gen.Select(
        Gen.OneOf(Gen.String.Select(Encoding.UTF8.GetBytes), Gen.Byte.Array, Gen.String[Gen.Char['\u0020', '\uD7FF'], 0, 40].Select(Encoding.UTF8.GetBytes)), Gen.Int[1, 5])
        .Sample((bytes, length) =>
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true);
            Assert.Equal(Kind(bytes, int.MaxValue), Kind(bytes, length));
            if (Kind(bytes, length) == AttachmentKind.Text) text.GetString(bytes);
        });

    [Theory]
    [InlineData("page 1.pdf", "page 1.pdf")]
    [InlineData("PAGE.PDF", "PAGE.PDF")]
    [InlineData("../../etc/passwd", "passwd.pdf")]
    [InlineData("C:\\files\\page.exe", "page.exe.pdf")]
    [InlineData("a\u202Efdp.exe", "afdp.exe.pdf")]
    [InlineData("a\r\nb\u0000.pdf", "ab.pdf")]
    [InlineData(".hidden", "hidden.pdf")]
    [InlineData("what?*.pdf", "what__.pdf")]
    [InlineData(". .", "attachment.pdf")]
    [InlineData(".pdf", "pdf.pdf")]
    [InlineData("\uD800", "attachment.pdf")]
    [InlineData(null, "attachment.pdf")]
    [InlineData("\u0635\u0648\u0631\u0629.pdf", "\u0635\u0648\u0631\u0629.pdf")]
    public void A_name_has_no_path_nothing_unseen_and_the_ending_of_its_kind(string? given, string clean) =>
        Assert.Equal(clean, AttachmentName.Clean(given, AttachmentKind.Pdf));

    private static AttachmentKind? Kind(byte[] bytes, int pieceLength)
    {
        var look = new ContentLook();
        foreach (var piece in bytes.Chunk(Math.Min(pieceLength, Math.Max(1, bytes.Length)))) look.Add(piece);
        return look.Kind();
    }
}

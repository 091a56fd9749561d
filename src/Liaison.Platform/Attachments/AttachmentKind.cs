namespace Liaison.Platform.Attachments;

/// <summary>A kind of file that is taken. The list is closed: what is not on it is refused, and nothing on it is run by a browser.</summary>
/// <param name="Type">Media type.</param>
/// <param name="Endings">Of names; the first is given to a name that has none of them.</param>
public sealed record AttachmentKind(string Type, params IReadOnlyList<string> Endings)
{
    public static readonly AttachmentKind Pdf = new("application/pdf", ".pdf");
    public static readonly AttachmentKind Jpeg = new("image/jpeg", ".jpg", ".jpeg");
    public static readonly AttachmentKind Png = new("image/png", ".png");
    public static readonly AttachmentKind Tiff = new("image/tiff", ".tif", ".tiff");
    public static readonly AttachmentKind Text = new("text/plain", ".txt");

    public static IReadOnlyList<AttachmentKind> All { get; } = [Pdf, Jpeg, Png, Tiff, Text];
}

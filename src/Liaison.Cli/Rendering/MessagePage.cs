using System.Globalization;
using Liaison.Api.Hits;

namespace Liaison.Cli.Rendering;

/// <summary>What the parties of a hit wrote to each other.</summary>
internal static class MessagePage
{
    public static Page Of(HitMessages messages) => messages.Items.Count == 0 ? new Page().Paragraph("Nothing was written yet.") : Of(messages.Items);

    public static Page Of(HitMessage message) => Of([message]);

    private static Page Of(IReadOnlyList<HitMessage> messages) => new Page().Table(["When", "By", "Text", "Attachment", "Name", "Type", "Bytes"],
        messages.Select(m => (string[])
        [
            DocumentPage.Moment(m.At), m.Member, m.Text ?? "", m.Attachment?.Id.ToString() ?? "", m.Attachment?.Name ?? "", m.Attachment?.Type ?? "",
            m.Attachment?.Bytes.ToString(CultureInfo.InvariantCulture) ?? "",
        ]));
}

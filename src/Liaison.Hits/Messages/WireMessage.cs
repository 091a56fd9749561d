using Liaison.Hits.Storage;
using Liaison.Platform.Attachments;
using Wire = Liaison.Api.Hits;

namespace Liaison.Hits.Messages;

/// <summary>A message as it goes over the wire: the member that wrote it, and not which of its persons.</summary>
internal static class WireMessage
{
    public static Wire.HitMessage Of(StoredMessage message, Attachment? attachment) => new()
    {
        Id = message.Id, Hit = message.Hit, At = message.At, Member = message.Member, Text = message.Text,
        Attachment = attachment is null ? null : new(attachment.Id, attachment.Name, attachment.Type, attachment.Bytes, Convert.ToHexStringLower(attachment.Sha256)),
    };
}

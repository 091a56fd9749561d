using System.Net;
using System.Net.Http.Headers;

namespace Liaison.Cli.Commands;

/// <summary>A file on its way to the hub that tells how far it is; never more than one buffer of it is in memory.</summary>
internal sealed class UploadContent : HttpContent
{
    private readonly FileStream file;
    private readonly Action<long> sent;

    /// <param name="file">Disposed with the content.</param>
    /// <param name="sent">Called after every piece with the number of bytes sent in all.</param>
    public UploadContent(FileStream file, string mediaType, Action<long> sent)
    {
        this.file = file;
        this.sent = sent;
        Headers.ContentType = new MediaTypeHeaderValue(mediaType);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        long total = 0;
        int read;
        while ((read = await file.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            sent(total += read);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = file.Length;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) file.Dispose();
        base.Dispose(disposing);
    }
}

using System.IO.Compression;

namespace Liaison.Platform.Imports;

/// <summary>
/// A spooled file as it is read: decompressed when it is gzip, whatever it was called, and within bounds. What a few kilobytes unfold to is
/// somebody else's choice, so both the size and the ratio end the reading.
/// </summary>
public sealed class ImportStream : Stream
{
    private const long RatioCountsFrom = 64L << 20;
    private readonly FileStream file;
    private readonly Stream source;
    private readonly long mostBytes;
    private readonly int mostRatio;
    private long read;

    private ImportStream(FileStream file, bool isGzip, long mostBytes, int mostRatio)
    {
        this.file = file;
        source = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        this.mostBytes = mostBytes;
        this.mostRatio = mostRatio;
    }

    /// <summary>How far the file on the disk was read.</summary>
    public long FileBytesRead => file.Position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => read;
        set => throw new NotSupportedException();
    }

    public static ImportStream Open(string path, long mostBytes, int mostRatio)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 128 << 10, useAsync: false);
        var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return new(file, isGzip, mostBytes, mostRatio);
    }

    /// <exception cref="ImportTooLargeException">It unfolds to more than is taken.</exception>
    /// <exception cref="InvalidDataException">It is no gzip after all, or damaged.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        read += count;
        if (read > mostBytes) throw new ImportTooLargeException($"Decompressed the file is over {mostBytes >> 20} MiB. Split it.");
        if (read > RatioCountsFrom && read / Math.Max(1, file.Position) > mostRatio)
            throw new ImportTooLargeException($"The file unfolds to more than {mostRatio} times its size. Send it with a lighter compression.");
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            source.Dispose();
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>The file is larger than is taken; the message says by what.</summary>
public sealed class ImportTooLargeException(string message) : Exception(message);

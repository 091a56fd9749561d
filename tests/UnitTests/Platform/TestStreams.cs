using System.Text;

namespace UnitTests.Platform;

/// <summary>A stream that can only be read forwards, as a network gives it.</summary>
internal abstract class ForwardStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
}

/// <summary>Bytes that arrive a few at a time.</summary>
internal sealed class Chunked(byte[] bytes, int chunk) : ForwardStream
{
    private int at;

    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(Math.Min(chunk, buffer.Length), bytes.Length - at);
        bytes.AsSpan(at, count).CopyTo(buffer);
        at += count;
        return count;
    }
}

/// <summary>A beginning and then the same text again and again, up to a length; never held in memory.</summary>
internal sealed class Generated(string beginning, string repeated, long length, bool fails = false) : ForwardStream
{
    private readonly byte[] beginning = Encoding.UTF8.GetBytes(beginning);
    private readonly byte[] repeated = Encoding.UTF8.GetBytes(repeated);

    public long Sent { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, length - Sent);
        if (count == 0 && fails) throw new IOException("The connection was lost.");
        for (var i = 0; i < count; i++, Sent++)
        {
            buffer[i] = Sent < beginning.Length ? beginning[(int)Sent] : repeated[(int)((Sent - beginning.Length) % repeated.Length)];
        }

        return count;
    }
}

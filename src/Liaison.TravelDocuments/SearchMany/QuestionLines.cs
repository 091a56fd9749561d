using System.Buffers;
using System.IO.Pipelines;

namespace Liaison.TravelDocuments.SearchMany;

/// <summary>Cuts a body of any length into pieces of whole lines, in one buffer that never grows.</summary>
/// <remarks>Not thread-safe. A piece is valid until the next is asked for.</remarks>
internal sealed class QuestionLines(PipeReader body, TimeProvider clock)
{
    /// <summary>The longest line that can hold a question, in bytes: many times what all fields together may have.</summary>
    public const int Longest = 16 * 1024;

    private const int Capacity = 128 * 1024;

    /// <summary>How long a sender may pause before what came so far is answered: larger pieces cost less.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(2);

    private readonly byte[] buffer = new byte[Capacity];
    private int start, end;
    private Task<ReadResult>? reading;
    private bool isEnd, isSkipping;

    /// <summary>Whole lines with their ends; the last of the body may lack it. A line that fills the buffer comes without its rest. Empty at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellation)
    {
        buffer.AsSpan(start, end - start).CopyTo(buffer);
        (start, end) = (0, end - start);
        while (true)
        {
            var whole = buffer.AsSpan(0, end).LastIndexOf((byte)'\n') + 1;
            if (isEnd) return buffer.AsMemory(0, end);
            if (end == Capacity)
            {
                isSkipping = whole == 0;
                return buffer.AsMemory(0, isSkipping ? end : whole);
            }

            if (await ReadAsync(whole > 0, cancellation) is not { } read) return buffer.AsMemory(0, whole);
            Take(read);
        }
    }

    /// <summary>What of the piece needs not come again.</summary>
    public void Advance(int bytes) => start += bytes;

    /// <returns>Null when there are lines to answer and nothing more came for a while.</returns>
    private async ValueTask<ReadResult?> ReadAsync(bool hasLines, CancellationToken cancellation)
    {
        if (reading is null)
        {
            if (body.TryRead(out var there)) return there;
            reading = body.ReadAsync(cancellation).AsTask();
        }

        if (hasLines && !reading.IsCompleted)
        {
            await Task.WhenAny(reading, Task.Delay(Linger, clock, cancellation));
            if (!reading.IsCompleted) return null;
        }

        var read = await reading;
        reading = null;
        return read;
    }

    private void Take(ReadResult read)
    {
        var rest = read.Buffer;
        if (isSkipping)
        {
            var lineEnd = rest.PositionOf((byte)'\n');
            isSkipping = lineEnd is null;
            rest = lineEnd is { } found ? rest.Slice(rest.GetPosition(1, found)) : rest.Slice(rest.End);
        }

        var taken = rest.Slice(0, Math.Min(rest.Length, Capacity - end));
        taken.CopyTo(buffer.AsSpan(end));
        end += (int)taken.Length;
        isEnd = read.IsCompleted && taken.Length == rest.Length;
        body.AdvanceTo(taken.End);
    }
}

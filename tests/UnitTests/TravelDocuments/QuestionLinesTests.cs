using System.IO.Pipelines;
using System.Text;
using Liaison.TravelDocuments.SearchMany;

namespace UnitTests.TravelDocuments;

public sealed class QuestionLinesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>However the bytes arrive and however much of a piece is taken, every line comes once, whole and in order.</summary>
    [Fact]
    public async Task Every_line_comes_once_whole_and_in_order()
    {
        var random = new Random(20_261_124);
        for (var run = 0; run < 30; run++)
        {
            var lines = Enumerable.Range(0, random.Next(1, 9000)).Select(i => $"{i}:{new string('x', random.Next(60))}").ToArray();
            var bytes = Encoding.ASCII.GetBytes(string.Join('\n', lines) + (run % 2 == 0 ? "\n" : ""));
            var pipe = new Pipe();
            var sending = SendAsync(pipe.Writer, bytes, random.Next());
            var got = new List<string>();
            var reader = new QuestionLines(pipe.Reader, TimeProvider.System);
            while (await reader.NextAsync(None) is { IsEmpty: false } piece)
            {
                var text = Encoding.ASCII.GetString(piece.Span);
                var taken = random.Next(3) == 0 ? text.IndexOf('\n', StringComparison.Ordinal) + 1 : text.Length;
                if (taken == 0) taken = text.Length;
                got.AddRange(text[..taken].TrimEnd('\n').Split('\n'));
                reader.Advance(taken);
            }

            await sending;
            Assert.Equal(lines, got);
        }
    }

    [Fact]
    public async Task A_line_larger_than_the_buffer_comes_cut_and_its_rest_never()
    {
        var pipe = new Pipe();
        var sending = SendAsync(pipe.Writer, Encoding.ASCII.GetBytes($"first\n{new string('x', 500_000)}\nlast\n"), 1);
        var reader = new QuestionLines(pipe.Reader, TimeProvider.System);
        var pieces = new List<string>();
        while (await reader.NextAsync(None) is { IsEmpty: false } piece)
        {
            pieces.Add(Encoding.ASCII.GetString(piece.Span));
            reader.Advance(piece.Length);
        }

        await sending;
        Assert.Equal("first\n", pieces[0]);
        Assert.True(pieces[1].Length > QuestionLines.Longest && pieces[1].All(c => c == 'x'));
        Assert.Equal("last\n", pieces[2]);
        Assert.Equal(3, pieces.Count);
    }

    /// <summary>Who sends a line and waits for its answer before the next must get one.</summary>
    [Fact]
    public async Task A_line_does_not_wait_for_the_next()
    {
        var pipe = new Pipe();
        var reader = new QuestionLines(pipe.Reader, TimeProvider.System);
        foreach (var line in new[] { "one\n", "two\n" })
        {
            await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes(line), None);
            var piece = await reader.NextAsync(None).AsTask().WaitAsync(TimeSpan.FromSeconds(30), None);
            Assert.Equal(line, Encoding.ASCII.GetString(piece.Span));
            reader.Advance(piece.Length);
        }
    }

    private static async Task SendAsync(PipeWriter to, byte[] bytes, int seed)
    {
        var random = new Random(seed);
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - at, random.Next(1, 20_000));
            await to.WriteAsync(bytes.AsMemory(at, length));
            at += length;
        }

        await to.CompleteAsync();
    }
}

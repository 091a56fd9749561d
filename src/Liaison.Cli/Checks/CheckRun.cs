using System.Globalization;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Checks;

/// <summary>Sends the questions of a file piece by piece and hands on the answers. A piece that the hub could not end is sent again.</summary>
internal sealed class CheckRun(LiaisonClient client, AnswerFile answers, Surroundings around)
{
    // The hub takes in this much before it waits for anyone to read its answers.
    private const int LinesAtOnce = 1000, BytesAtOnce = 96 * 1024;
    private const int Tries = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Of all that was answered.</summary>
    public SearchManySummary Counts { get; private set; } =
        new() { SearchId = default, Lines = 0, Hit = 0, Possible = 0, NotKnown = 0, Refused = 0, AsOf = new(long.MaxValue, default) };

    /// <summary>The last line of the file that was answered.</summary>
    public long LastLine { get; private set; }

    /// <returns>Null when every line was answered, else what the hub said to the piece that was not.</returns>
    public async Task<HubReply<SearchManySummary>?> SendAsync(IEnumerable<AskedLine> questions, CancellationToken cancellation)
    {
        var (piece, numbers) = (new MemoryStream(), new List<long>());
        foreach (var question in questions)
        {
            if (numbers.Count == LinesAtOnce || (numbers.Count > 0 && piece.Length + question.Json.Length >= BytesAtOnce))
            {
                if (await SendPieceAsync(piece, numbers, cancellation) is { } broken) return broken;
            }

            piece.Write(question.Json);
            piece.WriteByte((byte)'\n');
            numbers.Add(question.Line);
        }

        var last = numbers.Count == 0 ? null : await SendPieceAsync(piece, numbers, cancellation);
        if (around.ErrIsTerminal) around.Err.WriteLine();
        return last;
    }

    private async Task<HubReply<SearchManySummary>?> SendPieceAsync(MemoryStream piece, List<long> numbers, CancellationToken cancellation)
    {
        var bytes = piece.ToArray();
        var reply = await client.SearchManyAsync(bytes, cancellation);
        // What the hub could not audit it did not answer, so asking again is safe; it is noted again, which is true.
        for (var tries = 1; reply.Problem is { Status: 429 or 503 } or { Code: "incompleteAnswer" } && tries < Tries; tries++)
        {
            await Task.Delay(Pause * tries, around.Clock, cancellation);
            reply = await client.SearchManyAsync(bytes, cancellation);
        }

        if (reply.Value is not { } summary) return reply;
        Write(reply.Body, numbers);
        Counts = Counts with
        {
            SearchId = summary.SearchId,
            Lines = Counts.Lines + numbers.Count,
            Hit = Counts.Hit + summary.Hit,
            Possible = Counts.Possible + summary.Possible,
            NotKnown = Counts.NotKnown + summary.NotKnown,
            Refer = Counts.Refer + summary.Refer,
            Refused = Counts.Refused + summary.Refused,
            AsOf = summary.AsOf.Position < Counts.AsOf.Position ? summary.AsOf : Counts.AsOf,
            Stale = Counts.Stale || summary.Stale,
        };
        LastLine = numbers[^1];
        if (around.ErrIsTerminal)
            around.Err.Write(string.Create(CultureInfo.InvariantCulture, $"\r{Counts.Lines:N0} asked, {Counts.Hit:N0} hit, {Counts.Possible:N0} possible"));
        piece.SetLength(0);
        numbers.Clear();
        return null;
    }

    private void Write(string body, List<long> numbers)
    {
        foreach (var range in body.AsSpan().Split('\n'))
        {
            var text = body[range];
            if (text.Length == 0) continue;
            var answer = JsonSerializer.Deserialize(text, LiaisonJson.Answers.SearchLineAnswer)!;
            if (answer.Line is { } line) answers.Add(text, answer, numbers[(int)line - 1]);
        }
    }
}

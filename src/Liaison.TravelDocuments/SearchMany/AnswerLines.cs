using System.Text.Json;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.TravelDocuments.Search;

namespace Liaison.TravelDocuments.SearchMany;

/// <summary>The answers to a piece of a batch, in the order of its lines, and how many of each there are.</summary>
/// <remarks>Not thread-safe; used again for a later piece.</remarks>
internal sealed class AnswerLines
{
    private readonly GrowingBytes bytes = new();

    public ReadOnlySpan<byte> Written => bytes.Written;

    /// <summary>Completes when the audit of these answers is durable: before, they must not leave.</summary>
    public Task Durable { get; set; } = Task.CompletedTask;

    /// <summary>The number of the last line.</summary>
    public long LastLine { get; private set; }

    public long Hit { get; private set; }

    public long Possible { get; private set; }

    public long NotKnown { get; private set; }

    public long Refer { get; private set; }

    public long Refused { get; private set; }

    public required AsOf AsOf { get; set; }

    public bool IsStale { get; set; }

    public void Begin(AsOf asOf, bool isStale, long lastLine)
    {
        bytes.Clear();
        (AsOf, IsStale, LastLine, Durable) = (asOf, isStale, lastLine, Task.CompletedTask);
        (Hit, Possible, NotKnown, Refer, Refused) = (0, 0, 0, 0, 0);
    }

    /// <summary>The common answer. Nothing is allocated for it.</summary>
    /// <param name="reference">What stands between the quotes of the line's ref; empty for none.</param>
    public void AddNotKnown(long line, ReadOnlySpan<byte> reference)
    {
        NotKnown++;
        AddHead(line, reference);
        bytes.Add(IsStale ? ",\"answer\":\"notKnown\",\"stale\":true}\n"u8 : ",\"answer\":\"notKnown\"}\n"u8);
    }

    public void Add(long line, string? reference, Outcome outcome, Guid searchId)
    {
        var answer = outcome.ToAnswer(searchId, AsOf, IsStale, line);
        if (outcome.Answer is Outcome.NotKnown && answer is { Mrz: null, Notes.Count: 0 })
        {
            AddNotKnown(line, Quoted(reference));
            return;
        }

        if (outcome.Answer is Outcome.Hit) Hit++;
        else if (outcome.Answer is Outcome.Possible) Possible++;
        else if (outcome.Answer is Outcome.Refer) Refer++;
        else NotKnown++;
        AddHead(line, Quoted(reference));
        bytes.Add((byte)',');
        bytes.Add(JsonSerializer.SerializeToUtf8Bytes(answer, LiaisonJson.Default.SearchAnswer).AsSpan(1));
        bytes.Add((byte)'\n');
    }

    public void Add(long line, string? reference, Problem problem)
    {
        Refused++;
        AddHead(line, Quoted(reference));
        bytes.Add(",\"problem\":"u8);
        bytes.Add(JsonSerializer.SerializeToUtf8Bytes(problem, LiaisonJson.Default.Problem));
        bytes.Add("}\n"u8);
    }

    /// <summary>The last line, whichever it is.</summary>
    public static byte[] End(SearchLineAnswer last) => [.. JsonSerializer.SerializeToUtf8Bytes(last, LiaisonJson.Default.SearchLineAnswer), (byte)'\n'];

    private static ReadOnlySpan<byte> Quoted(string? reference) => reference is null ? default : JsonEncodedText.Encode(reference).EncodedUtf8Bytes;

    private void AddHead(long line, ReadOnlySpan<byte> reference)
    {
        bytes.Add("{\"line\":"u8);
        bytes.Add(line);
        if (reference.IsEmpty) return;
        bytes.Add(",\"ref\":\""u8);
        bytes.Add(reference);
        bytes.Add((byte)'"');
    }
}

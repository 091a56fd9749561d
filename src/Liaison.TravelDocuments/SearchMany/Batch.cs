using Liaison.Api;
using Liaison.Kernel.Parsing;
using Liaison.Matching;
using Liaison.Platform.Access;
using Liaison.Platform.Audit;
using Liaison.Platform.Outbox;
using Liaison.Platform.Web;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Search;
using Liaison.TravelDocuments.Storage;

namespace Liaison.TravelDocuments.SearchMany;

/// <summary>One batch while it is asked, piece by piece: parse → match → read → decide → audit. What a piece needs is kept for the next.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class Batch(Act act, DocumentIndex index, CandidateRecords candidates, PieceAudit audit, TimeProvider clock)
{
    private const int MostLines = 2048;
    private const int LongestRef = 100;
    private static readonly Dictionary<long, StoredDocument> Nothing = [];

    private readonly Facets facets = new(act, clock);
    private readonly bool needsKind = act.Caller.MemberKind is MemberKind.Carrier;
    private readonly ToldBefore told = new();
    private readonly AskedList asked = new();
    private readonly PieceMarks? marks = audit.Remembering.Begin();
    private readonly Line[] lines = new Line[MostLines];
    private readonly Question[] questions = new Question[MostLines];
    private readonly SearchResult[] results = new SearchResult[MostLines];
    private int lineCount, questionCount;
    private long linesBefore, lastLine;

    /// <summary>Who asks, as it was when last looked at.</summary>
    public Caller Caller { get; set; } = act.Caller;

    /// <summary>Names the batch in the audit.</summary>
    public Guid Id { get; } = Guid.CreateVersion7(clock.GetUtcNow());

    /// <summary>Answers the lines at the beginning of a piece, as many as are taken at once. Their audit is on its way then.</summary>
    /// <returns>How many bytes were taken.</returns>
    public async ValueTask<int> AnswerAsync(ReadOnlyMemory<byte> piece, AnswerLines answers, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var taken = Read(piece.Span, now);
        var asOf = index.AsOf;
        answers.Begin(asOf, index.IsStale, lastLine);
        index.SearchMany(questions.AsSpan(0, questionCount), Proposals.Most, results);
        var proposed = Propose(piece.Span, now);
        var records = proposed is null ? Nothing : await candidates.ReadAsync(proposed, cancellation);
        if (proposed is not null) await ReadOnAsync(records, now, cancellation);
        var (id, events) = (Guid.CreateVersion7(now), new List<OutboxEvent>());
        Decide(piece.Span, answers, records, id, now, events);
        if (asked.IsEmpty) return taken;
        var entry = Entry(id, now);
        answers.Durable = audit.Writer.AppendAsync(new AuditedEntry(entry, events, marks?.Of(entry, asOf.Position)), cancellation);
        return taken;
    }

    /// <summary>Finds the lines and their questions.</summary>
    private int Read(ReadOnlySpan<byte> piece, DateTimeOffset now)
    {
        (lineCount, questionCount, linesBefore) = (0, 0, lastLine);
        var at = 0;
        while (at < piece.Length && lineCount < MostLines)
        {
            var length = piece[at..].IndexOf((byte)'\n');
            var next = length < 0 ? piece.Length : at + length + 1;
            var end = length < 0 ? piece.Length : at + length;
            if (end > at && piece[end - 1] == '\r') end--;
            lastLine++;
            if (!IsBlank(piece[at..end])) lines[lineCount++] = ReadLine(piece, at, end, now);
            at = next;
        }

        return at;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0;

    private Line ReadLine(ReadOnlySpan<byte> piece, int start, int end, DateTimeOffset now)
    {
        var text = piece[start..end];
        var line = new Line { Number = lastLine, Start = start, End = end };
        if (PlainLine.TryRead(text, out var plain) && (!plain.Kind.IsEmpty || !needsKind) && NumberKey.TryParse(plain.Number, out var key)
            && facets.Find(plain.Issuer, plain.Kind) is { } facet)
        {
            questions[questionCount] = facet.Asked with { Number = key };
            return line with { Facet = facet, Asked = questionCount++ };
        }

        var (question, reference, problem) = Parse(text, now);
        return line with { Question = question, Ref = reference, Problem = problem };
    }

    private (SearchQuestion? Question, string? Ref, Problem? Problem) Parse(ReadOnlySpan<byte> line, DateTimeOffset now)
    {
        if (line.Length > QuestionLines.Longest)
            return (null, null, PlatformProblems.BodyTooLarge.With($"At most {QuestionLines.Longest} bytes a line."));
        var body = RequestBody.Parse(line.ToArray(), LiaisonJson.Default.SearchLine, null);
        if (body.Value is not { } read) return (null, null, body.Problem);
        if (read.Ref is { } reference && (reference.Length > LongestRef || reference.Any(char.IsControl)))
        {
            return (null, null, PlatformProblems.Invalid(
                [new FieldProblem("ref", "textTooLong", $"At most {LongestRef} characters, without control characters.")]));
        }

        if (CarrierRules.Refuse(Caller, read) is { Count: > 0 } notForCarriers) return (null, read.Ref, PlatformProblems.Invalid(notForCarriers));
        if (!SearchQuestionParser.Parse(read, act.Purpose, now).Is(out var question, out var problems))
            return (null, read.Ref, PlatformProblems.Invalid(problems));
        // That of the batch was judged at the gate.
        return question.Purpose != act.Purpose
            && AccessDecision.Refuse(Caller, TravelDocumentPermissions.Search, question.Purpose, now) is { } refusal
                ? (null, read.Ref, refusal.Problem)
                : (question, read.Ref, null);
    }

    /// <summary>The records to read; null when there are none, as almost always.</summary>
    private HashSet<long>? Propose(ReadOnlySpan<byte> piece, DateTimeOffset now)
    {
        HashSet<long>? records = null;
        for (var i = 0; i < lineCount; i++)
        {
            ref var line = ref lines[i];
            if (line.Facet is not null)
            {
                if (results[line.Asked].Candidates.Count == 0) continue;
                (line.Question, line.Ref, _) = Parse(piece[line.Start..line.End], now);
                line.Proposals = Proposals.Of(results[line.Asked], []);
            }
            else if (line.Question is not null) line.Proposals = Proposals.Ask(index, line.Question);

            if (line.Proposals is { Records.Count: > 0 } proposals) (records ??= []).UnionWith(proposals.Records);
        }

        return records;
    }

    private async Task ReadOnAsync(Dictionary<long, StoredDocument> records, DateTimeOffset now, CancellationToken cancellation)
    {
        for (var i = 0; i < lineCount; i++)
        {
            if (lines[i] is not { Question: { } question, Proposals: { More: true } some }) continue;
            lines[i].Proposals = await candidates.EnoughAsync(Caller, question, some, records, DateOnly.FromDateTime(now.UtcDateTime), cancellation);
        }
    }

    private void Decide(
        ReadOnlySpan<byte> piece, AnswerLines answers, Dictionary<long, StoredDocument> records, Guid id, DateTimeOffset now, List<OutboxEvent> events)
    {
        asked.Begin();
        marks?.Clear();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        for (var i = 0; i < lineCount; i++)
        {
            ref readonly var line = ref lines[i];
            if (line.Problem is { } problem)
            {
                asked.Refuse(line.Number);
                answers.Add(line.Number, line.Ref, problem);
                continue;
            }

            if (line.Question is not { } question)
            {
                PlainLine.TryRead(piece[line.Start..line.End], out var plain);
                marks?.Add(questions[line.Asked].Number, questions[line.Asked].Issuer, asked.Count, line.Number);
                asked.Add(plain.Number, line.Facet!);
                answers.AddNotKnown(line.Number, plain.Ref);
                continue;
            }

            var outcome = candidates.Decide(Caller, question, line.Proposals!, records, today);
            marks?.Add(question, asked.Count, line.Number);
            asked.Add(question.Number, AskedJson.Besides(question, act).Text);
            asked.Found(outcome);
            events.AddRange(outcome.Events(id, now, line.Number, told));
            answers.Add(line.Number, line.Ref, outcome, id);
        }
    }

    private AuditEntry Entry(Guid id, DateTimeOffset now) =>
        AuditEntry.Of(Caller, act.Kind, asked.Outcome, now) with
        {
            Id = id,
            Purpose = act.Purpose,
            Reference = act.Reference,
            Asked = asked.ToJson(Id, linesBefore + 1),
            Records = [.. asked.Records],
        };

    private record struct Line
    {
        public long Number { get; init; }

        public int Start { get; init; }

        public int End { get; init; }

        /// <summary>Of a plain line; null for a line that the parser read.</summary>
        public Facet? Facet { get; init; }

        /// <summary>Place of a plain line's question.</summary>
        public int Asked { get; init; }

        public SearchQuestion? Question { get; set; }

        public string? Ref { get; set; }

        public Problem? Problem { get; init; }

        public Proposals? Proposals { get; set; }
    }
}

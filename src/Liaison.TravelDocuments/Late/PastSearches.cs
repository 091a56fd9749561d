using System.Runtime.CompilerServices;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Parsing;
using Liaison.Matching;
using Liaison.Platform.Access;
using Liaison.Platform.Data;
using Liaison.Platform.Searches;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Search;
using Liaison.TravelDocuments.Storage;

namespace Liaison.TravelDocuments.Late;

/// <summary>Old questions on travel documents: what changes may answer them, and whether they do.</summary>
internal sealed class PastSearches(
    SystemDatabase system, DocumentIndex index, SearchPrints prints, Remembering remembering, ICallers callers, KnownMembers members) : IPastSearches
{
    /// <summary>Whatever came last of searches is looked through from end to end for each page.</summary>
    private const int PageLength = 65_536;

    public string Dataset => index.Name;

    public string Event => TravelDocumentEvents.Searched.Code;

    public long? Position => index.IsComplete ? index.AsOf.Position : null;

    public Inquiry? Remember(AskedBefore asked, long position) =>
        AskedAgain.Read(asked, 0) is { } question ? remembering.Of(question, asked.Id, asked.At, position) : null;

    public async IAsyncEnumerable<PrintPage> PrintsAsync(
        IReadOnlyList<ChangeSet> changeSets, long after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var connection = await system.Source.OpenConnectionAsync(cancellation);
        var positions = changeSets.ToDictionary(set => set.Id, set => set.Position);
        var (printed, records, through) = (new List<Printed>(), new List<(long Record, long Position)>(), after);
        await foreach (var (record, first, last, issuer, set) in PrintRows.StreamAsync(connection, [.. positions.Keys], after, cancellation))
        {
            var position = positions[set];
            if (last is not { } end)
            {
                Add(record, position, first, issuer);
                // Who gave no issuer is told of it too.
                Add(record, position, first, 0);
            }
            else if (NumberRange.TryCreate(first, end, out var range) is RangeFault.None)
            {
                for (var i = 0L; i < (long)range.Count; i++)
                {
                    Add(record, position, range.At(i), issuer);
                    if (printed.Count >= PageLength) yield return Page();
                }
            }

            through = record;
            if (printed.Count >= PageLength) yield return Page();
        }

        yield return Page();

        void Add(long record, long position, NumberKey number, ushort issuer)
        {
            printed.Add(new(number, issuer));
            records.Add((record, position));
        }

        PrintPage Page()
        {
            var made = prints.OfAll([.. printed]).SelectMany(under => under.Select((print, i) => new RecordPrint(print, records[i].Record, records[i].Position))).ToArray();
            printed.Clear();
            records.Clear();
            return new(made, through);
        }
    }

    public Parsed<StandingAsk> Understand(Caller caller, StandingText text, DateTimeOffset now)
    {
        var request = new SearchRequest { Number = text.Number, Issuer = text.Issuer, Kind = text.Kind };
        if (!SearchQuestionParser.Parse(request, text.Purpose, now).Is(out var question, out var problems)) return Parsed<StandingAsk>.Failed(problems);
        if (Remembering.Issuer(question) is not { } issuer)
            return new FieldProblem("issuer", "issuerUnknown", "Not an issuing code of ICAO Doc 9303-3 §5, as D, FRA, UNO or XOM.");
        var refusal = caller.MemberKind is MemberKind.Carrier ? Platform.Web.PlatformProblems.PermissionMissing.With("A carrier asks for the document that it has before it.")
            : AccessDecision.Refuse(caller, TravelDocumentPermissions.Search, question.Purpose, now)?.Problem;
        return new StandingAsk(AskedJson.Of(question), question.Number.Key.Text, question.Issuer, prints.Of(new(question.Number.Key, issuer)), refusal);
    }

    public async Task<IReadOnlyList<LateMatch>> AskAgainAsync(IReadOnlyList<PastQuestion> questions, DateTimeOffset at, CancellationToken cancellation)
    {
        await members.FilledAsync(cancellation);
        var records = await ReadAsync([.. questions.SelectMany(q => q.Records).Distinct()], cancellation);
        var askers = new Dictionary<string, Caller?>();
        var matches = new List<LateMatch>();
        for (var i = 0; i < questions.Count; i++)
        {
            var asked = questions[i].Asked;
            if (AskedAgain.Read(asked, questions[i].Place) is not { } question) continue;
            if (!askers.TryGetValue(asked.Account, out var asker))
                askers.Add(asked.Account, asker = await callers.OfAccountAsync(asked.Account, cancellation));
            // Who may not ask any more is not told either.
            if (asker is null || asker.Member != asked.Member) continue;
            if (AccessDecision.Refuse(asker, TravelDocumentPermissions.Search, question.Purpose, at) is not null) continue;
            matches.AddRange(Judge(asker, question, questions[i], records, at).Select(m => m with { Question = i }));
        }

        return matches;
    }

    public async Task<IReadOnlyList<RecordNow>> NowAsync(Guid[] records, CancellationToken cancellation)
    {
        await using var connection = await system.Source.OpenConnectionAsync(cancellation);
        return await PrintRows.NowAsync(connection, records, cancellation);
    }

    private IEnumerable<LateMatch> Judge(
        Caller asker, SearchQuestion question, PastQuestion past, Dictionary<long, StoredDocument> records, DateTimeOffset at)
    {
        StoredDocument[] untold = [.. past.Records.Where(records.ContainsKey).Select(r => records[r]).Where(r => !past.Asked.Told.Contains(r.Id))];
        var proposals = Proposals.Of(new(0, Compare(question.Number), false), question.Repaired is { } repaired ? Compare(repaired) : []);
        var outcome = Outcome.Decide(asker, question, proposals, untold.ToDictionary(r => r.Record), DateOnly.FromDateTime(at.UtcDateTime), members);
        return (outcome with { AskedAt = past.Asked.At }).Told(past.Asked.Id, at, past.Line == 0 ? null : past.Line)
            .Select(told => new LateMatch(0, told.Stored.Record, told.Stored.Id, told.Stored.Owner, told.Event, told.IsSilent));

        Candidate[] Compare(DocumentNumber number) =>
            [.. untold.Select(stored => LateRules.Compare(question, number, stored)).Where(c => c is not null).Select(c => c!.Value)];
    }

    private async Task<Dictionary<long, StoredDocument>> ReadAsync(long[] records, CancellationToken cancellation)
    {
        await using var connection = await system.Source.OpenConnectionAsync(cancellation);
        return (await PrintRows.OfAsync(connection, records, cancellation)).ToDictionary(record => record.Record);
    }
}

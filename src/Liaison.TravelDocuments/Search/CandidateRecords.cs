using Liaison.Platform.Access;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;

namespace Liaison.TravelDocuments.Search;

/// <summary>
/// Reads the records of candidates and decides. Reads on where the index has more candidates than it gave: those that the asker may not see must
/// take nobody's place, and must not make it look as if there were more.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class CandidateRecords(DocumentIndex index, DocumentStore store, KnownMembers members)
{
    private const int Step = 8;

    /// <summary>So many candidates one question may cost. Of what is beyond nothing is told, not even that it is there.</summary>
    private const int MostEver = Proposals.Most * Step * Step;

    /// <summary>By internal key, those that are still there.</summary>
    public async Task<Dictionary<long, StoredDocument>> ReadAsync(IEnumerable<long> records, CancellationToken cancellation) =>
        (await store.FindAllAsync([.. records], cancellation)).ToDictionary(record => record.Record);

    public Outcome Decide(
        Caller caller, SearchQuestion question, Proposals proposals, IReadOnlyDictionary<long, StoredDocument> records, DateOnly today) =>
        Outcome.Decide(caller, question, proposals, records, today, members);

    /// <param name="caller">Who asks.</param>
    /// <param name="question">What is asked.</param>
    /// <param name="first">What the index gave first, and was read.</param>
    /// <param name="records">By internal key; more are added.</param>
    /// <param name="today">The day that the rules judge by.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>Candidates of which every record that counts is in <paramref name="records"/>.</returns>
    public async Task<Proposals> EnoughAsync(Caller caller, SearchQuestion question, Proposals first, Dictionary<long, StoredDocument> records,
        DateOnly today, CancellationToken cancellation)
    {
        var proposals = first;
        for (var limit = Proposals.Most * Step; proposals.More && limit <= MostEver && !Outcome.IsFull(caller, question, proposals, records, today); limit *= Step)
        {
            proposals = Proposals.Ask(index, question, limit);
            long[] unread = [.. proposals.Records.Where(record => !records.ContainsKey(record))];
            foreach (var stored in await store.FindAllAsync(unread, cancellation)) records[stored.Record] = stored;
        }

        return proposals;
    }
}

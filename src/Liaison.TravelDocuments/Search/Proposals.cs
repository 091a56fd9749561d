using Liaison.Kernel.Issuers;
using Liaison.Matching;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Storage;

namespace Liaison.TravelDocuments.Search;

/// <summary>The records that the index proposes for a question: to be read before anything is decided.</summary>
internal sealed class Proposals
{
    /// <summary>More than is ever listed, because records that no longer answer are dropped only after they were read.</summary>
    public const int Most = 1000;

    /// <summary>An issuer was given that is no code, only like one: no packed code has this value, so that nothing matches it exactly.</summary>
    internal const ushort NoSuchIssuer = ushort.MaxValue;

    private readonly Dictionary<long, (Candidate Candidate, bool ByRepair)> found;

    private Proposals(Dictionary<long, (Candidate Candidate, bool ByRepair)> found, bool more) => (this.found, More) = (found, more);

    /// <summary>True when weaker records were left out. Not for the asker: it may not see any of them.</summary>
    public bool More { get; }

    /// <summary>The internal keys of the records to read.</summary>
    public IReadOnlyCollection<long> Records => found.Keys;

    /// <summary>Asks the index for the number printed and for the one repaired.</summary>
    public static Proposals Ask(DocumentIndex index, SearchQuestion question, int limit = Most)
    {
        var printed = index.Search(Indexed(question, question.Number), limit);
        if (question.Repaired is not { } repaired) return Of(printed, []);
        var proven = index.Search(Indexed(question, repaired), limit);
        return Of(printed with { More = printed.More || proven.More }, proven.Candidates);
    }

    /// <param name="printed">What the index has for the number as printed.</param>
    /// <param name="repaired">What it has for the number that a check digit proves.</param>
    public static Proposals Of(SearchResult printed, IReadOnlyList<Candidate> repaired)
    {
        var found = new Dictionary<long, (Candidate Candidate, bool ByRepair)>();
        foreach (var candidate in repaired)
        {
            if (candidate.Number is NumberMatch.Exact or NumberMatch.Range) found.TryAdd(candidate.Record, (candidate, true));
        }

        foreach (var candidate in printed.Candidates)
        {
            // What is on file as printed needs no repair to be found.
            if (candidate.Number is NumberMatch.Exact or NumberMatch.Range) found[candidate.Record] = (candidate, false);
            else found.TryAdd(candidate.Record, (candidate, false));
        }

        return new(found, found.Count > 0 && printed.More);
    }

    /// <summary>The question as the index takes it.</summary>
    public static Question Indexed(SearchQuestion question, DocumentNumber number)
    {
        uint kinds = 0;
        foreach (var kind in question.Kinds) kinds |= 1u << DocumentCodes.KindBit(kind);
        return new()
        {
            Number = number.Key,
            Issuer = question.Issuer is { } issuer ? IssuingCodes.Pack(issuer) : question.IssuerAsked ? NoSuchIssuer : (ushort)0,
            LookAlikeIssuers = question.LookAlikeIssuers.Select(IssuingCodes.Pack).ToArray(),
            Kinds = kinds,
            Near = question.Near,
        };
    }

    /// <summary>Strongest first; what was not read is left out.</summary>
    public IEnumerable<Finding> With(IReadOnlyDictionary<long, StoredDocument> records) =>
        found.Where(f => records.ContainsKey(f.Key))
            .OrderBy(f => f.Value.Candidate.Number).ThenBy(f => f.Key)
            .Select(f => new Finding(f.Value.Candidate, f.Value.ByRepair, records[f.Key]));
}

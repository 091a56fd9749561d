using Liaison.Matching;
using Liaison.TravelDocuments.Domain;

namespace Liaison.TravelDocuments.Search;

/// <summary>
/// What the lines of one batch made known. Who repeats a document, at the same place, has one hit on it and not as many as lines: otherwise one list
/// could keep every owner's desk busy.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class ToldBefore
{
    /// <summary>More are not remembered, so that a list without end takes no memory without end.</summary>
    private const int Most = 100_000;

    private readonly Dictionary<Told, (Guid Id, Guid Search)> events = [];

    /// <summary>The event that told the same before; null when there was none, and from now on there is.</summary>
    /// <returns>Its id, and whether it is of the same piece, whose audit entry it is found by.</returns>
    public (Guid Id, bool IsOfPiece)? Find(string type, Judgement judgement, SearchQuestion question, Guid id, Guid piece)
    {
        var told = new Told(type, judgement.Stored.Id, question.Number.Key, question.IsVague, string.Join(' ', judgement.Reasons.Select(r => r.Code)),
            question.Place, question.Priority);
        if (events.TryGetValue(told, out var earlier))
        {
            events[told] = (earlier.Id, piece);
            return (earlier.Id, earlier.Search == piece);
        }

        if (events.Count < Most) events.Add(told, (id, piece));
        return null;
    }

    /// <summary>With all by which the owner's answer may differ: a hit on the very document, and one that may be another's, are never one.</summary>
    private readonly record struct Told(
        string Type, Guid Record, NumberKey Number, bool IsVague, string Reasons, string? Place, string? Priority);
}

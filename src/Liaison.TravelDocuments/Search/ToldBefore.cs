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

    private readonly Dictionary<(string Type, Guid Record, NumberKey Number, string? Place, string? Priority), Guid> ids = [];

    /// <summary>The id of the event that told the same before; null when there was none, and from now on there is.</summary>
    public Guid? Find(string type, Guid record, SearchQuestion question, Guid id)
    {
        var key = (type, record, question.Number.Key, question.Place, question.Priority);
        if (ids.TryGetValue(key, out var earlier)) return earlier;
        if (ids.Count < Most) ids.Add(key, id);
        return null;
    }
}

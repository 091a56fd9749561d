using System.Text;
using Liaison.Matching;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Search;

namespace Liaison.TravelDocuments.SearchMany;

/// <summary>
/// What a piece of a batch asked and what came of it, as one audit entry holds it: docs/spec/audit-entry.md, section 1.2. Some fifteen
/// bytes a question, and every number stands in quotes so that it can be found.
/// </summary>
/// <remarks>Not thread-safe; used again for the next piece.</remarks>
internal sealed class AskedList
{
    private readonly GrowingBytes questions = new();
    private readonly GrowingBytes found = new();
    private readonly List<Facet> facets = [];
    private readonly Dictionary<string, Facet> unusual = [];
    private readonly List<long> refused = [];
    private readonly List<Guid> records = [];
    private long piece;
    private int count;

    /// <summary>How many were added: the place of the next.</summary>
    public int Count => count;

    public bool IsEmpty => count == 0;

    /// <summary>Of all questions in their order.</summary>
    public IReadOnlyList<Guid> Records => records;

    /// <summary>The strongest.</summary>
    public string Outcome { get; private set; } = Search.Outcome.NotKnown;

    public void Begin()
    {
        piece++;
        count = 0;
        questions.Clear();
        found.Clear();
        facets.Clear();
        unusual.Clear();
        refused.Clear();
        records.Clear();
        Outcome = Search.Outcome.NotKnown;
    }

    public void Refuse(long line) => refused.Add(line);

    /// <param name="number">Canonical.</param>
    public void Add(ReadOnlySpan<byte> number, Facet facet)
    {
        if (count++ > 0) questions.Add((byte)',');
        questions.Add((byte)'"');
        questions.Add(number);
        questions.Add("\","u8);
        questions.Add(PlaceOf(facet));
    }

    /// <param name="besides">What the question asks besides its number, JSON.</param>
    public void Add(DocumentNumber number, string besides)
    {
        Span<byte> text = stackalloc byte[NumberKey.MaxLength];
        if (!unusual.TryGetValue(besides, out var facet)) unusual.Add(besides, facet = new(default, besides));
        Add(text[..Encoding.ASCII.GetBytes(number.Key.Text, text)], facet);
    }

    /// <summary>What came of the question added last.</summary>
    public void Found(Outcome outcome)
    {
        if (outcome.Answer is Search.Outcome.NotKnown) return;
        if (found.Length > 0) found.Add((byte)',');
        found.Add((byte)'[');
        found.Add(count - 1);
        found.Add(outcome.Answer switch { Search.Outcome.Hit => ",\"hit\","u8, Search.Outcome.Refer => ",\"refer\","u8, _ => ",\"possible\","u8 });
        found.Add(outcome.Shown.Count);
        found.Add((byte)']');
        records.AddRange(outcome.Records);
        if (Outcome is not Search.Outcome.Hit) Outcome = outcome.Answer;
    }

    public string ToJson(Guid batch, long firstLine)
    {
        var json = new StringBuilder(questions.Length + found.Length + 256);
        json.Append(null, $"{{\"batch\":\"{batch}\",\"firstLine\":{firstLine},\"questions\":[");
        Append(json, questions);
        json.Append("],\"facets\":[").AppendJoin(',', facets.Select(f => f.Text)).Append(']');
        if (refused.Count > 0) json.Append(",\"refused\":[").AppendJoin(',', refused).Append(']');
        if (found.Length > 0)
        {
            json.Append(",\"found\":[");
            Append(json, found);
            json.Append(']');
        }

        return json.Append('}').ToString();
    }

    private static void Append(StringBuilder json, GrowingBytes ascii) => json.Append(Encoding.ASCII.GetString(ascii.Written));

    private int PlaceOf(Facet facet)
    {
        if (facet.Listed.Piece == piece) return facet.Listed.Place;
        facet.Listed = (piece, facets.Count);
        facets.Add(facet);
        return facet.Listed.Place;
    }
}

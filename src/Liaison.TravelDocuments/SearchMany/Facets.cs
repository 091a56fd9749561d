using System.Text;
using Liaison.Api.TravelDocuments;
using Liaison.Matching;
using Liaison.Platform.Audit;
using Liaison.TravelDocuments.Domain;
using Liaison.TravelDocuments.Search;

namespace Liaison.TravelDocuments.SearchMany;

/// <summary>What a question asks besides its number: as the index takes it, and as the audit lists it.</summary>
internal sealed class Facet(Question asked, string text)
{
    /// <summary>The question; its number is still to be put in.</summary>
    public Question Asked { get; } = asked;

    /// <summary>JSON.</summary>
    public string Text { get; } = text;

    /// <summary>The piece that listed it last, and where in its list.</summary>
    public (long Piece, int Place) Listed { get; set; }
}

/// <summary>
/// The facets of plain lines, by issuer and kind as written. Each is made once, by the parser of single searches, so that both understand
/// the same of it.
/// </summary>
/// <remarks>Not thread-safe: one batch has its own.</remarks>
internal sealed class Facets(Act act, TimeProvider clock)
{
    private static readonly byte[][] Kinds = [.. DocumentCodes.Kinds.Codes.Select(Encoding.ASCII.GetBytes)];

    private readonly Dictionary<int, Facet> known = [];

    /// <returns>Null for anything that the parser has to look at.</returns>
    public Facet? Find(ReadOnlySpan<byte> issuer, ReadOnlySpan<byte> kind)
    {
        if (issuer.Length > 3) return null;
        var key = 0;
        foreach (var letter in issuer)
        {
            if (!char.IsAsciiLetter((char)letter)) return null;
            key = key << 8 | letter;
        }

        if (!kind.IsEmpty)
        {
            var place = 0;
            while (!kind.SequenceEqual(Kinds[place]))
            {
                if (++place == Kinds.Length) return null;
            }

            key |= (place + 1) << 24;
        }

        return known.TryGetValue(key, out var facet) ? facet : Make(key, issuer, kind);
    }

    private Facet? Make(int key, ReadOnlySpan<byte> issuer, ReadOnlySpan<byte> kind)
    {
        var request = new SearchRequest
        {
            Number = "0", Issuer = Encoding.ASCII.GetString(issuer), Kind = kind.IsEmpty ? null : Encoding.ASCII.GetString(kind),
        };
        if (!SearchQuestionParser.Parse(request, act.Purpose, clock.GetUtcNow()).Is(out var question, out _)) return null;
        return known[key] = new(Proposals.Indexed(question, question.Number), AskedJson.Besides(question, act).Text);
    }
}

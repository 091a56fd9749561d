using Liaison.Matching;

namespace Liaison.TravelDocuments.Domain;

/// <summary>
/// Which records an old question is told of later, as pure functions: those that would make a hit today, and those whose number differs only in
/// characters that are taken for one another, of the issuer asked. Never what is only near.
/// </summary>
internal static class LateRules
{
    /// <summary>How a record compares with a question; null when nothing of it is told later.</summary>
    public static Candidate? Compare(SearchQuestion question, DocumentNumber number, StoredDocument stored)
    {
        var document = stored.Document;
        if (question.IssuerUnreadable || (question.IssuerAsked && question.Issuer != document.Issuer)) return null;
        var issuer = question.IssuerAsked ? FacetMatch.Same : FacetMatch.NotAsked;
        if (question.Kinds.Count > 0 && !question.Kinds.Contains(document.Kind)) return null;
        return Number(number.Key, document) is { } match && (issuer is FacetMatch.Same || match is NumberMatch.Exact)
            ? new(stored.Record, match, issuer, question.Kinds.Count > 0 ? FacetMatch.Same : FacetMatch.NotAsked)
            : null;
    }

    private static NumberMatch? Number(NumberKey asked, ReportedDocument document)
    {
        if (document.RangeTo is { } last)
        {
            return NumberRange.TryCreate(document.Number.Key, last.Key, out var range) is RangeFault.None && range.Contains(asked)
                ? NumberMatch.Range : null;
        }

        if (asked == document.Number.Key) return NumberMatch.Exact;
        Span<byte> one = stackalloc byte[32], other = stackalloc byte[32];
        asked.WriteFolded(one);
        document.Number.Key.WriteFolded(other);
        return one.SequenceEqual(other) ? NumberMatch.Confusable : null;
    }
}

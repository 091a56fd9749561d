namespace Liaison.Matching;

/// <summary>How an entry's issuer and kind agree with the question's.</summary>
internal static class Facets
{
    public static FacetMatch Issuer(in Question question, ushort issuer)
    {
        if (question.Issuer == 0) return FacetMatch.NotAsked;
        if (question.Issuer == issuer) return FacetMatch.Same;
        return question.LookAlikeIssuers.Span.Contains(issuer) ? FacetMatch.LookAlike : FacetMatch.Other;
    }

    public static FacetMatch Kind(in Question question, byte kind)
    {
        if (question.Kinds == 0) return FacetMatch.NotAsked;
        return (question.Kinds >> kind & 1) == 1 ? FacetMatch.Same : FacetMatch.Other;
    }
}

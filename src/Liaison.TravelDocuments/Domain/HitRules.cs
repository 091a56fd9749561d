using Liaison.Api.TravelDocuments;
using Liaison.Matching;

namespace Liaison.TravelDocuments.Domain;

/// <summary>A record that the index proposed, and how it compares with the question.</summary>
/// <param name="Candidate">What the index found.</param>
/// <param name="ByRepair">True when it was found by the number that the check digit proves, not by the one printed.</param>
/// <param name="Stored">The record.</param>
internal sealed record Finding(Candidate Candidate, bool ByRepair, StoredDocument Stored);

/// <summary>A finding that counts, with why and how strongly.</summary>
internal sealed record Judgement(bool IsHit, IReadOnlyList<Explanation> Reasons, IReadOnlyList<Explanation> Notes, StoredDocument Stored);

/// <summary>
/// What makes a <c>hit</c> and what only a <c>possible</c>, as a pure function. A hit: same issuer (or none asked), same kind (or none
/// asked), and the number the same, inside a blank range, or repaired in the one way that the MRZ's check digit proves.
/// </summary>
internal static class HitRules
{
    /// <summary>Strongest first; the order among equals is the index's.</summary>
    public static IReadOnlyList<Judgement> Judge(SearchQuestion question, IEnumerable<Finding> findings, DateOnly today) =>
        [.. findings.Where(f => f.Stored.Answers(today)).Select(f => Judge(question, f, today)).OrderByDescending(j => j.IsHit)];

    private static Judgement Judge(SearchQuestion question, Finding finding, DateOnly today)
    {
        var candidate = finding.Candidate;
        var sameNumber = candidate.Number is NumberMatch.Exact or NumberMatch.Range;
        var isHit = sameNumber && IsSame(candidate.Issuer) && IsSame(candidate.Kind) && !question.IssuerUnreadable;
        List<Explanation> reasons = [NumberReason(question, finding)];
        if (question.IssuerUnreadable) reasons.Add(Reason.IssuerUnreadable);
        if (candidate.Issuer is FacetMatch.LookAlike) reasons.Add(Reason.IssuerConfusable);
        if (candidate.Issuer is FacetMatch.Other) reasons.Add(Reason.OtherIssuer);
        if (candidate.Kind is FacetMatch.Other) reasons.Add(Reason.OtherKind);
        return new(isHit, reasons, Notes(finding.Stored.Document, today), finding.Stored);
    }

    private static bool IsSame(FacetMatch match) => match is FacetMatch.Same or FacetMatch.NotAsked;

    private static Explanation NumberReason(SearchQuestion question, Finding finding)
    {
        if (finding.ByRepair) return finding.Candidate.Number is NumberMatch.Range ? Reason.RepairedInsideRange : Reason.NumberRepaired;
        return finding.Candidate.Number switch
        {
            NumberMatch.Exact when question.Number.Written == finding.Stored.Document.Number.Written || question.Mrz is not null =>
                Reason.NumberExact,
            NumberMatch.Exact => Reason.SeparatorsIgnored,
            NumberMatch.Range => Reason.InsideBlankRange,
            NumberMatch.Confusable => Reason.NumberConfusable,
            NumberMatch.RangeConfusable => Reason.RangeConfusable,
            NumberMatch.Substituted => Reason.OneCharacterOff,
            NumberMatch.Transposed => Reason.NeighboursSwapped,
            _ => throw new ArgumentOutOfRangeException(nameof(finding), "The index found a match that has no reason."),
        };
    }

    private static List<Explanation> Notes(ReportedDocument document, DateOnly today)
    {
        var notes = new List<Explanation>();
        if (document.Found is not null) notes.Add(Reason.FoundStillNotValid);
        if (document.ExpiryDate is { } expiry && expiry.Latest < today) notes.Add(Reason.DocumentExpired);
        return notes;
    }
}

/// <summary>The reasons and notes of an answer: codes for programs, sentences for people.</summary>
internal static class Reason
{
    public static readonly Explanation NumberExact = new("numberExact", "The number is the same.");
    public static readonly Explanation SeparatorsIgnored =
        new("separatorsIgnored", "The number is the same; only separators, spaces or upper and lower case differ.");
    public static readonly Explanation InsideBlankRange = new("insideBlankRange", "The number lies inside a range of stolen blanks of this issuer.");
    public static readonly Explanation NumberRepaired = new("numberRepaired",
        "One character of the MRZ was misread; it can be repaired in one way only, and the check digit proves the repaired number.");
    public static readonly Explanation RepairedInsideRange = new("repairedInsideRange",
        "One character of the MRZ was misread; the number that the check digit proves lies inside a range of stolen blanks.");
    public static readonly Explanation NumberConfusable = new("numberConfusable",
        "The number differs only in characters that are taken for one another, as O and 0 or I and 1. Compare it with the document.");
    public static readonly Explanation RangeConfusable = new("rangeConfusable",
        "With look-alike characters exchanged the number lies inside a range of stolen blanks. Compare it with the document.");
    public static readonly Explanation OneCharacterOff = new("oneCharacterOff", "One character of the number differs. Compare it with the document.");
    public static readonly Explanation NeighboursSwapped =
        new("neighboursSwapped", "Two neighbouring characters of the number are swapped. Compare it with the document.");
    public static readonly Explanation IssuerConfusable =
        new("issuerConfusable", "The issuer differs in one character that is easily misread. Compare it with the document.");
    public static readonly Explanation IssuerUnreadable = new("issuerUnreadable",
        "The issuer in the MRZ is no issuing code, so it was misread: compare the document's issuer with the record's.");
    public static readonly Explanation OtherIssuer = new("otherIssuer", "The record is of another issuer.");
    public static readonly Explanation OtherKind = new("otherKind", "The record is of another kind of document.");

    public static readonly Explanation Sealed = new("sealed", "The owner says no more than that there is a match. Ask it.");

    public static readonly Explanation FoundStillNotValid = new("foundStillNotValid", "Found, still not valid: ask the owner.");
    public static readonly Explanation DocumentExpired =
        new("documentExpired", "The document's own expiry date has passed; the report still stands.");

    public static readonly Explanation WeakWithoutIssuer = new("weakWithoutIssuer",
        "Asked without an issuer: numbers repeat between countries. At most 10 records are shown, and blank ranges are not searched.");

    public static readonly Explanation IndexBehind = new("indexBehind",
        "This node does not have all that its database has: what was recorded after asOf may be missing. Ask again, or ask another node.");

    /// <summary>Every reason and note, for the documentation.</summary>
    public static IReadOnlyList<Explanation> All { get; } =
    [
        NumberExact, SeparatorsIgnored, InsideBlankRange, NumberRepaired, RepairedInsideRange, NumberConfusable, RangeConfusable,
        OneCharacterOff, NeighboursSwapped, IssuerConfusable, IssuerUnreadable, OtherIssuer, OtherKind, Sealed, FoundStillNotValid, DocumentExpired, WeakWithoutIssuer,
        IndexBehind,
        CheckDigitFailed(["documentNumber"]),
    ];

    public static Explanation CheckDigitFailed(IReadOnlyList<string> fields) => new("checkDigitFailed",
        $"Check digits that do not fit: {string.Join(", ", fields)}. The zone was misread or altered: look at the document.");
}

using System.Collections.Frozen;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Issuers;
using Liaison.Kernel.Mrz;
using Liaison.Kernel.Parsing;
using Liaison.Platform.Codes;

namespace Liaison.TravelDocuments.Domain;

/// <summary>A search request that was understood. Holds nothing nominal: an MRZ has been reduced to number, kinds, issuer and verdicts.</summary>
internal sealed record SearchQuestion
{
    public required DocumentNumber Number { get; init; }

    /// <summary>The number that one replacement in the MRZ makes true to its check digit, when exactly one does.</summary>
    public DocumentNumber? Repaired { get; init; }

    /// <summary>Canonical code; null when none was given, or when what was given is no code but looks like some.</summary>
    public string? Issuer { get; init; }

    /// <summary>Codes that the given issuer may have been misread from.</summary>
    public IReadOnlyList<string> LookAlikeIssuers { get; init; } = [];

    /// <summary>The MRZ's issuer is no issuing code and resembles none: it was misread, so any issuer may be meant, and nothing is a hit.</summary>
    public bool IssuerUnreadable { get; init; }

    public bool IssuerAsked => Issuer is not null || LookAlikeIssuers.Count > 0;

    /// <summary>The kinds asked for; empty for any.</summary>
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>Issuer or kind was left open: numbers repeat between them.</summary>
    public bool IsVague => !IssuerAsked || Kinds.Count == 0;

    public bool Near { get; init; }

    /// <summary>What the check digits say, when the question was an MRZ.</summary>
    public MrzDocument? Mrz { get; init; }

    public required string Purpose { get; init; }
    public string? Reference { get; init; }
    public string? OnBehalfOf { get; init; }
    public string? Place { get; init; }

    /// <summary>How fast the owner is to answer; null where the asker said nothing.</summary>
    public string? Priority { get; init; }
    public DateTimeOffset? OccurredAt { get; init; }
}

/// <summary>Reads a <see cref="SearchRequest"/>.</summary>
internal sealed class SearchQuestionParser
{
    private const int LongestText = 100;
    private const int OldestCheckDays = 366;

    /// <summary>Of every code as it is usually sent: the same for each question.</summary>
    private static readonly FrozenDictionary<string, string[]> LookAlikesOfCodes =
        IssuingCodes.All.ToFrozenDictionary(c => c.Code, c => FindLookAlikes(c.Code));

    private readonly List<FieldProblem> problems = [];
    private readonly SearchRequest request;
    private readonly DateTimeOffset now;

    private SearchQuestionParser(SearchRequest request, DateTimeOffset now) => (this.request, this.now) = (request, now);

    public static Parsed<SearchQuestion> Parse(SearchRequest request, string? defaultPurpose, DateTimeOffset now) =>
        new SearchQuestionParser(request, now).Parse(defaultPurpose);

    private Parsed<SearchQuestion> Parse(string? defaultPurpose)
    {
        var context = new SearchQuestion
        {
            Number = default,
            Near = request.Near ?? false,
            Purpose = Keep(Purposes.Parse(request.Purpose, defaultPurpose, "purpose")) ?? "",
            Reference = Text(request.Reference, "reference"),
            OnBehalfOf = Text(request.OnBehalfOf, "onBehalfOf"),
            Place = Text(request.Place, "place"),
            Priority = request.Priority,
            OccurredAt = OccurredAt(),
        };
        if (request.Priority is { } priority && !Priorities.IsOne(priority)) Add("priority", "priority", $"Give {Priorities.AsSentence}, or leave it out.");
        var question = request.Mrz is null ? ByNumber(context) : ByMrz(context, request.Mrz);
        return problems.Count == 0 ? question : Parsed<SearchQuestion>.Failed(problems);
    }

    private SearchQuestion ByNumber(SearchQuestion context)
    {
        if (request.Kind is { } kind && !DocumentCodes.Kinds.Has(kind))
            Add("kind", "kindUnknown", $"Not a kind of document. Use {DocumentCodes.Kinds.AsSentence}.");
        var number = DocumentNumber.Parse(request.Number ?? "", "number");
        problems.AddRange(number.Problems);
        return WithIssuer(context with { Number = number.Value, Kinds = request.Kind is null ? [] : [request.Kind] }, request.Issuer);
    }

    private SearchQuestion ByMrz(SearchQuestion context, string mrz)
    {
        if (request.Number is not null || request.Issuer is not null || request.Kind is not null)
            Add("mrz", "numberOrMrz", "Send either mrz, or number with issuer and kind. The MRZ holds them already.");
        if (!MrzParser.ParseDocument(mrz, DateOnly.FromDateTime(now.UtcDateTime)).Is(out var document, out var faults))
        {
            problems.AddRange(faults.Select(f => f with { Field = "mrz" }));
            return context;
        }

        // Letters alone in the place of the number are a name: the lines came in the wrong order.
        if (!DocumentNumber.Parse(document.DocumentNumber, "mrz").Is(out var number) || !number.Key.Text.Any(char.IsAsciiDigit))
        {
            Add("mrz", "mrzNumber", "The MRZ holds no document number that can be searched. Are its lines in order?");
            return context;
        }

        return WithMrzIssuer(context with
        {
            Number = number,
            Repaired = Repair(document),
            Kinds = MrzKinds.Of(document.DocumentCode),
            Mrz = document,
        });
    }

    /// <summary>Exactly one repair that the check digit proves: one character, one way, by a check digit that itself was read.</summary>
    private static DocumentNumber? Repair(MrzDocument document) =>
        document.RepairedNumbers is [var only] && only.Length == document.DocumentNumber.Length
        && only.Zip(document.DocumentNumber).Count(c => c.First != c.Second) == 1
        && document.Repairs.All(r => r.Field != MrzFields.DocumentNumberCheck)
        && DocumentNumber.Parse(only, "mrz").Is(out var number)
            ? number
            : null;

    /// <summary>One misread letter must not cost the answer on a number that was read: an MRZ is never refused for its issuer.</summary>
    private static SearchQuestion WithMrzIssuer(SearchQuestion question)
    {
        var printed = question.Mrz!.Issuer;
        var code = IssuingCodes.Find(printed) is { Use: not (IssuerUse.NationalityOnly or IssuerUse.NeverPrinted) } issuer ? issuer.Code : null;
        var lookAlikes = LookAlikes(printed);
        return question with { Issuer = code, LookAlikeIssuers = lookAlikes, IssuerUnreadable = code is null && lookAlikes.Length == 0 };
    }

    private static string[] LookAlikes(string issuer) => LookAlikesOfCodes.TryGetValue(issuer, out var known) ? known : FindLookAlikes(issuer);

    private static string[] FindLookAlikes(string issuer) =>
        [.. IssuingCodes.OneConfusableAway(issuer).Where(c => c.Use is not (IssuerUse.NationalityOnly or IssuerUse.NeverPrinted)).Select(c => c.Code)];

    private SearchQuestion WithIssuer(SearchQuestion question, string? issuer)
    {
        if (string.IsNullOrWhiteSpace(issuer)) return question;
        issuer = issuer.Trim();
        var code = IssuingCodes.Find(issuer);
        if (code is { Use: IssuerUse.NationalityOnly or IssuerUse.NeverPrinted })
        {
            Add("issuer", "issuerNationalityOnly", "This code is never an issuer. Use the code of the state that issued the document.");
            return question;
        }

        var lookAlikes = LookAlikes(issuer);
        if (code is null && lookAlikes.Length == 0)
            Add("issuer", "issuerUnknown", "Not an issuing code of ICAO Doc 9303-3 §5, as D, FRA, UNO or XOM.");
        return question with { Issuer = code?.Code, LookAlikeIssuers = lookAlikes };
    }

    private DateTimeOffset? OccurredAt()
    {
        if (request.OccurredAt is null) return null;
        if (!Kernel.Time.Moments.TryParse(request.OccurredAt, out var moment))
            Add("occurredAt", "moment", "Write an ISO 8601 moment with its offset, as 2026-03-01T14:05:00+01:00.");
        else if (moment > now.AddMinutes(5)) Add("occurredAt", "inFuture", "The check would lie in the future. Is the clock right?");
        else if (moment < now.AddDays(-OldestCheckDays)) Add("occurredAt", "tooOld", "Checks older than a year are not taken.");
        else return moment;
        return null;
    }

    private string? Text(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text.Length > LongestText) Add(field, "textTooLong", $"At most {LongestText} characters.");
        else if (text.Any(char.IsControl)) Add(field, "textCharacters", "No control characters.");
        return text.Trim();
    }

    private string? Keep(Parsed<string> parsed)
    {
        problems.AddRange(parsed.Problems);
        return parsed.Value;
    }

    private void Add(string field, string code, string message) => problems.Add(new(field, code, message));
}

using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Issuers;
using Liaison.Kernel.Parsing;
using Liaison.Kernel.Time;
using Liaison.Platform.Codes;

namespace Liaison.TravelDocuments.Domain;

/// <summary>What the rules need to know of the world.</summary>
/// <param name="Today">UTC.</param>
/// <param name="SpecimenIssuer">True where Utopia (UTO), the issuer of specimens, may write: in Development only.</param>
internal sealed record RuleContext(DateOnly Today, bool SpecimenIssuer)
{
    /// <summary>True for the code of a member, which a restriction may name.</summary>
    public Func<string, bool> IsMember { get; init; } = IssuingAuthorities.IsMember;
}

/// <summary>
/// The rules of a record, each with its stable code: the one place where what a member sends becomes a <see cref="ReportedDocument"/>.
/// </summary>
internal sealed class DocumentRules
{
    private const int LongestText = 200;
    private const int LongestInformation = 2000;
    private const int LongestWhy = 500;
    private const int YearsToReview = 10;

    private readonly List<FieldProblem> problems = [];
    private readonly TravelDocumentRequest request;
    private readonly RuleContext context;

    private DocumentRules(TravelDocumentRequest request, RuleContext context) => (this.request, this.context) = (request, context);

    public static Parsed<ReportedDocument> Parse(TravelDocumentRequest request, RuleContext context) =>
        new DocumentRules(request, context).Parse();

    /// <summary>Why a record is made, changed or ended, as it goes into the history; null when nothing was said.</summary>
    public static FieldProblem? CheckWhy(string? why, bool required) =>
        string.IsNullOrWhiteSpace(why)
            ? required ? new FieldProblem("why", "whyRequired", $"Say in 1 to {LongestWhy} characters why.") : null
            : why.Length > LongestWhy ? new FieldProblem("why", "textTooLong", $"At most {LongestWhy} characters.")
            : HasControls(why) ? new FieldProblem("why", "textCharacters", "No control characters.")
            : null;

    private Parsed<ReportedDocument> Parse()
    {
        var status = Code(request.Status, DocumentCodes.Statuses, "status");
        var document = new ReportedDocument
        {
            Number = Number(request.Number ?? "", "number"),
            RangeTo = request.RangeTo is null ? null : Number(request.RangeTo, "rangeTo"),
            Issuer = Issuer(),
            Kind = Code(request.Kind, DocumentCodes.Kinds, "kind"),
            Status = status,
            EventDate = Date(request.EventDate, "eventDate"),
            EventPlace = Text(request.EventPlace, "eventPlace", LongestText),
            ReportingCountry = Country(request.ReportingCountry, "reportingCountry"),
            IssueDate = Date(request.IssueDate, "issueDate"),
            ExpiryDate = Date(request.ExpiryDate, "expiryDate"),
            ReasonCode = request.ReasonCode,
            LegalBasis = Text(request.LegalBasis, "legalBasis", LongestText),
            NationalReference = Text(request.NationalReference, "nationalReference", LongestText),
            AdditionalInformation = Text(request.AdditionalInformation, "additionalInformation", LongestInformation),
            Found = FoundAt(),
            Audience = Audience(),
            IsSealed = request.Sealed ?? false,
            Handling = Handling(),
            OnwardTransfer = request.OnwardTransfer is null ? null : Code(request.OnwardTransfer, OnwardTransfers.List, "onwardTransfer"),
            ReviewDate = ReviewDate(),
        };
        CheckRange(document);
        CheckReason(status);
        CheckDates(document);
        CheckAudience(document);
        if (CheckWhy(request.Why, required: request.Reentry ?? false) is { } why) problems.Add(why);
        return problems.Count == 0 ? document : Parsed<ReportedDocument>.Failed(problems);
    }

    private void CheckRange(ReportedDocument document)
    {
        if (document.Status == DocumentCodes.StolenBlank && (document.IssueDate is not null || document.ExpiryDate is not null))
            Add(document.IssueDate is not null ? "issueDate" : "expiryDate", "blankHasNoDates",
                "A stolen blank was never issued: leave issueDate and expiryDate out.");
        if (document.RangeTo is not { Key: { Length: > 0 } last } || document.Number.Key is not { Length: > 0 } first) return;
        if (document.Status is not (DocumentCodes.StolenBlank or ""))
            Add("rangeTo", "rangeOnlyForBlanks", "Only stolen blanks are recorded as a range; record other documents one by one.");
        else if (BlankRange.Check(first, last, request.ConfirmLargeRange ?? false) is { } problem) problems.Add(problem);
    }

    private void CheckReason(string status)
    {
        if (status.Length == 0) return;
        if (!DocumentCodes.NeedsReason(status))
        {
            if (request.ReasonCode is not null)
                Add("reasonCode", "reasonNotForStatus", "A reason code goes with revoked and invalid only; use additionalInformation.");
            return;
        }

        if (request.ReasonCode is null)
            Add("reasonCode", "reasonRequired", $"Say why the document is {status}: {DocumentCodes.Reasons.AsSentence}.");
        else if (!DocumentCodes.Reasons.Has(request.ReasonCode) || !DocumentCodes.ReasonFits(request.ReasonCode, status))
            Add("reasonCode", "reasonUnknown", $"Not a reason for {status}. Use {DocumentCodes.Reasons.AsSentence}.");
        if (string.IsNullOrWhiteSpace(request.LegalBasis))
            Add("legalBasis", "legalBasisRequired", $"Name the law or decision by which the document is {status}.");
    }

    private void CheckDates(ReportedDocument document)
    {
        if (document.IssueDate is { } issued && document.ExpiryDate is { } expires && expires.Latest < issued.Earliest)
            Add("expiryDate", "expiryBeforeIssue", "The document would expire before it was issued.");
        if (document.EventDate is { } happened && happened.Earliest > context.Today)
            Add("eventDate", "inFuture", "This has not happened yet.");
        if (document.Found?.Date is { } found && found.Earliest > context.Today)
            Add("found.date", "inFuture", "This has not happened yet.");
        if (document.IssueDate is { } issue && issue.Earliest > context.Today)
            Add("issueDate", "inFuture", "The document would be issued in the future.");
    }

    private DocumentNumber Number(string text, string field) => Keep(DocumentNumber.Parse(text, field));

    private string Issuer()
    {
        if (string.IsNullOrWhiteSpace(request.Issuer)) return Fail("issuer", "issuerRequired", "Give the issuing code, as printed in the MRZ.");
        return IssuingCodes.Find(request.Issuer.Trim()) switch
        {
            null => Fail("issuer", "issuerUnknown", "Not an issuing code of ICAO Doc 9303-3 §5, as D, FRA, UNO or XOM."),
            { Use: IssuerUse.NationalityOnly } => Fail("issuer", "issuerNationalityOnly",
                "This code stands for a nationality only; documents of such holders bear the code of the state that issued them."),
            { Use: IssuerUse.NeverPrinted } => Fail("issuer", "issuerNeverPrinted", "IAO is never printed on a document."),
            { Use: IssuerUse.Specimen } when !context.SpecimenIssuer => Fail("issuer", "issuerSpecimen",
                "UTO issues specimens only; this hub takes real documents."),
            { Use: IssuerUse.Withdrawn } old => Fail("issuer", "issuerWithdrawn",
                $"This code is no longer in use; old records stay readable. Its successors: {string.Join(", ", old.Successors)}."),
            var code => code.Code,
        };
    }

    private string? Country(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        return IssuingCodes.Find(text.Trim()) is { Use: IssuerUse.Issuer or IssuerUse.Specimen or IssuerUse.Withdrawn } code
            ? code.Code
            : Fail(field, "countryUnknown", "Not a country code of ICAO Doc 9303-3 §5.");
    }

    private PartialDate? Date(string? text, string field)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (PartialDate.TryParse(text, out var date)) return date;
        Add(field, "date", $"Write YYYY-MM-DD, YYYY-MM or YYYY, from {PartialDate.FirstYear} to {PartialDate.LastYear}.");
        return null;
    }

    private FoundDocument? FoundAt()
    {
        if (request.Found is not { } found) return null;
        if (string.IsNullOrWhiteSpace(found.Date)) Add("found.date", "foundDateRequired", "Say when it was found; the year will do.");
        return new(Date(found.Date, "found.date"), Text(found.Place, "found.place", LongestText));
    }

    private Audience? Audience()
    {
        if (request.Restrictions is not { } restrictions) return null;
        if (Platform.Codes.Audience.Parse(restrictions.NotFor, restrictions.OnlyFor, context.IsMember, "restrictions", out var audience) is { } problem)
            problems.Add(problem);
        return audience;
    }

    /// <summary>The owner always sees its records: a restriction that says otherwise would be believed and not be kept.</summary>
    private void CheckAudience(ReportedDocument document)
    {
        if (document.Audience is not { IsOnly: false } leftOut || IssuingAuthorities.MemberFor(document.Issuer) is not { } owner) return;
        if (leftOut.Parties.Any(party => PartyName.MemberOf(party) == owner))
            Add("restrictions", "ownerLeftOut", $"A record is never kept from its owner, {owner}, or from its units: they need no permission to read instead.");
    }

    private HandlingCodes? Handling()
    {
        if (request.Handling is not { } handling) return null;
        if (HandlingCodes.Parse(handling.Codes, handling.Text, "handling", out var codes) is { } problem) problems.Add(problem);
        return codes;
    }

    private DateOnly ReviewDate()
    {
        if (string.IsNullOrWhiteSpace(request.ReviewDate)) return context.Today.AddYears(YearsToReview);
        if (!PartialDate.TryParse(request.ReviewDate, out var date) || date.Day == 0)
            Add("reviewDate", "date", "Write the review date as YYYY-MM-DD.");
        else if (date.Earliest <= context.Today)
            Add("reviewDate", "reviewPassed", "The review date lies in the past: the record would never answer.");
        else if (date.Earliest > context.Today.AddYears(YearsToReview))
            Add("reviewDate", "reviewTooFar", $"At most {YearsToReview} years from today; renew it then.");
        else return date.Earliest;
        return default;
    }

    private string Code(string? code, CodeList list, string field) =>
        code is null ? Fail(field, field + "Required", $"Give one of {list.AsSentence}.")
        : list.Has(code) ? code
        : Fail(field, field + "Unknown", $"Not a code of {list.Name}. Use {list.AsSentence}.");

    private string? Text(string? text, string field, int longest)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        if (text.Length > longest) return Fail(field, "textTooLong", $"At most {longest} characters.");
        return HasControls(text)
            ? Fail(field, "textCharacters", "No control characters.")
            : text.Trim();
    }

    private static bool HasControls(string text) => text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'));

    private T Keep<T>(Parsed<T> parsed)
        where T : struct
    {
        problems.AddRange(parsed.Problems);
        return parsed.Value;
    }

    private string Fail(string field, string code, string message)
    {
        Add(field, code, message);
        return "";
    }

    private void Add(string field, string code, string message) => problems.Add(new(field, code, message));
}

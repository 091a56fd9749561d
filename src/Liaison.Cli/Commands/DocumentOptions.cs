using System.CommandLine;
using Liaison.Api.TravelDocuments;

namespace Liaison.Cli.Commands;

/// <summary>The options for what is known of a document, shared by <c>record</c> and <c>change</c>.</summary>
internal sealed class DocumentOptions
{
    private readonly Option<string?> rangeTo = Make("--range-to", "NUMBER", "Last number of a range of blanks");
    private readonly Option<string?> status = Make("--status", "CODE", "stolen, lost, revoked, invalid or stolenBlank", "statuses");
    private readonly Option<string?> eventDate = Make("--event-date", "DATE", "When it happened: 2024, 2024-05 or 2024-05-17");
    private readonly Option<string?> eventPlace = Make("--event-place", "TEXT", "Where it happened");
    private readonly Option<string?> reportingCountry = Make("--reporting-country", "CODE", "Where it was reported, if not to the issuer");
    private readonly Option<string?> issueDate = Make("--issue-date", "DATE", "When the document was issued");
    private readonly Option<string?> expiryDate = Make("--expiry-date", "DATE", "When the document expires");
    private readonly Option<string?> reasonCode = Make("--reason-code", "CODE", "Why it was revoked or is invalid", "reasons");
    private readonly Option<string?> legalBasis = Make("--legal-basis", "TEXT", "Legal basis of revocation or invalidity");
    private readonly Option<string?> nationalReference = Make("--national-reference", "TEXT", "The owner's own file reference");
    private readonly Option<string?> additionalInformation = Make("--additional-information", "TEXT", "More; never about a person");
    private readonly Option<string?> foundDate = Make("--found-date", "DATE", "When it was found; it stays cancelled");
    private readonly Option<string?> foundPlace = Make("--found-place", "TEXT", "Where it was found");
    private readonly Option<string?> reviewDate = Make("--review-date", "DATE", "Until when the record answers; 10 years when not given");
    private readonly Option<string?> notFor = Make("--not-for", "CODES", "Members, @groups and units that must not see the record, as \"GBR @GCC FRA/BORDER\"; \"\" lifts it");
    private readonly Option<string?> onlyFor = Make("--only-for", "CODES", "The only ones besides the owner that may see it; \"\" lifts it");
    private readonly Option<bool> isSealed = new("--sealed")
    {
        Description = "Others learn only that there is a match and whom to ask; --sealed false lifts it",
    };

    private readonly Option<string?> handling = Make("--handling", "CODES", "Handling codes H0 to H3, as \"H1 H2\"", "handling-codes");
    private readonly Option<string?> handlingText = Make("--handling-text", "TEXT", "What H3 restricts; with --handling");
    private readonly Option<string?> onwardTransfer = Make("--onward-transfer", "CODE", "allowed, askOwner or forbidden", "onward-transfers");
    private readonly Option<bool> confirmLargeRange = new("--confirm-large-range")
    {
        Description = "Yes, this range holds more than 100,000 numbers",
    };

    private IEnumerable<Option> All =>
    [
        rangeTo, status, eventDate, eventPlace, reportingCountry, issueDate, expiryDate, reasonCode, legalBasis, nationalReference,
        additionalInformation, foundDate, foundPlace, reviewDate, notFor, onlyFor, isSealed, handling, handlingText, onwardTransfer,
        confirmLargeRange,
    ];

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Add(option);
    }

    /// <summary>True when the command line gives any field.</summary>
    public bool AnyGiven(ParseResult parse) => All.Any(option => parse.GetResult(option) is { Implicit: false });

    /// <summary>
    /// <paramref name="known"/> with what the command line gives in place of it; an option given as <c>""</c> clears its field.
    /// </summary>
    public TravelDocumentRequest Over(TravelDocumentRequest known, ParseResult parse)
    {
        var found = new Found(Or(foundDate, known.Found?.Date), Or(foundPlace, known.Found?.Place));
        var touched = parse.GetResult(foundDate) is not null || parse.GetResult(foundPlace) is not null;
        return known with
        {
            RangeTo = Or(rangeTo, known.RangeTo),
            Status = Or(status, known.Status),
            EventDate = Or(eventDate, known.EventDate),
            EventPlace = Or(eventPlace, known.EventPlace),
            ReportingCountry = Or(reportingCountry, known.ReportingCountry),
            IssueDate = Or(issueDate, known.IssueDate),
            ExpiryDate = Or(expiryDate, known.ExpiryDate),
            ReasonCode = Or(reasonCode, known.ReasonCode),
            LegalBasis = Or(legalBasis, known.LegalBasis),
            NationalReference = Or(nationalReference, known.NationalReference),
            AdditionalInformation = Or(additionalInformation, known.AdditionalInformation),
            Found = !touched ? known.Found : found is { Date: null, Place: null } ? null : found,
            ReviewDate = Or(reviewDate, known.ReviewDate),
            Restrictions = parse.GetResult(notFor) is null && parse.GetResult(onlyFor) is null ? known.Restrictions : new(Words(notFor), Words(onlyFor)),
            Sealed = parse.GetResult(isSealed) is { Implicit: false } ? parse.GetValue(isSealed) : known.Sealed,
            Handling = parse.GetResult(handling) is null && parse.GetResult(handlingText) is null ? known.Handling : new(Words(handling), Or(handlingText, null)),
            OnwardTransfer = Or(onwardTransfer, known.OnwardTransfer),
            ConfirmLargeRange = parse.GetValue(confirmLargeRange) ? true : known.ConfirmLargeRange,
        };

        string[]? Words(Option<string?> option) => Session.Text(parse, option)?.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);

        string? Or(Option<string?> option, string? otherwise) =>
            parse.GetResult(option) is null ? otherwise : Session.Text(parse, option);
    }

    private static Option<string?> Make(string name, string value, string description, string? codes = null)
    {
        var option = new Option<string?>(name) { HelpName = value, Description = description };
        if (codes is not null) option.CompletionSources.Add(CodeLists.Completions(codes));
        return option;
    }
}

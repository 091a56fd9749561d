using System.Globalization;
using Liaison.Api.TravelDocuments;

namespace Liaison.TravelDocuments.Demo;

/// <summary>
/// Draws everything about a document but its number: when, where, why. Neutral words only; nothing here speaks of a person.
/// </summary>
internal sealed class DemoDetails(DemoFormats formats, SplitMix64 random)
{
    private const int ReviewYears = 10;

    private static readonly string[] Places =
    [
        "Airport", "Railway station", "Bus", "Hotel", "Parked vehicle", "Beach", "Market", "Restaurant", "Private home", "Post", "Ferry",
        "Street",
    ];

    private static readonly string[] BlankPlaces = ["Town hall", "Passport office", "Consulate", "Transport of blanks", "Print works"];

    private static readonly string[] Remarks =
    [
        "Cover damaged", "Reported by post", "Data page torn", "Chip not readable", "Visa pages missing", "Series under review",
        "Reported late",
    ];

    private readonly string[] revokedReasons = Reasons("revoked");
    private readonly string[] invalidReasons = Reasons("invalid");

    /// <summary>The request as the issuer would have sent it on <paramref name="recordedOn"/>.</summary>
    public TravelDocumentRequest Describe(DemoNumberFormat format, string status, string number, string? rangeTo, DateOnly recordedOn)
    {
        var happened = recordedOn.AddDays(-(random.Chance(65) ? random.Between(0, 6) : random.Between(7, 400)));
        var document = new TravelDocumentRequest
        {
            Number = number,
            RangeTo = rangeTo,
            Issuer = format.Issuer,
            Kind = format.Kind,
            Status = status,
            EventDate = Day(happened),
            ReviewDate = Day(recordedOn.AddYears(ReviewYears)),
            NationalReference = random.Chance(60) ? Reference(format.Issuer, recordedOn) : null,
            AdditionalInformation = random.Chance(2) ? random.Pick(Remarks) : null,
        };
        return status switch
        {
            "stolenBlank" => document with { EventDate = Roughly(happened), EventPlace = random.Pick(BlankPlaces) },
            "revoked" => Decided(WithDates(document, format.Kind, happened), random.Pick(revokedReasons), happened),
            "invalid" => Decided(WithDates(document, format.Kind, happened), random.Pick(invalidReasons), happened),
            _ => Reported(WithDates(document, format.Kind, happened), format.Issuer, happened, recordedOn),
        };
    }

    private TravelDocumentRequest Reported(TravelDocumentRequest document, string issuer, DateOnly happened, DateOnly recordedOn)
    {
        var elsewhere = random.Chance(25) ? formats.Pick(random).Issuer : issuer;
        return document with
        {
            EventDate = Roughly(happened),
            EventPlace = random.Chance(40) ? random.Pick(Places) : null,
            ReportingCountry = elsewhere == issuer ? null : elsewhere,
            Found = random.Chance(4) ? FoundBetween(happened, recordedOn) : null,
        };
    }

    private static TravelDocumentRequest Decided(TravelDocumentRequest document, string reason, DateOnly decided) => document with
    {
        ReasonCode = reason,
        LegalBasis = string.Create(CultureInfo.InvariantCulture,
            $"Synthetic {(reason == "courtOrder" ? "court order" : "decision")} {decided.Year}/{decided.DayOfYear:D3}"),
    };

    /// <summary>Issue and expiry so that the document was valid when it happened; not every report gives them.</summary>
    private TravelDocumentRequest WithDates(TravelDocumentRequest document, string kind, DateOnly happened)
    {
        if (!random.Chance(70)) return document;
        var years = ValidYears(kind);
        var issued = happened.AddDays(-random.Between(1, (years * 365) - 1));
        return document with { IssueDate = Day(issued), ExpiryDate = Day(issued.AddYears(years)) };
    }

    private Found FoundBetween(DateOnly happened, DateOnly recordedOn)
    {
        var day = happened.AddDays(random.Between(0, recordedOn.DayNumber - happened.DayNumber));
        return new Found(Day(day), random.Chance(50) ? random.Pick(Places) : null);
    }

    /// <summary>What the report knows of the day: all of it, the month, the year, or nothing.</summary>
    private string? Roughly(DateOnly day) => random.Below(100) switch
    {
        < 70 => Day(day),
        < 85 => day.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        < 93 => day.ToString("yyyy", CultureInfo.InvariantCulture),
        _ => null,
    };

    private string Reference(string issuer, DateOnly recordedOn) =>
        string.Create(CultureInfo.InvariantCulture, $"{issuer}-{recordedOn.Year}-{random.Below(1_000_000):D6}");

    private static int ValidYears(string kind) => kind switch
    {
        "emergencyTravelDocument" or "visa" => 1,
        "residencePermit" or "refugeeTravelDocument" or "alienTravelDocument" or "diplomaticPassport" or "servicePassport" => 5,
        _ => 10,
    };

    private static string[] Reasons(string status) =>
        [.. DemoData.Rows("reasons.csv").Where(row => row[1].Split(' ').Contains(status)).Select(row => row[0])];

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

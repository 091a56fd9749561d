using System.Globalization;
using Liaison.Api.TravelDocuments;

namespace Liaison.TravelDocuments.Demo;

/// <summary>
/// The specimens printed in ICAO Doc 9303 (issuer UTO, Utopia), entered as stolen: the best-known machine readable zone in the world gives
/// a hit. UTO is no real issuer; a hub accepts it in Development only.
/// </summary>
internal static class DemoSpecimens
{
    private const string Utopia = "UTO";

    public static IReadOnlyList<DemoDocument> All(DateOnly recordedOn) =>
    [
        Stolen("passport", "L898902C3", "2012-04-15", "2011-08", "Specimen of ICAO Doc 9303-4 (TD3)", recordedOn),
        Stolen("identityCard", "D23145890", "2012-04-15", "2011-09", "Specimen of ICAO Doc 9303-5 and 9303-6 (TD1, TD2)", recordedOn),
        Stolen("visa", "L8988901C", "1996-12-10", "1996", "Specimen of ICAO Doc 9303-7 (MRV-A, MRV-B)", recordedOn),

        // Twelve characters: the first nine are those of the card above, the rest stands in the optional data (ICAO Doc 9303-5).
        Stolen("identityCard", "D23145890734", "1995-07-12", "1994", "Specimen of a long number, ICAO Doc 9303-5 (TD1)", recordedOn),
        Of(new TravelDocumentRequest
        {
            Number = "X00000100",
            RangeTo = "X00000299",
            Kind = "passport",
            Status = "stolenBlank",
            EventDate = "2020-02",
            EventPlace = "Transport of blanks",
            AdditionalInformation = "Synthetic range of blanks",
        }, recordedOn),
    ];

    private static DemoDocument Stolen(
        string kind, string number, string expiryDate, string eventDate, string remark, DateOnly recordedOn) =>
        Of(new TravelDocumentRequest
        {
            Number = number,
            Kind = kind,
            Status = "stolen",
            EventDate = eventDate,
            ExpiryDate = expiryDate,
            AdditionalInformation = remark,
        }, recordedOn);

    private static DemoDocument Of(TravelDocumentRequest document, DateOnly recordedOn) => new(Utopia, document with
    {
        Issuer = Utopia,
        NationalReference = "UTO-SPECIMEN",
        ReviewDate = recordedOn.AddYears(10).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    }, recordedOn);
}

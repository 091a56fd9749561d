using System.Globalization;
using Liaison.Api.TravelDocuments;

namespace Liaison.Cli.Rendering;

/// <summary>One record, as <c>record</c>, <c>change</c> and <c>withdraw</c> answer it, and its facts for other pages.</summary>
internal static class DocumentPage
{
    public static Page Of(string done, TravelDocument document) =>
        new Page().Headline($"{done}: {document.Id}, version {document.Version}", Tone.Good).Facts(Facts(document));

    public static (string Name, string? Value)[] Facts(TravelDocument d) =>
    [
        ("Number", d.RangeTo is null ? d.Number : $"{d.Number} to {d.RangeTo}"),
        ("Issuer", d.Issuer),
        ("Kind", d.Kind),
        ("Status", d.Status),
        ("Happened", Joined(d.EventDate, d.EventPlace)),
        ("Reported in", d.ReportingCountry),
        ("Issued", d.IssueDate),
        ("Expires", d.ExpiryDate),
        ("Reason", d.ReasonCode),
        ("Legal basis", d.LegalBasis),
        ("Found", d.Found is { } found ? Joined(found.Date, found.Place) ?? "yes" : null),
        ("Owner", d.Owner),
        ("Owner's reference", d.NationalReference),
        ("Information", d.AdditionalInformation),
        ("Not for", d.Restrictions?.NotFor is { } left ? string.Join(' ', left) : null),
        ("Only for", d.Restrictions?.OnlyFor is { } only ? string.Join(' ', only) : null),
        ("Sealed", d.Sealed ? "yes" : null),
        ("Handling", d.Handling is { } handling ? Joined(string.Join(' ', handling.Codes ?? []), handling.Text) : null),
        ("Passing on", d.OnwardTransfer),
        ("Review", d.ReviewDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
        ("On hold since", d.HeldSince is { } held ? Moment(held) : null),
        ("Recorded", Moment(d.RecordedAt)),
        ("Changed", d.ChangedAt == d.RecordedAt ? null : Moment(d.ChangedAt)),
        ("Withdrawn", d.Withdrawal is { } end ? $"{Moment(end.At)}, {end.Reason}" : null),
    ];

    /// <summary>UTC to the second, and it says so.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Joined(string? date, string? place) => (date, place) switch
    {
        (null, null) => null,
        (null, _) => place,
        (_, null) => date,
        _ => $"{date}, {place}",
    };
}

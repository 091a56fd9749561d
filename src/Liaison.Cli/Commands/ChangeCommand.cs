using System.CommandLine;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison change</c>: replaces the fields given, leaves the others; refused when the record changed meanwhile.</summary>
internal static class ChangeCommand
{
    public static Command Make(Session session)
    {
        var id = RecordId.Argument();
        var why = new Option<string>("--why")
        {
            Description = "Why it is changed; kept in the history", HelpName = "TEXT", Required = true,
        };
        var fields = new DocumentOptions();
        var command = new ExampledCommand("change", "Change what is known of a record; \"\" clears a field",
            "liaison change ID --status lost --why \"The bearer corrected the report\"",
            "liaison change ID --found-date 2025-06-02 --found-place \"Port of Calais\" --why \"Found\"",
            "liaison change ID --event-place \"\" --why \"The place was wrong\"")
        {
            id, why,
        };
        fields.AddTo(command);
        command.Add(session.Purpose);
        command.Add(session.Reference);
        command.SetAction(async (parse, cancellation) =>
        {
            if (!fields.AnyGiven(parse))
                return session.Tell("Give at least one field to change: liaison change --help lists them.", ExitCode.Usage);
            return await session.TalkAsync(parse, async client =>
            {
                var record = await client.ReadAsync(parse.GetValue(id), cancellation);
                if (record.Value is not { } document) return session.Refuse(parse, record);
                var request = fields.Over(AsRead(document) with { Why = parse.GetValue(why) }, parse);
                return session.Pass(parse, await client.ChangeAsync(document.Id, Tag(record), request, cancellation),
                    changed => DocumentPage.Of("Changed", changed));
            });
        });
        return command;
    }

    /// <summary>The tag of the version that was read; a proxy may have dropped the header.</summary>
    internal static string Tag(HubReply<TravelDocument> record) => record.ETag ?? $"\"{record.Value!.Version}\"";

    private static TravelDocumentRequest AsRead(TravelDocument document) => new()
    {
        Number = document.Number,
        RangeTo = document.RangeTo,
        Issuer = document.Issuer,
        Kind = document.Kind,
        Status = document.Status,
        EventDate = document.EventDate,
        EventPlace = document.EventPlace,
        ReportingCountry = document.ReportingCountry,
        IssueDate = document.IssueDate,
        ExpiryDate = document.ExpiryDate,
        ReasonCode = document.ReasonCode,
        LegalBasis = document.LegalBasis,
        NationalReference = document.NationalReference,
        AdditionalInformation = document.AdditionalInformation,
        Found = document.Found,
        ReviewDate = document.ReviewDate.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
    };
}

using System.CommandLine;
using Liaison.Api.TravelDocuments;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison record</c>: the issuing authority enters a document or a range of blanks.</summary>
internal static class RecordCommand
{
    public static Command Make(Session session)
    {
        var number = new Argument<string?>("NUMBER")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "Document number as printed, or the first of a range; - reads it from standard input",
        };
        var named = new Option<string?>("--number") { Description = "The same as NUMBER", HelpName = "NUMBER" };
        var why = new Option<string?>("--why") { Description = "In words; kept in the history", HelpName = "TEXT" };
        var issuer = new Option<string?>("--issuer") { Description = "Issuing authority, ICAO code", HelpName = "CODE" };
        var kind = new Option<string?>("--kind")
        {
            Description = "Kind of document", HelpName = "CODE", CompletionSources = { CodeLists.Completions("kinds") },
        };
        var reentry = new Option<bool>("--reentry")
        {
            Description = "Yes, its record was withdrawn as wrong, and now it is reported anew; say in --why what happened",
        };
        var fields = new DocumentOptions();
        var key = IdempotencyKey.Option();
        var command = new ExampledCommand("record", "Record a stolen, lost, revoked or invalid document, or a range of stolen blanks",
            "liaison record C01X00T47 --issuer D --kind passport --status stolen --event-date 2025-05",
            "liaison record 20AA00001 --range-to 20AA00500 --issuer FRA --kind passport --status stolenBlank",
            "liaison record X1234567 --issuer FRA --kind passport --status revoked --reason-code courtOrder --legal-basis \"Art. 3\"")
        {
            number, named, issuer, kind, why, reentry,
        };
        fields.AddTo(command);
        command.Add(session.Purpose);
        command.Add(session.Reference);
        command.Add(key);
        command.Validators.Add(result =>
        {
            if (result.GetValue(number) is null == result.GetValue(named) is null)
                result.AddError("Give the document number once: as NUMBER, or with --number.");
        });
        command.SetAction((parse, cancellation) =>
        {
            var typed = parse.GetValue(number) ?? parse.GetValue(named);
            var request = fields.Over(new TravelDocumentRequest
            {
                Number = typed == "-" ? session.Around.In.ReadLine()?.Trim() : typed,
                Issuer = Session.Text(parse, issuer),
                Kind = Session.Text(parse, kind),
                Why = Session.Text(parse, why),
                Reentry = parse.GetValue(reentry) ? true : null,
            }, parse);
            return session.TalkAsync(parse, async client => session.Pass(parse,
                await client.RecordAsync(request, parse.GetValue(key), cancellation),
                document => DocumentPage.Of("Recorded", document)));
        });
        return command;
    }
}

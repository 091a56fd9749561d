using System.CommandLine;
using Liaison.Api.TravelDocuments;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison withdraw</c>: ends a record; from then on it answers no search, and its history stays.</summary>
internal static class WithdrawCommand
{
    public static Command Make(Session session)
    {
        var id = RecordId.Argument();
        var reason = new Option<string>("--reason")
        {
            Description = "enteredInError, falseReport or returnedAndValid", HelpName = "CODE", Required = true,
            // The list has also what the hub alone gives.
            CompletionSources = { "enteredInError", "falseReport", "returnedAndValid" },
        };
        var why = new Option<string?>("--why") { Description = "In words; kept in the history", HelpName = "TEXT" };
        var command = new ExampledCommand("withdraw", "End a record: not known from that moment, history kept",
            "liaison withdraw ID --reason returnedAndValid",
            "liaison withdraw ID --reason enteredInError --why \"Two digits were swapped\"")
        {
            id, reason, why, session.Purpose, session.Reference,
        };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
        {
            var record = await client.ReadAsync(parse.GetValue(id), cancellation);
            if (record.Value is not { } document) return session.Refuse(parse, record);
            var request = new WithdrawalRequest { Reason = parse.GetValue(reason), Why = Session.Text(parse, why) };
            return session.Pass(parse, await client.WithdrawAsync(document.Id, ChangeCommand.Tag(record), request, cancellation),
                ended => DocumentPage.Of("Withdrawn", ended));
        }));
        return command;
    }
}

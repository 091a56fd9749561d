using System.CommandLine;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison hold</c> and <c>liaison release</c>: a record that proceedings need neither expires nor is purged.</summary>
internal static class HoldCommand
{
    public static Command Make(Session session) => Make(session, "hold", "Keep a record, also an ended one, beyond its time",
        "liaison hold ID --why \"Proceedings 12/2026 of the court in Zenda\"", "On hold",
        (client, id, request, cancellation) => client.HoldAsync(id, request, cancellation));

    public static Command MakeRelease(Session session) => Make(session, "release", "End the hold on a record",
        "liaison release ID --why \"The proceedings are closed\"", "Released",
        (client, id, request, cancellation) => client.ReleaseAsync(id, request, cancellation));

    private static ExampledCommand Make(Session session, string name, string description, string example, string done,
        Func<LiaisonClient, Guid, HoldRequest, CancellationToken, Task<HubReply<TravelDocument>>> send)
    {
        var id = RecordId.Argument();
        var why = new Option<string>("--why") { Description = "In words; kept in the history", HelpName = "TEXT", Required = true };
        var command = new ExampledCommand(name, description, example) { id, why, session.Purpose, session.Reference };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client => session.Pass(parse,
            await send(client, parse.GetValue(id), new() { Why = parse.GetValue(why) }, cancellation), document => DocumentPage.Of(done, document))));
        return command;
    }
}

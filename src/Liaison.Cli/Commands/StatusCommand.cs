using System.CommandLine;
using Liaison.Cli.Help;
using Liaison.Cli.Hubs;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison status</c>: which hub this is, what it knows, and who it thinks is calling.</summary>
internal static class StatusCommand
{
    public static Command Make(Session session)
    {
        var command = new ExampledCommand("status", "Say which hub answers, what it knows and who you are to it",
            "liaison status",
            "liaison status --profile france --json");
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
            session.Pass(parse, await client.StatusAsync(cancellation),
                status => StatusPage.Of(status, ((HubChoice.Chosen)session.Find(parse)).Hub))));
        return command;
    }
}

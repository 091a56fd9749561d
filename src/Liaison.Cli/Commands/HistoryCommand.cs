using System.CommandLine;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison history</c>: every version of a record, who wrote it, when and why.</summary>
internal static class HistoryCommand
{
    public static Command Make(Session session)
    {
        var id = RecordId.Argument();
        var command = new ExampledCommand("history", "Show every version of a record: who wrote what, when and why",
            "liaison history ID",
            "liaison history ID --json | jq '.items[-1].document'")
        {
            id, session.Purpose, session.Reference,
        };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
            session.Pass(parse, await client.VersionsAsync(parse.GetValue(id), cancellation), HistoryPage.Of)));
        return command;
    }
}

using System.CommandLine;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison imports</c>: your member's imports, or one of them with its rejects.</summary>
internal static class ImportsCommand
{
    public static Command Make(Session session)
    {
        var id = new Argument<string?>("ID") { Description = "One import", Arity = ArgumentArity.ZeroOrOne };
        var rejects = new Option<string?>("--rejects") { Description = "Write its rejected rows to this file, CSV", HelpName = "FILE" };
        var command = new ExampledCommand("imports", "List your member's imports, or show one",
            "liaison imports",
            "liaison imports 019a0000-0000-7000-8000-0000000000aa --rejects to-correct.csv")
        {
            id, rejects,
        };
        command.SetAction(async (parse, cancellation) => await session.TalkAsync(parse, async client =>
        {
            if (parse.GetValue(id) is not { } text)
            {
                var list = await client.ImportsAsync(cancellation);
                return list.Value is null ? session.Refuse(parse, list) : session.Pass(parse, list, ImportPage.Of);
            }

            if (!Guid.TryParse(text, out var import)) return session.Tell("ID is the id of an import, as liaison import shows it.", ExitCode.Usage);
            var reply = await client.ImportAsync(import, cancellation);
            if (reply.Value is null) return session.Refuse(parse, reply);
            var path = Session.Text(parse, rejects);
            var fault = path is null ? null
                : await ImportCommand.FetchRejectsAsync(client, import, Path.Combine(session.Around.Folder, path), cancellation);
            var code = session.Pass(parse, reply, job => ImportPage.Of(job, fault is null ? path : null));
            return fault is null ? code : session.Tell($"The reject file could not be written ({fault}).", ExitCode.Usage);
        }));
        return command;
    }
}

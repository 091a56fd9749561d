using System.CommandLine;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands.Hits;

/// <summary><c>liaison hits message</c>, <c>messages</c>, <c>attach</c>, <c>fetch</c>: what the two parties of a hit say to each other.</summary>
internal static class MessageCommands
{
    public static IEnumerable<Command> Make(Session session) => [Messages(session), Message(session), Attach(session), Fetch(session)];

    private static Command Messages(Session session)
    {
        var id = HitsCommand.Id();
        var command = new Command("messages", "What was written between the owner and the one who asked") { id };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
            session.Pass(parse, await client.HitMessagesAsync(parse.GetValue(id), cancellation), MessagePage.Of)));
        return command;
    }

    private static Command Message(Session session)
    {
        var (id, key) = (HitsCommand.Id(), IdempotencyKey.Option());
        var text = new Argument<string>("TEXT") { Description = "What you write, at most 4,000 characters; - reads it from standard input" };
        var command = new Command("message", "Write to the other party; as the owner give the hit id of the one whom you mean") { id, text, key };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
        {
            var said = parse.GetValue(text) is "-" ? await session.Around.In.ReadToEndAsync(cancellation) : parse.GetValue(text);
            return session.Pass(parse, await client.WriteHitMessageAsync(parse.GetValue(id), new() { Text = said }, parse.GetValue(key), cancellation), MessagePage.Of);
        }));
        return command;
    }

    private static Command Attach(Session session)
    {
        var (id, key) = (HitsCommand.Id(), IdempotencyKey.Option());
        var file = new Argument<string>("FILE") { Description = "PDF, JPEG, PNG, TIFF or plain text, at most 10 MiB" };
        var command = new Command("attach", "Hand a file to the other party") { id, file, key };
        command.SetAction(async (parse, cancellation) =>
        {
            var path = Path.Combine(session.Around.Folder, parse.GetValue(file)!);
            try
            {
                await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 64 << 10, useAsync: true);
                return await session.TalkAsync(parse, async client => session.Pass(
                    parse, await client.AttachToHitAsync(parse.GetValue(id), stream, Path.GetFileName(path), parse.GetValue(key), cancellation), MessagePage.Of), sendsMuch: true);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                return session.Tell($"{parse.GetValue(file)} cannot be read: check its name and that you may read it.", ExitCode.Usage);
            }
        });
        return command;
    }

    private static Command Fetch(Session session)
    {
        var attachment = new Argument<Guid>("ATTACHMENT") { Description = "Id of the attachment, as messages shows it" };
        var to = new Option<string?>("--to") { Description = "Where it is stored; in this folder under its own name when not given", HelpName = "FILE" };
        var command = new Command("fetch", "Store a file that was handed over") { attachment, to };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
        {
            var path = "";
            try
            {
                var problem = await client.FetchHitAttachmentAsync(parse.GetValue(attachment), name =>
                {
                    // The hub has cleaned it; a path in it would all the same be another's choice of where to write.
                    path = Path.Combine(session.Around.Folder, Session.Text(parse, to) ?? Path.GetFileName(name));
                    return new FileStream(path, FileMode.CreateNew, FileAccess.Write);
                }, cancellation);
                if (problem is not null) return Complaint.Of(problem).Tell(session.Around.Err, ExitCode.Refused);
            }
            catch (Exception unfit) when (unfit is IOException or UnauthorizedAccessException && unfit is not HttpRequestException)
            {
                return session.Tell($"{SafeText.Of(Path.GetFileName(path))} cannot be written, or is there already: say --to FILE.", ExitCode.Usage);
            }

            await session.Around.Out.WriteLineAsync(SafeText.Of(Path.GetFileName(path)));
            return ExitCode.Done;
        }, sendsMuch: true));
        return command;
    }
}

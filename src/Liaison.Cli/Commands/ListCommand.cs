using System.CommandLine;
using System.Globalization;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison list</c>: the records of the caller's own member.</summary>
internal static class ListCommand
{
    public static Command Make(Session session)
    {
        var after = new Option<string?>("--after") { Description = "Where the page before ended; it says so", HelpName = "MARK" };
        var limit = new Option<int?>("--limit") { Description = "Records on a page", HelpName = "N" };
        var all = new Option<bool>("--all") { Description = "Page after page to the last; with --json one page a line" };
        limit.CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0) return size;
            result.AddError("--limit takes a number from 1.");
            return null;
        };
        var command = new ExampledCommand("list", "List your member's own records, newest first",
            "liaison list --limit 20",
            "liaison list --all --json | jq -c '.items[]'")
        {
            after, limit, all, session.Purpose, session.Reference,
        };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
        {
            var mark = Session.Text(parse, after);
            while (true)
            {
                var reply = await client.ListAsync(mark, parse.GetValue(limit), cancellation);
                var more = parse.GetValue(all);
                var code = session.Pass(parse, reply, page => ListPage.Of(page, hint: !more));
                mark = reply.Value?.Next;
                if (code != ExitCode.Done || mark is null || !more) return code;
            }
        }));
        return command;
    }
}

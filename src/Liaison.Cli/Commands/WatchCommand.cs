using System.CommandLine;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison watch</c>: questions that stand until a day.</summary>
internal static class WatchCommand
{
    public static Command Make(Session session) => new ExampledCommand("watch", "Be told when a number is recorded: questions that stand until a day",
        "liaison search L898902C3 --issuer UTO               # first: a watch tells of what comes from now on",
        "liaison watch add L898902C3 --issuer UTO --until 2027-06-30 --reason \"Case 12/2026\"",
        "liaison watch list",
        "liaison watch end ID")
    {
        Add(session), List(session), End(session),
    };

    private static Command Add(Session session)
    {
        var number = new Argument<string>("NUMBER") { Description = "Document number" };
        var issuer = new Option<string?>("--issuer") { Description = "Issuing code, as UTO; without it blank ranges are not found", HelpName = "CODE" };
        var kind = new Option<string?>("--kind") { Description = "Kind of document, as passport", HelpName = "CODE" };
        var until = new Option<string>("--until") { Description = "The last day, as 2027-06-30; a year ahead at most", HelpName = "DATE", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why, in words; no names", HelpName = "TEXT", Required = true };
        var visible = new Option<bool>("--owner-visible") { Description = "The member that writes these documents sees the question before anything matches" };
        var key = IdempotencyKey.Option();
        var command = new Command("add", "Let a question stand") { number, issuer, kind, until, reason, visible, key, session.Purpose, session.Reference };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client => session.Pass(parse, await client.AskStandingAsync(new()
        {
            Number = parse.GetValue(number), Issuer = Session.Text(parse, issuer), Kind = Session.Text(parse, kind), Until = parse.GetValue(until),
            Reason = parse.GetValue(reason), OwnerVisible = parse.GetValue(visible) ? true : null,
        }, parse.GetValue(key), cancellation), WatchPage.Of)));
        return command;
    }

    private static Command List(Session session)
    {
        var before = new Option<Guid?>("--before") { Description = "The next page: what the page before says", HelpName = "ID" };
        var command = new Command("list", "Your member's questions, and those of others that you may see") { before };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
            session.Pass(parse, await client.StandingAsync(parse.GetValue(before), null, cancellation), WatchPage.Of)));
        return command;
    }

    private static Command End(Session session)
    {
        var id = new Argument<Guid>("ID")
        {
            Description = "Id of the question, as list shows it",
            CustomParser = result =>
            {
                if (Guid.TryParse(result.Tokens[0].Value, out var id)) return id;
                result.AddError("ID is not a question's id: copy it from watch list.");
                return default;
            },
        };
        var command = new Command("end", "End a question before its time") { id };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
            session.Pass(parse, await client.EndStandingAsync(parse.GetValue(id), cancellation), WatchPage.Of)));
        return command;
    }
}

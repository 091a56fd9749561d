using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Liaison.Api;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands.Hits;

/// <summary><c>liaison hits</c>: what becomes of hits, for who asked and for who owns the record.</summary>
internal static class HitsCommand
{
    private static readonly string[] Outcomes =
        ["documentSeized", "personQuestioned", "personArrested", "entryRefused", "travellerContinued", "falseMatch", "unknown"];

    public static Command Make(Session session)
    {
        var command = new ExampledCommand("hits", "Have hits confirmed, answer those on your records, say what came of them",
            "liaison hits list --state open",
            "liaison hits follow ID                      # waits until the owner answers",
            "liaison hits confirm ID --note \"Take it.\"",
            "liaison hits outcome ID documentSeized",
            "liaison hits message ID \"Is the photograph the holder's?\"",
            "liaison hits attach ID page.jpg",
            "liaison hits figures")
        {
            List(session), Show(session), FollowCommand.Make(session), Ask(session),
            Act(session, "acknowledge", "As the owner: somebody looks into it"), Act(session, "confirm", "As the owner: it is the document, the record stands"),
            Act(session, "deny", "As the owner: it is not, or the record no longer holds"), Act(session, "withdraw", "As the owner: take the case back"),
            Outcome(session), Close(session), Figures(session),
        };
        foreach (var message in MessageCommands.Make(session)) command.Add(message);
        return command;
    }

    public static Argument<Guid> Id() => new("ID")
    {
        Description = "Hit id of an answer; as the owner also the id that list shows",
        CustomParser = result =>
        {
            if (Guid.TryParse(result.Tokens[0].Value, out var id)) return id;
            result.AddError("ID is not a hit's id: copy it from the answer of search or from hits list.");
            return default;
        },
    };

    private static Command List(Session session)
    {
        var state = new Option<string?>("--state") { Description = "Only those in this state, as open or confirmed", HelpName = "STATE" };
        var before = new Option<Guid?>("--before") { Description = "The next page: what the page before says", HelpName = "ID" };
        var command = new Command("list", "Your member's hits, newest first") { state, before };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client => session.Pass(
            parse, await client.HitsAsync(Session.Text(parse, state), parse.GetValue(before), null, cancellation), HitView.Of)));
        return command;
    }

    private static Command Show(Session session)
    {
        var id = Id();
        var command = new Command("show", "One hit, with what happened") { id };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client => session.Pass(
            parse, await client.HitAsync(parse.GetValue(id), null, null, cancellation), hit => HitView.Of(hit, session.Around.Clock.GetUtcNow()))));
        return command;
    }

    private static Command Ask(Session session)
    {
        var (id, search, note) = (Id(), new Option<Guid>("--search") { Description = "Search id of the answer", HelpName = "ID", Required = true }, Note());
        var priority = new Option<string?>("--priority") { Description = "immediate, urgent, routine or low", HelpName = "CODE" };
        var command = new Command("ask", "Have the owner look at a match that is only possible") { id, search, priority, note };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client => session.Pass(parse, await client.AskForHitAsync(new()
        {
            HitId = parse.GetValue(id), SearchId = parse.GetValue(search), Priority = Session.Text(parse, priority), Note = Session.Text(parse, note),
        }, cancellation), hit => HitView.Of(hit, session.Around.Clock.GetUtcNow()))));
        return command;
    }

    private static Command Act(Session session, string act, string help)
    {
        var (id, note) = (Id(), Note());
        return Does(session, new Command(act, help) { id, note }, id, Routes.HitAnswer, LiaisonJson.Default.HitAnswerRequest,
            parse => new() { Act = act, Note = Session.Text(parse, note) });
    }

    private static Command Outcome(Session session)
    {
        var (id, note) = (Id(), Note());
        var what = new Argument<string>("OUTCOME") { Description = string.Join(", ", Outcomes), CompletionSources = { Outcomes } };
        return Does(session, new Command("outcome", "As the one who asked: say what came of it") { id, what, note }, id, Routes.HitOutcome,
            LiaisonJson.Default.HitOutcomeRequest, parse => new() { Outcome = parse.GetValue(what), Note = Session.Text(parse, note) });
    }

    private static Command Close(Session session)
    {
        var (id, note) = (Id(), Note());
        return Does(session, new Command("close", "As the owner: close what has its outcomes") { id, note }, id, Routes.HitClosure,
            LiaisonJson.Default.HitClosureRequest, parse => new() { Note = Session.Text(parse, note) });
    }

    private static Command Figures(Session session)
    {
        var command = new Command("figures", "How hits turned out, and how fast they were answered");
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
            session.Pass(parse, await client.HitFiguresAsync(cancellation), HitView.Of)));
        return command;
    }

    /// <summary>Reads the hit, so that its version is known, and then acts.</summary>
    private static Command Does<T>(
        Session session, Command command, Argument<Guid> id, Func<Guid, string> path, JsonTypeInfo<T> type, Func<ParseResult, T> request)
    {
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
        {
            var hit = await client.HitAsync(parse.GetValue(id), null, null, cancellation);
            return hit.Value is null ? session.Refuse(parse, hit)
                : session.Pass(parse, await client.ActOnHitAsync(path(parse.GetValue(id)), hit.ETag ?? "", request(parse), type, cancellation),
                    done => HitView.Of(done, session.Around.Clock.GetUtcNow()));
        }));
        return command;
    }

    private static Option<string?> Note() => new("--note") { Description = "In words, for the other side; no names", HelpName = "TEXT" };
}

using System.CommandLine;
using System.Globalization;
using Liaison.Api.Events;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands.Events;

/// <summary><c>liaison webhook</c>: the addresses that the hub calls with what the member is told.</summary>
internal static class WebhookCommand
{
    public static Command Make(Session session) => new ExampledCommand("webhook", "Have the hub call your systems with what your member is told",
        "liaison webhook add https://hub-events.example/liaison --type hits.caseOpened",
        "liaison webhook resume ID                    # calls it once, and begins",
        "liaison webhook dead ID",
        "liaison webhook replay ID")
    {
        Add(session), List(session), Act(session, "resume", "resume", "Call it for proof, and tell it events from then on"),
        Act(session, "pause", "pause", "Call it no more for now; events wait"), Act(session, "rotate", "secret", "A new secret; for a day the one before signs too"),
        Replay(session), Dead(session), Act(session, "end", "end", "Call it no more, and forget what waits for it"),
    };

    private static Argument<Guid> Id() => new("ID") { Description = "Of the webhook, as list shows it" };

    private static Command Add(Session session)
    {
        var url = new Argument<string>("URL") { Description = "Over https" };
        var types = new Option<string[]>("--type") { Description = "Only events of this type; may be given several times", HelpName = "TYPE" };
        var command = new Command("add", "Register an address; its secret is shown once") { url, types };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client => session.Pass(parse, await client.RegisterWebhookAsync(new()
        {
            Url = parse.GetValue(url), Types = parse.GetValue(types) is { Length: > 0 } given ? given : null,
        }, cancellation), Of)));
        return command;
    }

    private static Command List(Session session)
    {
        var command = new Command("list", "The addresses that the hub calls");
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client => session.Pass(parse, await client.WebhooksAsync(cancellation), list =>
            list.Items.Count == 0 ? new Page().Paragraph("None.") : new Page().Table(["Id", "URL", "Types", "State", "Why", "Waiting", "Dead"], list.Items.Select(w => (string[])
                [w.Id.ToString(), w.Url, w.Types.Count == 0 ? "all" : string.Join(' ', w.Types), w.State, w.Why ?? "", Count(w.Waiting), Count(w.Dead)])))));
        return command;
    }

    private static Command Act(Session session, string name, string act, string help)
    {
        var id = Id();
        var command = new Command(name, help) { id };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
            session.Pass(parse, await client.ActOnWebhookAsync(parse.GetValue(id), act, cancellation), Of)));
        return command;
    }

    private static Command Replay(Session session)
    {
        var id = Id();
        var only = new Option<Guid?>("--event") { Description = "One event that could not be told", HelpName = "ID" };
        var after = new Option<string?>("--after") { Description = "Everything after this cursor of the feed", HelpName = "CURSOR" };
        var command = new Command("replay", "Tell it again what could not be told") { id, only, after };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client => session.Pass(parse,
            await client.ReplayWebhookAsync(parse.GetValue(id), new() { Event = parse.GetValue(only), After = Session.Text(parse, after) }, cancellation), Of)));
        return command;
    }

    private static Command Dead(Session session)
    {
        var id = Id();
        var command = new Command("dead", "Events that could not be told") { id };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client => session.Pass(parse, await client.DeadEventsAsync(parse.GetValue(id), cancellation), dead =>
            dead.Items.Count == 0 ? new Page().Paragraph("None.") : new Page().Table(["Event", "Type", "Subject", "When", "Attempts", "Last answer"], dead.Items.Select(d => (string[])
                [d.Event.ToString(), d.Type, d.Subject ?? "", DocumentPage.Moment(d.At), Count(d.Attempts), d.LastAnswer ?? ""])))));
        return command;
    }

    private static Page Of(Webhook webhook) => new Page().Facts(("Webhook", webhook.Id.ToString()), ("URL", webhook.Url), ("State", webhook.State), ("Why", webhook.Why),
        ("Secret", webhook.Secret));

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);
}

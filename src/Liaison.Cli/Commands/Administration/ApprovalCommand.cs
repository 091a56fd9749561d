using System.CommandLine;
using Liaison.Api;
using Liaison.Cli.Help;

namespace Liaison.Cli.Commands.Administration;

/// <summary><c>liaison approval</c>: the second pair of eyes.</summary>
internal static class ApprovalCommand
{
    public static Command Make(Session session) => new ExampledCommand("approval", "What waits for a second person: list, approve, refuse, link",
        "liaison approval list",
        "liaison approval approve ID")
    {
        AdminVerbs.List(session, "list", "What waits, and what was decided", _ => Routes.Approvals, "id", "act", "askedBy", "askedAt", "decision", "body"),
        Decide(session, "approve", "approved", "Approved and done."),
        Decide(session, "refuse", "refused", "Refused."),
        Link(session),
    };

    private static Command Link(Session session)
    {
        var id = new Argument<Guid>("ID") { Description = "Of what you asked for" };
        return AdminVerbs.Does(session, new Command("link", "Get the one-time link that came of your own request, when it was approved; once") { id },
            Routes.ApprovalLink, "This is the only time that it is shown.", LiaisonJson.Default.LinkRequest, parse => new() { Id = parse.GetValue(id) });
    }

    private static Command Decide(Session session, string verb, string decision, string done)
    {
        var id = new Argument<Guid>("ID") { Description = "Of what waits" };
        return AdminVerbs.Does(session, new Command(verb, $"It is {decision}") { id }, Routes.ApprovalDecision, done,
            LiaisonJson.Default.ApprovalDecision, parse => new() { Id = parse.GetValue(id), Decision = decision });
    }
}

using System.CommandLine;
using Liaison.Api;
using Liaison.Cli.Help;

namespace Liaison.Cli.Commands.Administration;

/// <summary><c>liaison agreement</c>: which member takes part in what, for what, from when until when.</summary>
internal static class AgreementCommand
{
    public static Command Make(Session session)
    {
        var member = new Argument<string>("MEMBER") { Description = "Code of the member" };
        var dataset = new Option<string>("--dataset") { Description = "travelDocuments without it", HelpName = "NAME", DefaultValueFactory = _ => "travelDocuments" };
        var (access, purposes) = (AdminVerbs.Text("--access", "search or contribute", "KIND", required: true), AdminVerbs.Many("--purpose", "For what"));
        var since = new Option<DateTimeOffset?>("--since") { Description = "Now without it", HelpName = "TIME" };
        var until = new Option<DateTimeOffset?>("--until") { Description = "No end without it", HelpName = "TIME" };
        var conclude = AdminVerbs.Does(session,
            new Command("conclude", "Let a member take part; a second administrator approves it") { member, dataset, access, purposes, since, until },
            Routes.Agreements, "Concluded.", LiaisonJson.Default.AgreementRequest, parse => new()
            {
                Member = parse.GetValue(member), Dataset = parse.GetValue(dataset), Access = parse.GetValue(access), Purposes = parse.GetValue(purposes),
                Since = parse.GetValue(since), Until = parse.GetValue(until),
            });

        var (id, why) = (new Argument<Guid>("ID") { Description = "Of the agreement" }, AdminVerbs.Why());
        var end = AdminVerbs.Does(session, new Command("end", "End an agreement now") { id, why }, Routes.AgreementEnd, "Ended.",
            LiaisonJson.Default.AgreementEnd, parse => new() { Id = parse.GetValue(id), Why = parse.GetValue(why) });
        return new ExampledCommand("agreement", "Agreements: list, conclude, end",
            "liaison agreement conclude EUROPOL --access search --purpose criminalInvestigation",
            "liaison agreement list")
        {
            AdminVerbs.List(session, "list", "The agreements of your member, or of all", _ => Routes.Agreements,
                "id", "member", "dataset", "access", "purposes", "since", "until", "endedAt"),
            conclude,
            end,
        };
    }
}

using System.CommandLine;
using Liaison.Api;
using Liaison.Cli.Help;

namespace Liaison.Cli.Commands.Administration;

/// <summary><c>liaison member</c>: who takes part, and where it is reached.</summary>
internal static class MemberCommand
{
    public static Command Make(Session session) => new ExampledCommand("member", "Members: list, admit, suspend, restore; desks and sign-in providers of your own",
        "liaison member list",
        "liaison member admit EUROPOL --kind partner --name Europol")
    {
        AdminVerbs.List(session, "list", "Who takes part", _ => Routes.Members, "code", "kind", "name", "groups", "suspendedAt"),
        Admit(session),
        State(session, "suspend", "Suspended: none of its accounts may act.", "suspended"),
        State(session, "restore", "Restored.", "active"),
        Desk(session),
        ProviderCommand.Make(session),
    };

    private static Command Admit(Session session)
    {
        var code = AdminVerbs.Name("Code, as FRA or EUROPOL");
        var (kind, name) = (AdminVerbs.Text("--kind", "country, partner, secretariat or carrier", "KIND", required: true), AdminVerbs.Text("--name", "In words", required: true));
        var command = new Command("admit", "Admit a member; a second administrator approves it") { code, kind, name };
        return AdminVerbs.Does(session, command, Routes.Members, "Admitted.", LiaisonJson.Default.MemberRequest, parse =>
            new() { Code = parse.GetValue(code), Kind = parse.GetValue(kind), Name = parse.GetValue(name) });
    }

    private static Command State(Session session, string verb, string done, string state)
    {
        var (code, why) = (AdminVerbs.Name("Code of the member"), AdminVerbs.Why());
        var help = state == "active" ? "Let a member act again; a second administrator approves it" : "End at once what all accounts of a member may do";
        var command = new Command(verb, help) { code, why };
        return AdminVerbs.Does(session, command, Routes.MemberState, done, LiaisonJson.Default.MemberStateRequest, parse =>
            new() { Code = parse.GetValue(code), State = state, Why = parse.GetValue(why) });
    }

    private static Command Desk(Session session)
    {
        var urgency = AdminVerbs.Text("--urgency", "routine or urgent", "KIND", required: true);
        var name = AdminVerbs.Text("--name", "Name of the desk", required: true);
        var contact = AdminVerbs.Text("--contact", "Telephone, address or channel", required: true);
        var languages = AdminVerbs.Many("--language", "ISO 639 codes, as fr en");
        var zone = AdminVerbs.Text("--time-zone", "IANA time zone, as Europe/Paris", "ZONE", required: true);
        var hours = AdminVerbs.Text("--hours", "24/7, or days and times, as \"Mon-Fri 08:00-18:00, Sat 09:00-13:00\"", required: true);
        var onCall = AdminVerbs.Text("--on-call", "Whom to call outside the hours");
        var holidays = new Option<string[]>("--holiday")
        {
            Description = "Days on which nobody is there, as 2026-12-25", HelpName = "DATE", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
        };
        var command = new Command("desk", "Say where your member is reached") { urgency, name, contact, languages, zone, hours, onCall, holidays };
        return AdminVerbs.Does(session, command, Routes.Desks, "Kept.", LiaisonJson.Default.Desk, parse => new()
        {
            Urgency = parse.GetValue(urgency), Name = parse.GetValue(name), Contact = parse.GetValue(contact), Languages = parse.GetValue(languages),
            TimeZone = parse.GetValue(zone), Hours = parse.GetValue(hours), OnCall = parse.GetValue(onCall), Holidays = parse.GetValue(holidays),
        });
    }
}

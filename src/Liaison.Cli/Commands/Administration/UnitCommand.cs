using System.CommandLine;
using Liaison.Api;
using Liaison.Cli.Help;

namespace Liaison.Cli.Commands.Administration;

/// <summary><c>liaison unit</c>: what a bureau lets its agencies, border posts and systems do.</summary>
internal static class UnitCommand
{
    public static Command Make(Session session)
    {
        var days = AdminVerbs.Text("--days", "How far back, 7 without it", "N");
        var use = AdminVerbs.List(session, "use", "What the accounts of your member did",
            parse => Routes.UnitUse + (parse.GetValue(days) is { } number ? $"?days={Uri.EscapeDataString(number)}" : ""), "unit", "account", "event", "count", "last");
        use.Add(days);
        return new ExampledCommand("unit", "Units of your member: list, grant, withdraw, and what they did",
            "liaison unit grant FRA/BORDER/CDG --title \"Airport post\" --kind borderPost --permission travelDocuments.search",
            "liaison unit withdraw FRA/BORDER/CDG --why \"Post closed\"")
        {
            AdminVerbs.List(session, "list", "The units and what they are granted", _ => Routes.Units, "name", "kind", "title", "permissions", "purposes", "withdrawnAt"),
            Grant(session),
            Withdraw(session),
            use,
        };
    }

    private static Command Grant(Session session)
    {
        var name = AdminVerbs.Name("MEMBER/PART, as FRA/BORDER/CDG");
        var (title, kind) = (AdminVerbs.Text("--title", "In words", required: true), AdminVerbs.Text("--kind", "subBureau, agency, borderPost or system", "KIND", required: true));
        var (permissions, purposes) = (AdminVerbs.Many("--permission", "What it may do; none takes everything away"), AdminVerbs.Many("--purpose", "For what; without it all for a new unit, and as before for another"));
        var command = new Command("grant", "Make a unit, or change what it may do") { name, title, kind, permissions, purposes };
        return AdminVerbs.Does(session, command, Routes.Units, "Granted.", LiaisonJson.Default.UnitRequest, parse => new()
        {
            Name = parse.GetValue(name), Title = parse.GetValue(title), Kind = parse.GetValue(kind), Permissions = parse.GetValue(permissions),
            Purposes = parse.GetValue(purposes) is { Length: > 0 } named ? named : null,
        });
    }

    private static Command Withdraw(Session session)
    {
        var (name, why) = (AdminVerbs.Name("Of the unit"), AdminVerbs.Why());
        return AdminVerbs.Does(session, new Command("withdraw", "Take everything away from a unit and those below it, at once") { name, why },
            Routes.UnitWithdrawal, "Withdrawn.", LiaisonJson.Default.UnitWithdrawal, parse => new() { Name = parse.GetValue(name), Why = parse.GetValue(why) });
    }
}

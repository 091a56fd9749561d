using System.CommandLine;
using System.Text.Json;
using Liaison.Api;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands.Administration;

/// <summary><c>liaison account</c>: the persons and systems that act for a member.</summary>
internal static class AccountCommand
{
    public static Command Make(Session session) => new ExampledCommand("account", "Accounts of your member: list, open, change, suspend, restore, end, invite, bind, keys, why",
        "liaison account open officer.one --kind person --title Officer --unit FRA/BORDER/CDG --permission travelDocuments.search --default-purpose borderControl",
        "liaison account why officer.one --permission travelDocuments.search")
    {
        AdminVerbs.List(session, "list", "The accounts", _ => Routes.Accounts, "name", "member", "unit", "kind", "state", "permissions", "defaultPurpose", "provider"),
        Write(session, "open", "Open an account; a second administrator approves an administrator's", isNew: true),
        Write(session, "change", "Change what an account may do", isNew: false),
        State(session, "suspend", "suspended", "Suspended, with all its tokens."),
        State(session, "restore", "active", "Restored."),
        State(session, "end", "ended", "Ended for good."),
        Invite(session),
        Bind(session),
        Keys(session),
        Why(session),
    };

    private static Command Write(Session session, string verb, string help, bool isNew)
    {
        var name = AdminVerbs.Name("a-z, 0-9, dot and hyphen; never given twice");
        var (kind, member) = (AdminVerbs.Text("--kind", "person or system", "KIND", required: isNew), AdminVerbs.Text("--member", "Your own without it; the secretariat names any", "CODE"));
        var (title, unit) = (AdminVerbs.Text("--title", "In words", required: true), AdminVerbs.Text("--unit", "The bureau itself without it", "NAME"));
        var (permissions, purpose) = (AdminVerbs.Many("--permission", "What it may do"), AdminVerbs.Text("--default-purpose", "Taken when a question names none", "CODE"));
        var command = new Command(verb, help) { name, title, unit, permissions, purpose };
        if (isNew)
        {
            command.Add(kind);
            command.Add(member);
        }

        return AdminVerbs.Does(session, command, isNew ? Routes.Accounts : Routes.AccountChange, isNew ? "Opened." : "Changed.",
            LiaisonJson.Default.AccountRequest, parse => new()
            {
                Name = parse.GetValue(name), Kind = isNew ? parse.GetValue(kind) : null, Member = isNew ? parse.GetValue(member) : null,
                Title = parse.GetValue(title), Unit = parse.GetValue(unit), Permissions = parse.GetValue(permissions), DefaultPurpose = parse.GetValue(purpose),
            });
    }

    private static Command State(Session session, string verb, string state, string done)
    {
        var (name, why) = (AdminVerbs.Name("Of the account"), AdminVerbs.Why());
        return AdminVerbs.Does(session, new Command(verb, $"Make it {state}") { name, why }, Routes.AccountState, done,
            LiaisonJson.Default.AccountStateRequest, parse => new() { Name = parse.GetValue(name), State = state, Why = parse.GetValue(why) });
    }

    private static Command Invite(Session session)
    {
        var name = AdminVerbs.Name("Of a person's account");
        return AdminVerbs.Does(session, new Command("invite", "Make a new one-time link for a person who lost every way in") { name }, Routes.AccountInvitation,
            "A link was made; earlier ones do not work any more.", LiaisonJson.Default.InvitationRequest, parse => new() { Name = parse.GetValue(name) });
    }

    private static Command Bind(Session session)
    {
        var name = AdminVerbs.Name("Of a person's account");
        var provider = AdminVerbs.Text("--provider", "Code of your member's provider; none takes the binding away", "CODE");
        var subject = AdminVerbs.Text("--subject", "sub of the person there");
        return AdminVerbs.Does(session, new Command("bind", "Say who a person is at the provider of your member") { name, provider, subject },
            Routes.AccountProvider, "Kept; what was signed in has ended.", LiaisonJson.Default.AccountProviderRequest, parse => new()
            {
                Name = parse.GetValue(name), Provider = parse.GetValue(provider), Subject = parse.GetValue(subject),
            });
    }

    private static Command Keys(Session session)
    {
        var name = AdminVerbs.Name("Of a system account");
        var file = new Option<FileInfo>("--file") { Description = "JSON Web Key Set of public keys; none takes the keys away", HelpName = "FILE" };
        file.AcceptExistingOnly();
        file.Validators.Add(result =>
        {
            try
            {
                if (result.GetValue(file) is { } read) JsonDocument.Parse(File.ReadAllText(read.FullName)).Dispose();
            }
            catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
            {
                result.AddError("--file is no JSON Web Key Set that can be read.");
            }
        });
        return AdminVerbs.Does(session, new Command("keys", "Set how a system proves who it is") { name, file }, Routes.AccountKeys, "Kept.",
            LiaisonJson.Default.AccountKeysRequest, parse =>
            {
                using var keys = parse.GetValue(file) is { } read ? JsonDocument.Parse(File.ReadAllText(read.FullName)) : null;
                return new() { Name = parse.GetValue(name), Keys = keys?.RootElement.Clone() };
            });
    }

    private static Command Why(Session session)
    {
        var name = AdminVerbs.Name("Of the account");
        var (permission, purpose) = (AdminVerbs.Text("--permission", "What it would do", "CODE", required: true), AdminVerbs.Text("--for", "Why it would", "CODE"));
        var command = new Command("why", "May it do this, and if not, why?") { name, permission, purpose };
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
        {
            var path = $"{Routes.AccountAccess}?name={Uri.EscapeDataString(parse.GetValue(name)!)}&permission={Uri.EscapeDataString(parse.GetValue(permission)!)}";
            if (parse.GetValue(purpose) is { } why) path += $"&purpose={Uri.EscapeDataString(why)}";
            return session.Pass(parse, await client.AdministrationAsync(path, cancellation), answer =>
                answer.Body.GetProperty("allowed").GetBoolean() ? new Page().Headline("It may.", Tone.Good)
                    : new Page().Headline("It may not.", Tone.Careful).Paragraph(answer.Body.GetProperty("reason").GetString()!));
        }));
        return command;
    }
}

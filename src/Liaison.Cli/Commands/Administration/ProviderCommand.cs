using System.CommandLine;
using Liaison.Api;
using Liaison.Cli.Help;

namespace Liaison.Cli.Commands.Administration;

/// <summary><c>liaison member provider</c>: the OpenID Connect providers by which a member's persons sign in.</summary>
internal static class ProviderCommand
{
    public static Command Make(Session session) => new ExampledCommand("provider", "Sign-in through your own OpenID Connect provider: list, register, change, end",
        "liaison member provider register https://login.example/realms/police --client-id liaison --title \"Police of Utopia\" --amr mfa",
        "liaison account bind officer.one --provider CODE --subject SUB")
    {
        AdminVerbs.List(session, "list", "The providers of your member", _ => Routes.Providers,
            "code", "member", "issuer", "clientId", "title", "authentication", "algorithms", "acr", "amr", "signIn", "redirectUri", "keys", "endedAt"),
        Register(session),
        Change(session),
        End(session),
    };

    private static Command Register(Session session)
    {
        var issuer = new Argument<string>("ISSUER") { Description = "Exactly as the provider writes it" };
        var (client, title) = (AdminVerbs.Text("--client-id", "The hub's name there", "ID", required: true), AdminVerbs.Text("--title", "What people see", required: true));
        var authentication = AdminVerbs.Text("--authentication", "privateKeyJwt (without it) or secret", "KIND");
        var (algorithms, acr, amr) = Says();
        var member = AdminVerbs.Text("--member", "Your own without it; the secretariat names any", "CODE");
        var command = new Command("register", "Register a provider; a second administrator approves it") { issuer, client, title, authentication, algorithms, acr, amr, member };
        return AdminVerbs.Does(session, command, Routes.Providers, "Registered.", LiaisonJson.Default.ProviderRequest, parse => new()
        {
            Issuer = parse.GetValue(issuer), ClientId = parse.GetValue(client), Title = parse.GetValue(title), Authentication = parse.GetValue(authentication),
            Algorithms = parse.GetValue(algorithms) is { Length: > 0 } given ? given : null, Acr = parse.GetValue(acr), Amr = parse.GetValue(amr),
            Member = parse.GetValue(member),
        });
    }

    private static Command Change(Session session)
    {
        var (code, title) = (AdminVerbs.Name("Code of the provider"), AdminVerbs.Text("--title", "What people see", required: true));
        var (algorithms, acr, amr) = Says();
        algorithms.Required = true;
        var command = new Command("change", "Change what a provider must say; a second administrator approves it") { code, title, algorithms, acr, amr };
        return AdminVerbs.Does(session, command, Routes.ProviderChange, "Changed.", LiaisonJson.Default.ProviderChange, parse => new()
        {
            Code = parse.GetValue(code), Title = parse.GetValue(title), Algorithms = parse.GetValue(algorithms), Acr = parse.GetValue(acr), Amr = parse.GetValue(amr),
        });
    }

    private static Command End(Session session)
    {
        var (code, why) = (AdminVerbs.Name("Code of the provider"), AdminVerbs.Why());
        return AdminVerbs.Does(session, new Command("end", "End a provider at once, with all sessions that came by it") { code, why }, Routes.ProviderEnd,
            "Ended.", LiaisonJson.Default.ProviderEnd, parse => new() { Code = parse.GetValue(code), Why = parse.GetValue(why) });
    }

    private static (Option<string[]> Algorithms, Option<string[]> Acr, Option<string[]> Amr) Says() => (
        AdminVerbs.Many("--algorithm", "How its tokens may be signed, as ES256 RS256"),
        AdminVerbs.Many("--acr", "One of these must be the acr of a sign-in, as of a second factor"),
        AdminVerbs.Many("--amr", "One of these must be among its amr, as mfa"));
}

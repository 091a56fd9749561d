using System.CommandLine;
using System.Text;
using System.Text.Json;
using Liaison.Cli.Help;
using Liaison.Cli.Hubs;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison profiles</c>: the accounts that can be named, without their tokens. Asks no hub.</summary>
internal static class ProfilesCommand
{
    public static Command Make(Session session)
    {
        var command = new ExampledCommand("profiles", "List the accounts that --profile can name, and which hub would be asked now",
            "liaison profiles",
            "liaison search L898902C3 --issuer UTO --profile france");
        command.SetAction(parse =>
        {
            var profiles = Profiles.Read(session.Around);
            if (session.Json(parse)) session.Around.Out.WriteLine(Json(profiles.Accounts));
            else Display.Show(Show(profiles.Accounts, session.Find(parse)), session.Around);
            return profiles.Fault is { } fault ? session.Tell(fault, ExitCode.Usage) : ExitCode.Done;
        });
        return command;
    }

    private static Page Show(IReadOnlyList<NamedAccount> accounts, HubChoice choice)
    {
        var page = choice switch
        {
            HubChoice.Chosen { Hub: var hub } => new Page().Headline($"Asked now: {Session.Plain(hub.Address)} ({hub.Source})"),
            HubChoice.None none => new Page().Headline(none.Message),
            _ => throw new InvalidOperationException("A hub or none."),
        };
        return accounts.Count == 0 ? page : page.Table(["Profile", "Member", "Hub", "From"],
            accounts.Select(a => (string[])[a.Name, a.Member, a.Address, a.Source]));
    }

    private static string Json(IReadOnlyList<NamedAccount> accounts)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var account in accounts)
            {
                json.WriteStartObject();
                json.WriteString("name", account.Name);
                json.WriteString("member", account.Member);
                json.WriteString("address", account.Address);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}

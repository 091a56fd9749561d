using System.CommandLine;
using System.Text.Json.Serialization.Metadata;
using Liaison.Cli.Hubs;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands.Administration;

/// <summary>The two kinds of verbs that administrators have: read a list, or do something that may wait for a second administrator.</summary>
internal static class AdminVerbs
{
    public static Command List(Session session, string name, string help, Func<ParseResult, string> path, params IReadOnlyList<string> columns)
    {
        var command = new Command(name, help);
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
            session.Pass(parse, await client.AdministrationAsync(path(parse), cancellation), answer => AdministrationPage.List(answer, columns))));
        return command;
    }

    /// <param name="session">Shared.</param>
    /// <param name="command">With its arguments and options.</param>
    /// <param name="path">Where the request goes.</param>
    /// <param name="done">Headline when it is done at once.</param>
    /// <param name="type">Of the request.</param>
    /// <param name="request">From the command line.</param>
    public static Command Does<T>(
        Session session, Command command, string path, string done, JsonTypeInfo<T> type, Func<ParseResult, T> request)
    {
        command.SetAction((parse, cancellation) => session.TalkAsync(parse, async client =>
        {
            var reply = await client.AdministerAsync(path, request(parse), type, cancellation);
            var hub = session.Find(parse) is HubChoice.Chosen { Hub.Address: var address } ? address : new Uri("http://localhost");
            return session.Pass(parse, reply, answer => AdministrationPage.Of(done, answer, hub));
        }));
        return command;
    }

    public static Option<string?> Text(string name, string help, string form = "TEXT", bool required = false) =>
        new(name) { Description = help, HelpName = form, Required = required };

    public static Option<string[]> Many(string name, string help) =>
        new(name) { Description = help, HelpName = "CODE", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };

    public static Option<string?> Why() => Text("--why", "In words; kept in the audit", required: true);

    public static Argument<string> Name(string help) => new("NAME") { Description = help };
}

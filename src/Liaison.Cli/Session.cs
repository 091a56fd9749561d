using System.CommandLine;
using System.Text.Json;
using Liaison.Api;
using Liaison.Cli.Hubs;
using Liaison.Cli.Rendering;

namespace Liaison.Cli;

/// <summary>
/// What every command that talks to a hub shares: the options that choose the hub, the connection, and how an answer or a refusal
/// reaches the person or the program that asked.
/// </summary>
internal sealed class Session(Surroundings around)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly Option<string?> hub = new("--hub")
    {
        Description = "Address of the hub [env: LIAISON_HUB]", HelpName = "URL", Recursive = true,
    };

    private readonly Option<string?> profile = new("--profile")
    {
        Description = "Account to ask as; liaison profiles lists them [env: LIAISON_PROFILE]", HelpName = "NAME", Recursive = true,
    };

    private readonly Option<bool> json = new("--json") { Description = "Answer in JSON, for programs", Recursive = true };

    public Surroundings Around => around;

    /// <summary>Why it is asked or written.</summary>
    public Option<string?> Purpose { get; } = new("--purpose")
    {
        Description = "Why you ask, a code such as borderControl; without it your account's default",
        HelpName = "CODE",
        CompletionSources = { CodeLists.Completions("purposes") },
    };

    public Option<string?> Reference { get; } = new("--reference")
    {
        Description = "Your own case or file reference; kept in the hub's audit only", HelpName = "TEXT",
    };

    public void AddTo(RootCommand root)
    {
        profile.CompletionSources.Add(_ => Profiles.Read(around).Accounts.Select(a => a.Name));
        root.Add(hub);
        root.Add(profile);
        root.Add(json);
    }

    public bool Json(ParseResult parse) => parse.GetValue(json);

    public HubChoice Find(ParseResult parse) => HubFinder.Find(parse.GetValue(hub), parse.GetValue(profile), around);

    /// <summary>
    /// Connects to the chosen hub and lets the command talk to it. A hub that cannot be reached ends here, with its exit code.
    /// </summary>
    /// <param name="headers">
    /// Purpose and reference of reads and writes travel as headers, which carry ASCII only. A search says false: it has them in its body.
    /// </param>
    /// <param name="sendsMuch">A file may take hours to be sent, so the request as a whole has no limit.</param>
    public async Task<int> TalkAsync(ParseResult parse, Func<LiaisonClient, Task<int>> talk, bool headers = true, bool sendsMuch = false)
    {
        var choice = Find(parse);
        if (choice is HubChoice.None none) return Tell(none.Message, none.ExitCode);
        var found = ((HubChoice.Chosen)choice).Hub;
        using var http = Connection.Open(found.Address, sendsMuch ? Timeout.InfiniteTimeSpan : Patience);
        if (headers && (Mark(parse, http, Purpose, Headers.Purpose) ?? Mark(parse, http, Reference, Headers.Reference)) is { } unfit)
            return Tell(unfit, ExitCode.Usage);
        if (around.Language is { } language) http.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Language", language);
        try
        {
            using var tokens = new AccessTokens(found, http, around.Clock);
            return await talk(new LiaisonClient(http, tokens.GetAsync));
        }
        catch (Exception fault) when (Explain(fault, found.Address, http) is var (message, code))
        {
            return Tell(message, code);
        }
    }

    /// <summary>Connects to the hub that somebody signs in to or out of.</summary>
    public async Task<int> SignInAsync(ParseResult parse, Func<LoginPlace, HttpClient, Task<int>> talk)
    {
        var (place, why) = HubFinder.Place(parse.GetValue(hub), parse.GetValue(profile), around);
        if (place is null) return Tell(why, ExitCode.Usage);
        using var http = Connection.Open(place.Address, Patience);
        try
        {
            return await talk(place, http);
        }
        catch (Exception fault) when (Explain(fault, place.Address, http) is var (message, code))
        {
            return Tell(message, code);
        }
    }

    /// <summary>What went wrong on the way to a hub, for a person; null when it is a fault of this program.</summary>
    private static (string Message, int Code)? Explain(Exception fault, Uri address, HttpClient http) => fault switch
    {
        HttpRequestException e => (Connection.Explain(e, address), ExitCode.Unreachable),
        TaskCanceledException { InnerException: TimeoutException } =>
            ($"The hub at {Plain(address)} took longer than {http.Timeout.TotalSeconds:N0} s to answer: ask again later.", ExitCode.Unreachable),
        JsonException => ($"What answers at {Plain(address)} does not speak like a hub: check the address.", ExitCode.Unreachable),
        SignInException e => (e.Message, ExitCode.Refused),
        _ => null,
    };

    /// <summary>Passes an answer on: the hub's own JSON unchanged, or a page for a person; a refusal goes to standard error.</summary>
    /// <param name="exitCode">The code that the answer deserves.</param>
    public int Pass<T>(ParseResult parse, HubReply<T> reply, Func<T, Page> page, Func<T, int>? exitCode = null)
        where T : class
    {
        if (reply.Value is not { } value) return Refuse(parse, reply);
        if (Json(parse)) around.Out.WriteLine(reply.Body.TrimEnd('\n'));
        else Display.Show(page(value), around);
        return exitCode?.Invoke(value) ?? ExitCode.Done;
    }

    /// <summary>A refusal: for programs the hub's problem document on standard output, for people a line on standard error.</summary>
    public int Refuse<T>(ParseResult parse, HubReply<T> reply)
        where T : class
    {
        if (reply.Problem is not { } problem) throw new JsonException("The hub's answer was empty.");
        if (problem.Code == "unreadableAnswer") return Tell(problem.Detail ?? problem.Title, ExitCode.Unreachable);
        if (Json(parse)) around.Out.WriteLine(reply.Body.TrimEnd('\n'));
        return Complaint.Of(problem).Tell(around.Err, ExitCode.Refused);
    }

    public int Tell(string line, int exitCode) => new Complaint(line).Tell(around.Err, exitCode);

    /// <summary>The option's text; null when it was not given or given as nothing.</summary>
    public static string? Text(ParseResult parse, Option<string?> option) => parse.GetValue(option) is { Length: > 0 } text ? text : null;

    internal static string Plain(Uri address) => address.GetLeftPart(UriPartial.Authority);

    /// <returns>Why the option's text cannot be a header; null when all is well.</returns>
    private static string? Mark(ParseResult parse, HttpClient http, Option<string?> option, string header)
    {
        if (parse.GetResult(option) is null || Text(parse, option) is not { } text) return null;
        if (text.AsSpan().ContainsAnyExceptInRange(' ', '~')) return $"{option.Name} takes ASCII letters, digits and signs only here.";
        http.DefaultRequestHeaders.TryAddWithoutValidation(header, text);
        return null;
    }
}

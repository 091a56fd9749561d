using System.CommandLine;
using Liaison.Api.TravelDocuments;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison search</c>: is this travel document known?</summary>
internal sealed class SearchCommand
{
    private readonly Session session;

    private readonly Argument<string?> number = new("NUMBER")
    {
        Description = "Document number as printed; - reads it from standard input, where no process list shows it",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> mrz = new("--mrz")
    {
        Description = "Machine readable zone instead of a number; - reads it from standard input", HelpName = "TEXT",
    };

    private readonly Option<string?> issuer = new("--issuer")
    {
        Description = "Issuing authority, ICAO code (D, FRA, UNO, UTO); without it the answer is weak", HelpName = "CODE",
    };

    private readonly Option<string?> kind = new("--kind")
    {
        Description = "Kind of document, for example passport", HelpName = "CODE", CompletionSources = { CodeLists.Completions("kinds") },
    };

    private readonly Option<bool> near = new("--near")
    {
        Description = "Also numbers one character off, two neighbours swapped, or of another issuer",
    };

    private readonly Option<string?> place = new("--place") { Description = "Where the document was shown; audit only", HelpName = "TEXT" };

    private readonly Option<string?> onBehalfOf = new("--on-behalf-of")
    {
        Description = "Opaque user id for whom you ask; audit only", HelpName = "ID",
    };

    private readonly Option<string?> occurredAt = new("--occurred-at")
    {
        Description = "When the document was shown, if earlier: 2025-03-01T14:05+01:00", HelpName = "TIME",
    };

    private readonly Option<string?> priority = new("--priority")
    {
        Description = "How fast the owner is to answer a hit: immediate, urgent, routine or low", HelpName = "CODE",
        CompletionSources = { "immediate", "urgent", "routine", "low" },
    };

    private SearchCommand(Session session) => this.session = session;

    public static Command Make(Session session)
    {
        var search = new SearchCommand(session);
        var command = new ExampledCommand("search", "Is this travel document reported stolen, lost, revoked, invalid or a stolen blank?",
            "liaison search L898902C3 --issuer UTO",
            "liaison search L898902C3 --issuer UTO --kind passport --near --purpose training",
            "liaison search --mrz - < zone.txt          # as a reader delivers it",
            "liaison search L898902C3 --issuer UTO --json | jq -r .answer")
        {
            search.number, search.mrz, search.issuer, search.kind, search.near, session.Purpose, session.Reference, search.place,
            search.onBehalfOf, search.occurredAt, search.priority,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(search.number) is null == result.GetValue(search.mrz) is null)
                result.AddError("Give a document number or --mrz, one of the two.");
        });
        command.SetAction(search.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var request = new SearchRequest
        {
            Number = Given(parse.GetValue(number)),
            Mrz = Given(parse.GetValue(mrz)),
            Issuer = Session.Text(parse, issuer),
            Kind = Session.Text(parse, kind),
            Near = parse.GetValue(near) ? true : null,
            Purpose = Session.Text(parse, session.Purpose),
            Reference = Session.Text(parse, session.Reference),
            Place = Session.Text(parse, place),
            Priority = Session.Text(parse, priority),
            OnBehalfOf = Session.Text(parse, onBehalfOf),
            OccurredAt = Session.Text(parse, occurredAt),
        };
        if (request is { Number: "" } or { Mrz: "" })
            return session.Tell("Nothing to search for was given: pipe the number or the zone in.", ExitCode.Usage);
        return await session.TalkAsync(parse, async client =>
            session.Pass(parse, await client.SearchAsync(request, cancellation), SearchPage.Of, answer => answer.Answer switch
            {
                "hit" or "refer" => ExitCode.Done,
                "possible" => ExitCode.Possible,
                _ => ExitCode.NotKnown,
            }), headers: false);
    }

    /// <summary>The value, or standard input for <c>-</c>. It is cut far beyond what the hub takes: the hub says so.</summary>
    private string? Given(string? value)
    {
        if (value != "-") return value?.Trim();
        Span<char> text = stackalloc char[1024];
        return new string(text[..session.Around.In.ReadBlock(text)]).Trim();
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Cli.Checks;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison check</c>: asks for every document of a file; the answers go to a file of their own.</summary>
internal sealed class CheckCommand
{
    private readonly Session session;
    private readonly Argument<string> file = new("FILE")
    {
        Description = "CSV with a header (number, issuer, kind, mrz, ref …), or NDJSON; - reads NDJSON, or CSV by --format, from standard input",
    };

    private readonly Option<string?> result = new("--out")
    {
        Description = "Where the answers go: CSV if it ends in .csv, else NDJSON; FILE.answers.ndjson when not given, standard output for -",
        HelpName = "FILE",
    };

    private readonly Option<string?> format = new("--format")
    {
        Description = "csv or ndjson; by the file's name when not given", HelpName = "FORMAT", CompletionSources = { "csv", "ndjson" },
    };

    private CheckCommand(Session session)
    {
        this.session = session;
        format.Validators.Add(given =>
        {
            if (given.GetValueOrDefault<string?>() is not ("csv" or "ndjson")) given.AddError("--format is csv or ndjson.");
        });
    }

    public static Command Make(Session session)
    {
        var check = new CheckCommand(session);
        var command = new ExampledCommand("check", "Ask for every document of a file: a passenger list, a night run of millions",
            "liaison check passengers.csv --out answers.csv",
            "liaison check - --format ndjson < questions.ndjson | jq -c 'select(.answer != \"notKnown\")'")
        {
            check.file, check.result, check.format, session.Purpose, session.Reference,
        };
        command.SetAction(check.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var path = parse.GetValue(file)!;
        var to = Session.Text(parse, result) ?? (path == "-" ? null : path + ".answers.ndjson");
        TextReader? from = null;
        StreamWriter? writer = null;
        try
        {
            from = path == "-" ? session.Around.In : new StreamReader(Full(path), Encoding.UTF8);
            if (to is not null) writer = new StreamWriter(Full(to), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            var isCsv = parse.GetValue(format) is { } named ? named == "csv" : IsCsv(path);
            var questions = isCsv ? QuestionReader.Csv(from) : QuestionReader.Lines(from);
            var answers = new AnswerFile(writer ?? session.Around.Out, to is not null && IsCsv(to));
            return await session.TalkAsync(parse, client => CheckAsync(parse, client, questions, answers, to, cancellation));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            return session.Tell(e.Message, ExitCode.Usage);
        }
        finally
        {
            if (writer is not null) await writer.DisposeAsync();
            if (path != "-") from?.Dispose();
        }
    }

    private async Task<int> CheckAsync(
        ParseResult parse, LiaisonClient client, IEnumerable<AskedLine> questions, AnswerFile answers, string? to, CancellationToken cancellation)
    {
        var run = new CheckRun(client, answers, session.Around);
        answers.Begin();
        if (await run.SendAsync(questions, cancellation) is { } broken)
        {
            var done = run.LastLine == 0 ? "Nothing was answered" : $"Answered up to line {run.LastLine}, which is in {to ?? "standard output"}; the rest was not";
            session.Refuse(parse, broken);
            return session.Tell($"{done}: the check is not complete.", broken.Problem?.Status is 503 or 200 ? ExitCode.Unreachable : ExitCode.Refused);
        }

        var counts = run.Counts;
        if (counts.Lines == 0) return session.Tell("The file holds no question, so nothing was asked.", ExitCode.Usage);
        if (to is not null)
        {
            if (session.Json(parse)) session.Around.Out.WriteLine(JsonSerializer.Serialize(counts, LiaisonJson.Default.SearchManySummary));
            else Display.Show(Page(counts, to), session.Around);
        }

        return counts.Hit + counts.Refer > 0 ? ExitCode.Done : counts.Possible > 0 ? ExitCode.Possible : counts.Refused > 0 ? ExitCode.Rejects : ExitCode.NotKnown;
    }

    private static Page Page(SearchManySummary counts, string to)
    {
        var page = counts.Hit > 0 ? new Page().Headline($"{Of(counts.Hit)} HIT: documents that are reported.", Tone.Alarm)
            : counts.Refer > 0 ? new Page().Headline($"{Of(counts.Refer)} TO ASK ABOUT: desks know more of these documents.", Tone.Alarm)
            : counts.Possible > 0 ? new Page().Headline($"{Of(counts.Possible)} POSSIBLE: records that may be meant.", Tone.Careful)
            : new Page().Headline("NOT KNOWN: no record answers to any of them.", Tone.Good);
        page.Facts(("Lines", Of(counts.Lines)), ("Hit", Of(counts.Hit)), ("Possible", Of(counts.Possible)),
            ("To ask about", counts.Refer > 0 ? Of(counts.Refer) : null), ("Not known", Of(counts.NotKnown)), ("Refused", Of(counts.Refused)), ("Answers", to));
        if (counts.Stale) page.Paragraph("Note: the node could not follow its database; what was recorded lately may be missing. Check again later.");
        return page.Paragraph($"Data as of {DocumentPage.Moment(counts.AsOf.At)} (position {counts.AsOf.Position})");
    }

    private static string Of(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static bool IsCsv(string path) => Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase);

    private string Full(string path) => Path.Combine(session.Around.Folder, path);
}

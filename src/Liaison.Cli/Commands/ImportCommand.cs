using System.CommandLine;
using Liaison.Api;
using Liaison.Api.TravelDocuments;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison import</c>: sends a file of records; good rows are recorded, bad rows come back in a reject file.</summary>
internal sealed class ImportCommand
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Session session;
    private readonly Argument<string> file = new("FILE") { Description = "CSV with a header line, or NDJSON; either may be gzip" };
    private readonly Option<string?> rejects = new("--rejects")
    {
        Description = "Where rejected rows are listed, CSV; FILE.rejects.csv when not given", HelpName = "FILE",
    };

    private readonly Option<string?> format = new("--format")
    {
        Description = "csv or ndjson; by the file's name when not given", HelpName = "FORMAT", CompletionSources = { "csv", "ndjson" },
    };

    private readonly Option<string?> feed = new("--feed") { Description = "Which of your feeds the file belongs to; default when not given", HelpName = "NAME" };
    private readonly Option<string?> mode = new("--mode")
    {
        Description = "delta (what the file names), or full (what it does not name ends)", HelpName = "MODE", CompletionSources = { "delta", "full" },
    };

    private readonly Option<int?> maxWithdrawals = new("--max-withdrawals")
    {
        Description = "How much of the feed a full file may end without a second person, in percent from 0; 10 when not given, and at most", HelpName = "PERCENT",
    };

    private readonly Option<bool> noWait = new("--no-wait") { Description = "Do not wait until it is done; liaison imports shows how far it is" };
    private readonly Option<string?> key = IdempotencyKey.Option();

    private ImportCommand(Session session)
    {
        this.session = session;
        format.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not ("csv" or "ndjson")) result.AddError("--format is csv or ndjson.");
        });
    }

    public static Command Make(Session session)
    {
        var import = new ImportCommand(session);
        var command = new ExampledCommand("import", "Record the documents of a file; rejected rows are listed in a file",
            "liaison import stolen.csv",
            "liaison import stolen.csv.gz --feed nightly --mode full",
            "liaison import blanks.ndjson --rejects to-correct.csv --idempotency-key blanks-2025-06-02")
        {
            import.file, import.rejects, import.format, import.feed, import.mode, import.maxWithdrawals, import.noWait, import.key, session.Purpose, session.Reference,
        };
        command.SetAction(import.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken cancellation)
    {
        var path = parse.GetValue(file)!;
        if (Open(path, out var fault) is not { } stream) return session.Tell(fault, ExitCode.Usage);
        var name = parse.GetValue(key) ?? Guid.NewGuid().ToString();
        var size = stream.Length;
        var code = await session.TalkAsync(parse, async client =>
        {
            var reply = await ImportProgressBar.WatchAsync(session.Around, size, async told =>
            {
                using var content = new UploadContent(stream, MediaType(parse.GetValue(format), path), told.Sent);
                var accepted = await client.ImportAsync(
                    content, name, parse.GetValue(feed), parse.GetValue(mode), parse.GetValue(maxWithdrawals), cancellation);
                return parse.GetValue(noWait) ? accepted : await FollowAsync(client, accepted, told.Heard, cancellation);
            });
            return reply.Value is { } job ? await FinishAsync(parse, client, reply, job, cancellation) : session.Refuse(parse, reply);
        }, sendsMuch: true);
        await stream.DisposeAsync();
        if (code == ExitCode.Unreachable && parse.GetValue(key) is null)
            session.Around.Err.WriteLine($"  Nothing is recorded twice when you repeat it with --idempotency-key {name}");
        return code;
    }

    /// <summary>Asks how far the job is until it has ended, or waits for a person.</summary>
    private async Task<HubReply<ImportJob>> FollowAsync(
        LiaisonClient client, HubReply<ImportJob> reply, Action<ImportJob> heard, CancellationToken cancellation)
    {
        for (var pause = FirstPause; reply.Value is { State: not ("done" or "failed" or "waiting") } job; pause = pause < LongestPause ? 2 * pause : pause)
        {
            heard(job);
            await Task.Delay(pause, session.Around.Clock, cancellation);
            reply = await client.ImportAsync(job.Id, cancellation);
        }

        return reply;
    }

    private async Task<int> FinishAsync(
        ParseResult parse, LiaisonClient client, HubReply<ImportJob> reply, ImportJob job, CancellationToken cancellation)
    {
        if (job.State == "waiting") return session.Pass(parse, reply, a => ImportPage.Of(a, null), _ => ExitCode.Waits);
        if (job.State == "failed") return session.Pass(parse, reply, a => ImportPage.Of(a, null), _ => ExitCode.Refused);
        if (job.Rejected == 0) return session.Pass(parse, reply, a => ImportPage.Of(a, null));
        var rejectFile = Session.Text(parse, rejects) ?? parse.GetValue(file) + ".rejects.csv";
        var fault = await FetchRejectsAsync(client, job.Id, Path.Combine(session.Around.Folder, rejectFile), cancellation);
        var code = session.Pass(parse, reply, a => ImportPage.Of(a, fault is null ? rejectFile : null), _ => ExitCode.Rejects);
        return fault is null ? code
            : session.Tell($"The reject file could not be written ({fault}). To get it, repeat: liaison imports {job.Id} --rejects FILE", code);
    }

    /// <returns>Null, or why it could not be written.</returns>
    internal static async Task<string?> FetchRejectsAsync(LiaisonClient client, Guid job, string path, CancellationToken cancellation)
    {
        try
        {
            await using var to = new FileStream(path, FileMode.Create, FileAccess.Write);
            return (await client.ImportRejectsAsync(job, to, cancellation))?.Title;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private FileStream? Open(string path, out string fault)
    {
        fault = "";
        try
        {
            var full = Path.Combine(session.Around.Folder, path);
            var stream = new FileStream(full, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, useAsync: true);
            if (stream.CanSeek && stream.Length > 0) return stream;
            stream.Dispose();
            fault = $"{path} is empty or no ordinary file: name a CSV or NDJSON file.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            fault = $"{path} cannot be read: {e.Message}";
        }

        return null;
    }

    private static string MediaType(string? format, string path)
    {
        var plain = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        var lines = format is not null ? format == "ndjson" : Path.GetExtension(plain).ToUpperInvariant() is ".NDJSON" or ".JSONL";
        return lines ? "application/x-ndjson" : "text/csv";
    }
}

using System.CommandLine;
using System.Text;
using Liaison.Api.TravelDocuments;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli.Commands;

/// <summary><c>liaison import</c>: sends a file of records; good rows are recorded, bad rows come back in a reject file.</summary>
internal sealed class ImportCommand
{
    private readonly Session session;
    private readonly Argument<string> file = new("FILE") { Description = "CSV with a header line, or NDJSON" };
    private readonly Option<string?> rejects = new("--rejects")
    {
        Description = "Where rejected rows are listed, CSV; FILE.rejects.csv when not given", HelpName = "FILE",
    };

    private readonly Option<string?> format = new("--format")
    {
        Description = "csv or ndjson; by the file's name when not given", HelpName = "FORMAT", CompletionSources = { "csv", "ndjson" },
    };

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
            "liaison import blanks.ndjson --rejects to-correct.csv --idempotency-key blanks-2025-06-02")
        {
            import.file, import.rejects, import.format, import.key, session.Purpose, session.Reference,
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
            var reply = await UploadProgress.WatchAsync(session.Around, size, async sent =>
            {
                using var content = new UploadContent(stream, MediaType(parse.GetValue(format), path), sent);
                return await client.ImportAsync(content, name, cancellation);
            });
            return reply.Value is { } answer ? Finish(parse, reply, answer, name) : session.Refuse(parse, reply);
        });
        await stream.DisposeAsync();
        if (code == ExitCode.Unreachable && parse.GetValue(key) is null)
            session.Around.Err.WriteLine($"  Nothing is recorded twice when you repeat it with --idempotency-key {name}");
        return code;
    }

    private int Finish(ParseResult parse, Api.HubReply<ImportAnswer> reply, ImportAnswer answer, string idempotencyKey)
    {
        if (answer.Rejected == 0) return session.Pass(parse, reply, a => ImportPage.Of(a, null));
        var rejectFile = Session.Text(parse, rejects) ?? parse.GetValue(file) + ".rejects.csv";
        var fault = WriteRejects(Path.Combine(session.Around.Folder, rejectFile), answer.Rejects);
        var code = session.Pass(parse, reply, a => ImportPage.Of(a, fault is null ? rejectFile : null), _ => ExitCode.Rejects);
        return fault is null ? code
            : session.Tell($"The reject file could not be written ({fault}). To see all rejects, repeat with --json "
                + $"--idempotency-key {idempotencyKey}", code);
    }

    private static string? WriteRejects(string path, IReadOnlyList<RowReject> rejects)
    {
        try
        {
            using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            RejectFile.Write(rejects, writer);
            return null;
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
        var lines = format is not null ? format == "ndjson" : Path.GetExtension(path).ToUpperInvariant() is ".NDJSON" or ".JSONL";
        return lines ? "application/x-ndjson" : "text/csv";
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text;
using Liaison.Cli.Commands;
using Liaison.Cli.Commands.Administration;
using Liaison.Cli.Commands.Events;
using Liaison.Cli.Commands.Hits;
using Liaison.Cli.Help;
using Liaison.Cli.Rendering;

namespace Liaison.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        // UTF-8 whatever the locale says: JSON has no other encoding, and file names of the locale do not pass through here.
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        await using var redirected = Console.IsOutputRedirected ? new StreamWriter(Console.OpenStandardOutput(), utf8, 16_384) : null;
        using var input = new StreamReader(Console.OpenStandardInput(), utf8);
        return await RunAsync(args, new(input, redirected ?? Console.Out, Console.Error)
        {
            Variable = Environment.GetEnvironmentVariable,
            Folder = Environment.CurrentDirectory,
            OutIsTerminal = redirected is null,
            ErrIsTerminal = !Console.IsErrorRedirected,
            Clock = TimeProvider.System,
        });
    }

    /// <summary>Runs one command line.</summary>
    /// <returns>A code of <see cref="ExitCode"/>.</returns>
    internal static async Task<int> RunAsync(string[] args, Surroundings around)
    {
        try
        {
            // "@name" is a value here (a place, a reference), not a file with more options.
            var parsed = Root(around).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            return parsed.Action is ParseErrorAction || (parsed.Action is null && parsed.Errors.Count > 0)
                ? SayUsage(parsed, around)
                : await parsed.InvokeAsync(new InvocationConfiguration
                {
                    Output = around.Out,
                    Error = around.Err,
                    EnableDefaultExceptionHandler = false,
                });
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            // Left to the runtime, a fault would end with the code 134 and a core dump.
            return new Complaint("This is a fault of liaison itself; please report it with these lines.", e.ToString().Split('\n'))
                .Tell(around.Err, ExitCode.Fault);
        }
        finally
        {
            await around.Out.FlushAsync();
        }
    }

    private static RootCommand Root(Surroundings around)
    {
        var session = new Session(around);
        var root = new RootCommand(
            "Ask and feed a Liaison hub: is this travel document reported stolen, lost, revoked, invalid or a stolen blank?")
        {
            HelpName = "liaison",
        };
        root.Add(SearchCommand.Make(session));
        root.Add(CheckCommand.Make(session));
        root.Add(RecordCommand.Make(session));
        root.Add(ChangeCommand.Make(session));
        root.Add(WithdrawCommand.Make(session));
        root.Add(HoldCommand.Make(session));
        root.Add(HoldCommand.MakeRelease(session));
        root.Add(HistoryCommand.Make(session));
        root.Add(WhyCommand.Make(session));
        root.Add(ListCommand.Make(session));
        root.Add(ImportCommand.Make(session));
        root.Add(ImportsCommand.Make(session));
        root.Add(HitsCommand.Make(session));
        root.Add(WatchCommand.Make(session));
        root.Add(EventsCommand.Make(session));
        root.Add(WebhookCommand.Make(session));
        root.Add(StatusCommand.Make(session));
        root.Add(MrzCommand.Make(session));
        root.Add(MemberCommand.Make(session));
        root.Add(UnitCommand.Make(session));
        root.Add(AccountCommand.Make(session));
        root.Add(AgreementCommand.Make(session));
        root.Add(ApprovalCommand.Make(session));
        root.Add(LoginCommand.Make(session));
        root.Add(LogoutCommand.Make(session));
        root.Add(ProfilesCommand.Make(session));
        root.Add(CompletionCommand.Make(around));
        session.AddTo(root);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((SynchronousCommandLineAction)help.Action!);
        root.SetAction(_ => new Complaint("Say what to do, for example: liaison search L898902C3 --issuer UTO",
            "All commands: liaison --help").Tell(around.Err, ExitCode.Usage));
        return root;
    }

    private static int SayUsage(ParseResult parsed, Surroundings around)
    {
        // System.CommandLine names the command of the innermost level that it understood.
        var path = string.Join(' ', Path(parsed.CommandResult));
        var lines = parsed.Errors.Select(e => e.Message).Distinct().ToArray();
        return new Complaint(lines[0], [.. lines[1..], $"How it is used: {path} --help"]).Tell(around.Err, ExitCode.Usage);
    }

    private static IEnumerable<string> Path(System.CommandLine.Parsing.CommandResult command) =>
        command.Parent is System.CommandLine.Parsing.CommandResult parent ? [.. Path(parent), command.Command.Name] : ["liaison"];
}

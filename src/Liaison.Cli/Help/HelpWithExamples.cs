using System.CommandLine;
using System.CommandLine.Invocation;

namespace Liaison.Cli.Help;

/// <summary>A command that can show how it is used: the quickest way to learn one.</summary>
internal sealed class ExampledCommand(string name, string description, params IReadOnlyList<string> examples) : Command(name, description)
{
    /// <summary>Command lines as typed, a comment after <c>#</c>.</summary>
    public IReadOnlyList<string> Examples => examples;
}

/// <summary><c>--help</c>: what is generated, then examples and exit codes; at the root also where the hub is looked for.</summary>
internal sealed class HelpWithExamples(SynchronousCommandLineAction generated) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        generated.Invoke(parseResult);
        var to = parseResult.InvocationConfiguration.Output;
        switch (parseResult.CommandResult.Command)
        {
            case ExampledCommand command:
                WriteExamples(command.Examples, to);
                break;
            case RootCommand:
                WriteExamples(["liaison search L898902C3 --issuer UTO", "liaison mrz < zones.txt", "liaison import blanks.csv"], to);
                WriteEnvironment(to);
                break;
        }

        to.WriteLine("Exit codes:");
        foreach (var (code, meaning) in ExitCode.All) to.WriteLine($"  {code,3}  {meaning}");
        to.WriteLine();
        return ExitCode.Done;
    }

    private static void WriteExamples(IReadOnlyList<string> examples, TextWriter to)
    {
        to.WriteLine("Examples:");
        foreach (var example in examples) to.WriteLine("  " + example);
        to.WriteLine();
    }

    private static void WriteEnvironment(TextWriter to)
    {
        to.WriteLine("Which hub, the first that is given:");
        to.WriteLine("  --profile NAME                    an account of ~/.config/liaison/profiles.json or of the local hub");
        to.WriteLine("  --hub URL, LIAISON_HUB            with LIAISON_TOKEN, or the account known for that address");
        to.WriteLine("  LIAISON_PROFILE                   as --profile");
        to.WriteLine("  .liaison/hub.json                 the hub that ./run started in this checkout (LIAISON_HOME)");
        to.WriteLine();
        to.WriteLine("liaison login writes profiles.json. For a system, by hand, both files mode 0600, key in PEM:");
        to.WriteLine("""  {"border": {"address": "https://hub.example", "client": "fra.border", "key": "border.pem"}}""");
        to.WriteLine("NO_COLOR turns colours off; output to a file or a pipe is plain text.");
        to.WriteLine();
    }
}

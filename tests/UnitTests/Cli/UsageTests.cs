using Liaison.Cli;

namespace UnitTests.Cli;

public sealed class UsageTests
{
    [Theory]
    [InlineData("Say what to do")]
    [InlineData("Give a document number or --mrz", "search")]
    [InlineData("Give a document number or --mrz", "search", "X1", "--mrz", "P<UTO")]
    [InlineData("Unrecognized command or argument 'Y2'", "search", "X1", "Y2")]
    [InlineData("Unrecognized command or argument '--colour'", "search", "X1", "--colour")]
    [InlineData("Required argument missing for option: '--issuer'", "search", "X1", "--issuer")]
    [InlineData("ID is not a record's id", "history", "12")]
    [InlineData("Required argument 'MEMBER' missing for co", "why", Canned.Id)]
    [InlineData("ID is not a hit's id", "hits", "follow", "12")]
    [InlineData("Option '--until' is required", "watch", "add", "X1", "--reason", "x")]
    [InlineData("ID is not a question's id", "watch", "end", "12")]
    [InlineData("Option '--search' is required", "hits", "ask", Canned.Id)]
    [InlineData("Option '--reason' is required", "withdraw", Canned.Id)]
    [InlineData("Option '--why' is required", "change", Canned.Id, "--status", "lost")]
    [InlineData("Give at least one field to change", "change", Canned.Id, "--why", "so")]
    [InlineData("--limit takes a number from 1", "list", "--limit", "0")]
    [InlineData("--limit takes a number from 1", "list", "--limit", "many")]
    [InlineData("--format is csv or ndjson", "import", "a.csv", "--format", "xml")]
    [InlineData("a.csv cannot be read", "import", "a.csv")]
    [InlineData("1 to 128 visible ASCII characters", "record", "X1", "--idempotency-key", "with space")]
    [InlineData("Argument 'powershell' not recognized", "completion", "powershell")]
    public async Task A_wrong_command_line_is_told_on_standard_error_and_nothing_else(string told, params string[] args)
    {
        using var shell = new Shell();
        Assert.Equal(ExitCode.Usage, await shell.RunAsync(args));
        Assert.StartsWith("liaison: ", shell.Err);
        Assert.Contains(told, shell.Err.Split('\n')[0]);
        Assert.Empty(shell.Out);
    }

    [Fact]
    public async Task A_usage_error_names_the_help_of_its_own_command()
    {
        using var shell = new Shell();
        await shell.RunAsync("search");
        Assert.Contains("liaison search --help", shell.Err);
    }

    [Theory]
    [InlineData("search")]
    [InlineData("check")]
    [InlineData("record")]
    [InlineData("change")]
    [InlineData("withdraw")]
    [InlineData("hold")]
    [InlineData("release")]
    [InlineData("history")]
    [InlineData("why")]
    [InlineData("list")]
    [InlineData("import")]
    [InlineData("imports")]
    [InlineData("status")]
    [InlineData("profiles")]
    [InlineData("completion")]
    [InlineData("login")]
    [InlineData("logout")]
    [InlineData("member")]
    [InlineData("unit")]
    [InlineData("account")]
    [InlineData("agreement")]
    [InlineData("approval")]
    [InlineData("hits")]
    [InlineData("watch")]
    [InlineData("events")]
    [InlineData("webhook")]
    [InlineData("mrz")]
    public async Task Help_of_every_command_has_examples_and_exit_codes(string command)
    {
        using var shell = new Shell();
        Assert.Equal(ExitCode.Done, await shell.RunAsync(command, "--help"));
        var examples = shell.Out[shell.Out.IndexOf("Examples:", StringComparison.Ordinal)..];
        Assert.Contains($"liaison {command}", examples);
        Assert.Contains("  3  a search or a check: possible, and no hit", examples);
        Assert.Empty(shell.Err);
    }

    [Fact]
    public async Task The_help_lists_every_command_that_there_is()
    {
        using var shell = new Shell();
        await shell.RunAsync("--help");
        var commands = shell.Out.Split("Commands:")[1].Split("\n\n")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Trim().Split(' ')[0]);
        var tested = typeof(UsageTests).GetMethod(nameof(Help_of_every_command_has_examples_and_exit_codes))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Select(a => (string)((InlineDataAttribute)a).Data[0]!);
        Assert.Equal(tested.Order(), commands.Order());
        Assert.Contains("LIAISON_HUB", shell.Out);
    }

    [Theory]
    [InlineData("liaison search X1 --purpose b", "borderControl")]
    [InlineData("liaison record X1 --status st", "stolenBlank")]
    [InlineData("liaison record X1 --kind visa", "visa")]
    [InlineData("liaison withdraw x --reason false", "falseReport")]
    [InlineData("liaison imp", "import")]
    [InlineData("liaison status --profile fr", "france")]
    public async Task The_shell_completes_commands_codes_and_profiles(string typed, string completion)
    {
        using var shell = new Shell();
        Shell.LocalHub(shell.Folder, "http://127.0.0.1:8080");
        Assert.Equal(ExitCode.Done, await shell.RunAsync($"[suggest:{typed.Length}]", typed));
        Assert.Contains(completion, shell.Out.Split('\n').Select(line => line.TrimEnd('\r')));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F")]
    [InlineData("zsh", "#compdef liaison")]
    [InlineData("fish", "complete -c liaison")]
    public async Task There_is_a_completion_script_for_each_shell(string name, string part)
    {
        using var shell = new Shell();
        Assert.Equal(ExitCode.Done, await shell.RunAsync("completion", name));
        Assert.Contains(part, shell.Out);
    }

    [Fact]
    public void Exit_codes_are_different_and_all_explained()
    {
        Assert.Equal(ExitCode.All.Count, ExitCode.All.Select(e => e.Code).Distinct().Count());
        var declared = typeof(ExitCode).GetFields().Where(f => f.IsLiteral).Select(f => (int)f.GetRawConstantValue()!);
        Assert.Equal(declared.Order(), ExitCode.All.Select(e => e.Code).Order());
    }
}

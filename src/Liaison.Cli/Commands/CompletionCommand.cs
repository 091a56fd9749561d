using System.CommandLine;
using Liaison.Cli.Help;

namespace Liaison.Cli.Commands;

/// <summary>
/// <c>liaison completion</c>: prints the script that lets the shell complete commands, options, codes and profile names. The script asks
/// the program itself, through the <c>[suggest]</c> directive of System.CommandLine, so it never falls behind.
/// </summary>
internal static class CompletionCommand
{
    public static Command Make(Surroundings around)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new ExampledCommand("completion", "Print a completion script for your shell",
            "source <(liaison completion bash)",
            "liaison completion zsh > ~/.zfunc/_liaison",
            "liaison completion fish > ~/.config/fish/completions/liaison.fish")
        {
            shell,
        };
        command.SetAction(parse => around.Out.Write(parse.GetValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        }));
        return command;
    }

    // The first word is replaced by the bare name: ./liaison, a path or an alias would not be recognised as the program.
    private const string Bash = """
        # bash completion for liaison
        _liaison_complete() {
            local program="${COMP_WORDS[0]}" line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}"
            line="liaison${line#"$program"}"
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("$program" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _liaison_complete liaison ./liaison

        """;

    private const string Zsh = """
        #compdef liaison
        # zsh completion for liaison
        _liaison() {
            local program="${words[1]}" line="${BUFFER[1,CURSOR]}"
            line="liaison${line#"$program"}"
            local -a found
            found=(${(f)"$("$program" "[suggest:${#line}]" "$line" 2>/dev/null)"})
            if (( ${#found} )); then compadd -a found; else _files; fi
        }
        if [[ "${funcstack[1]}" = "_liaison" ]]; then _liaison "$@"; else compdef _liaison liaison; fi

        """;

    private const string Fish = """
        # fish completion for liaison
        function __liaison_complete
            set -l words (commandline -opc)
            set -l rest (string sub -s (math (string length -- $words[1]) + 1) -- (commandline -cp))
            set -l line "liaison$rest"
            $words[1] "[suggest:"(string length -- $line)"]" $line 2>/dev/null
        end
        complete -c liaison -a '(__liaison_complete)'

        """;
}

namespace Liaison.Cli;

/// <summary>
/// Everything the command line takes from the machine it runs on, so that a test can drive the real commands in its own process.
/// </summary>
/// <param name="In">Standard input.</param>
/// <param name="Out">Standard output: answers only.</param>
/// <param name="Err">Standard error: what went wrong, and progress.</param>
internal sealed record Surroundings(TextReader In, TextWriter Out, TextWriter Err)
{
    /// <summary>Reads an environment variable; null when it is not set.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    /// <summary>The current folder.</summary>
    public required string Folder { get; init; }

    /// <summary>A person looks at the output: tables with borders and, unless <c>NO_COLOR</c> is set, colours.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>A person looks at standard error: a progress bar makes sense.</summary>
    public bool ErrIsTerminal { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>The variable, or null when it is not set or empty: shells often clear a variable by setting it to nothing.</summary>
    public string? Setting(string name) => Variable(name) is { Length: > 0 } value ? value : null;

    /// <summary>The language of the person, as HTTP names it: <c>fr-CA</c> where the locale is <c>fr_CA.UTF-8</c>; null when the machine does not say.</summary>
    public string? Language =>
        (Setting("LC_ALL") ?? Setting("LC_MESSAGES") ?? Setting("LANG"))?.Split('.', '@')[0].Replace('_', '-') is { } name
        && name is not ("C" or "POSIX") && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? name : null;

    /// <summary>https://no-color.org: any value that is not empty turns colours off.</summary>
    public bool Colours => Setting("NO_COLOR") is null && Variable("TERM") != "dumb";
}

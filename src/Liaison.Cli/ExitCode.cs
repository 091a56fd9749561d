namespace Liaison.Cli;

/// <summary>What the command says to the shell. Scripts branch on it, so a number never changes its meaning.</summary>
internal static class ExitCode
{
    /// <summary>The command did what it was asked; for a search: a hit, or to a carrier refer; for a check: at least one.</summary>
    public const int Done = 0;

    /// <summary>The search found nothing, and a check found nothing for any line, as <c>grep</c> says it; <c>mrz</c>: a zone does not fit or a check digit fails.</summary>
    public const int NotKnown = 1;

    /// <summary>The command line, or a file it names, is wrong. Nothing was sent.</summary>
    public const int Usage = 2;

    /// <summary>The search found records that may be meant.</summary>
    public const int Possible = 3;

    /// <summary>The hub refused with a problem.</summary>
    public const int Refused = 4;

    /// <summary>No hub answered, or what answered is no hub.</summary>
    public const int Unreachable = 5;

    /// <summary>The import finished; some rows were rejected. The check finished and found nothing; some lines hold no question.</summary>
    public const int Rejects = 6;

    /// <summary>Nothing has changed yet: the import waits for a second person.</summary>
    public const int Waits = 7;

    /// <summary>A fault of this program: EX_SOFTWARE of sysexits.h.</summary>
    public const int Fault = 70;

    /// <summary>Interrupted with Ctrl-C: 128 + SIGINT, the shells' own convention.</summary>
    public const int Interrupted = 130;

    /// <summary>The table that <c>--help</c> shows.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> All { get; } =
    [
        (Done, "done; a search: hit, or refer to a carrier; a check: at least one hit; hits follow: confirmed"),
        (NotKnown, "a search or a check: notKnown; mrz: a zone does not fit or a check digit fails; hits follow: not confirmed, or withdrawn"),
        (Usage, "the command line or a file it names is wrong; nothing was sent"),
        (Possible, "a search or a check: possible, and no hit; hits follow: no answer in time"),
        (Refused, "the hub refused"),
        (Unreachable, "no hub answers"),
        (Rejects, "the import finished with rejected rows; a check found nothing, and refused lines"),
        (Waits, "the import waits for approval by a second person of the member"),
        (Fault, "a fault of this program"),
        (Interrupted, "interrupted"),
    ];
}

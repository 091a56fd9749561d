namespace Liaison.Cli.Rendering;

/// <summary>Shows a page: with tables and colours on a terminal, as plain lines where the output goes to a file or another program.</summary>
internal static class Display
{
    public static void Show(Page page, Surroundings around)
    {
        if (around.OutIsTerminal) TerminalDisplay.Show(page, around);
        else PlainDisplay.Show(page, around.Out);
    }
}

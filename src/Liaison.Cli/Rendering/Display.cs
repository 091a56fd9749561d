namespace Liaison.Cli.Rendering;

/// <summary>Shows a page: tables and colours on a terminal, plain lines where a file or another program takes the output.</summary>
internal static class Display
{
    public static void Show(Page page, Surroundings around)
    {
        if (around.OutIsTerminal) TerminalDisplay.Show(page, around);
        else PlainDisplay.Show(page, around.Out);
    }
}

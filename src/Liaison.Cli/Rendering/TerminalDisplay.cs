using Spectre.Console;

namespace Liaison.Cli.Rendering;

/// <summary>A page for the eye, drawn with Spectre.Console. The library is loaded only when a terminal is there to draw on.</summary>
internal static class TerminalDisplay
{
    /// <summary>From this width on an id stays in one piece, to be copied; below, it would leave the other columns no room.</summary>
    private const int WideEnough = 100;

    public static void Show(Page page, Surroundings around)
    {
        var console = Console(around.Out, around);
        foreach (var block in page.Blocks)
        {
            console.Write(Drawn(block, console.Profile.Width));
            if (block is Block.Headline or Block.Paragraph) console.WriteLine();
        }
    }

    /// <summary>A console of Spectre.Console on the writer, which must be a terminal.</summary>
    public static IAnsiConsole Console(TextWriter writer, Surroundings around) => AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = AnsiSupport.Detect,
        ColorSystem = around.Colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        Out = new AnsiConsoleOutput(writer),
    });

    // Text, never markup: values come from others and may hold square brackets.
    private static Spectre.Console.Rendering.IRenderable Drawn(Block block, int width) => block switch
    {
        Block.Headline headline => new Text(SafeText.Of(headline.Text), Look(headline.Tone)),
        Block.Paragraph paragraph => new Text(SafeText.Of(paragraph.Text)),
        Block.Facts facts => Drawn(facts),
        Block.Table table => Drawn(table, width),
        _ => throw new InvalidOperationException("A new kind of block needs a drawing."),
    };

    private static Grid Drawn(Block.Facts facts)
    {
        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(2, 0, 2, 0) }).AddColumn();
        foreach (var (name, value) in facts.Rows) grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(SafeText.Of(value)));
        return grid;
    }

    private static Table Drawn(Block.Table block, int width)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in block.Columns) table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))));
        table.Columns[0].NoWrap = width >= WideEnough;
        foreach (var row in block.Rows) table.AddRow(row.Select(cell => new Text(SafeText.Of(cell))));
        return table;
    }

    private static Style Look(Tone tone) => tone switch
    {
        Tone.Alarm => new(Color.Red, decoration: Decoration.Bold),
        Tone.Careful => new(Color.Yellow, decoration: Decoration.Bold),
        Tone.Good => new(Color.Green, decoration: Decoration.Bold),
        _ => new(decoration: Decoration.Bold),
    };
}

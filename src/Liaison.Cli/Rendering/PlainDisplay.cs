namespace Liaison.Cli.Rendering;

/// <summary>A page as lines of text: columns padded with spaces, nothing wrapped or cut, so that line tools can work on it.</summary>
internal static class PlainDisplay
{
    private const string Gap = "  ";

    public static void Show(Page page, TextWriter to)
    {
        for (var i = 0; i < page.Blocks.Count; i++)
        {
            if (i > 0 && page.Blocks[i] is not Block.Facts) to.WriteLine();
            Show(page.Blocks[i], to);
        }
    }

    private static void Show(Block block, TextWriter to)
    {
        switch (block)
        {
            case Block.Headline headline:
                to.WriteLine(SafeText.Of(headline.Text));
                break;
            case Block.Paragraph paragraph:
                to.WriteLine(SafeText.Of(paragraph.Text));
                break;
            case Block.Facts facts:
                var width = facts.Rows.Max(f => f.Name.Length);
                foreach (var (name, value) in facts.Rows) to.WriteLine(Gap + name.PadRight(width) + Gap + SafeText.Of(value));
                break;
            case Block.Table table:
                ShowTable(table, to);
                break;
        }
    }

    private static void ShowTable(Block.Table table, TextWriter to)
    {
        IReadOnlyList<IReadOnlyList<string>> rows = [table.Columns, .. table.Rows.Select(r => r.Select(SafeText.Of).ToArray())];
        var widths = Enumerable.Range(0, table.Columns.Count).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows) to.WriteLine(string.Join(Gap, row.Select((cell, c) => cell.PadRight(widths[c]))).TrimEnd());
    }
}

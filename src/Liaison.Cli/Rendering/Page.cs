namespace Liaison.Cli.Rendering;

/// <summary>How a headline or a value should strike the eye. Never the only carrier of a meaning: the words say it too.</summary>
internal enum Tone
{
    Plain,
    Good,
    Careful,
    Alarm,
}

/// <summary>A part of a <see cref="Page"/>.</summary>
internal abstract record Block
{
    private Block()
    {
    }

    internal sealed record Headline(string Text, Tone Tone) : Block;

    internal sealed record Paragraph(string Text) : Block;

    /// <summary>Names with values, one under the other.</summary>
    internal sealed record Facts(IReadOnlyList<Fact> Rows) : Block;

    internal sealed record Table(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : Block;
}

internal readonly record struct Fact(string Name, string Value);

/// <summary>
/// What a person gets to see, before it is known whether a terminal or a file shows it: <see cref="Display"/> decides.
/// </summary>
internal sealed class Page
{
    private readonly List<Block> blocks = [];

    public IReadOnlyList<Block> Blocks => blocks;

    public Page Headline(string text, Tone tone = Tone.Plain) => Add(new Block.Headline(text, tone));

    public Page Paragraph(string text) => Add(new Block.Paragraph(text));

    /// <summary>Facts without a value are left out: an empty line tells nothing.</summary>
    public Page Facts(params ReadOnlySpan<(string Name, string? Value)> facts)
    {
        var rows = new List<Fact>();
        foreach (var (name, value) in facts)
        {
            if (!string.IsNullOrEmpty(value)) rows.Add(new(name, value));
        }

        return rows.Count == 0 ? this : Add(new Block.Facts(rows));
    }

    public Page Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) => Add(new Block.Table(columns, [.. rows]));

    private Page Add(Block block)
    {
        blocks.Add(block);
        return this;
    }
}

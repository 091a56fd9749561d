namespace Liaison.Platform.Imports;

/// <summary>
/// Which of comma, semicolon and tab separates the cells: the one that occurs most in the first line, outside quotes. Takes the text in
/// pieces and looks at each character once, however small the pieces are that somebody sends.
/// </summary>
internal sealed class CsvDelimiter
{
    private const string Known = ",;\t";

    private readonly int[] counts = new int[Known.Length];
    private bool quoted;
    private bool begun;

    /// <summary>True when the first line that is not empty has been seen to its end.</summary>
    public bool IsSettled { get; private set; }

    /// <summary>Comma where none occurs: a single column needs no delimiter.</summary>
    public char Found => Known[Array.IndexOf(counts, counts.Max())];

    public void Look(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (IsSettled) return;
            if (c == '"') quoted = !quoted;
            else if (quoted) continue;
            else if (c is '\r' or '\n') IsSettled = begun;
            else if (Known.IndexOf(c) is >= 0 and var which) counts[which]++;
            begun |= c is not ('\r' or '\n');
        }
    }
}

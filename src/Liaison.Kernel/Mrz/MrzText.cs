using Liaison.Kernel.Parsing;

namespace Liaison.Kernel.Mrz;

/// <summary>From text as a reader delivers it to the lines of a zone.</summary>
internal static class MrzText
{
    /// <summary>The longest zone has 90 characters; the rest is room for spaces and line ends.</summary>
    internal const int MaxLength = 300;

    private const string Field = "mrz";

    // Readers pad a row of fillers at the end of a name with some too many or too few; other lines have no such row to explain it.
    private const int FillerSlack = 3;

    private static readonly int[][] Shapes = [[30, 30, 30], [36, 36], [44, 44], [30], [9, 30, 30]];

    /// <summary>Lines in upper case, without spaces and empty lines, in the widths of one of the shapes.</summary>
    internal static Parsed<MrzLines> Read(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength)
            return new FieldProblem(Field, "mrzLength", $"The text has more than {MaxLength} characters; send one machine readable zone.");
        if (Clean(text, out var lines) is { } problem) return problem;
        if (lines.Count == 0) return new FieldProblem(Field, "mrzLength", "The text is empty; send the lines of a machine readable zone.");
        if (Fit(lines) is { } fitted) return fitted;
        var widths = string.Join(" and ", lines.Take(4).Select(line => line.Length));
        if (lines.Count > 4) widths += " and more";
        return new FieldProblem(Field, "mrzLength", $"No zone has lines of {widths} characters. Known are "
            + "3 x 30, 2 x 36, 2 x 44, 1 x 30, and 9 + 30 + 30. See whether a character was lost or doubled.");
    }

    private static FieldProblem? Clean(ReadOnlySpan<char> text, out List<string> lines)
    {
        lines = [];
        var line = new List<char>(MaxLength);
        foreach (var c in text)
        {
            if (c is '\r' or '\n' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029')
            {
                Close(lines, line);
                continue;
            }

            // U+FEFF and U+200B: marks that editors and web pages leave at the edges.
            if (char.IsWhiteSpace(c) || c is '\uFEFF' or '\u200B') continue;
            var upper = c is >= 'a' and <= 'z' ? (char)(c - 'a' + 'A') : c == '«' ? '<' : c;
            if (CheckDigit.ValueOf(upper) < 0)
            {
                return new(Field, "mrzCharacters", $"Line {lines.Count + 1}, character {line.Count + 1} is none that a machine readable "
                    + "zone has; it holds only A-Z, 0-9 and '<'.");
            }

            line.Add(upper);
        }

        Close(lines, line);
        return null;

        static void Close(List<string> lines, List<char> line)
        {
            if (line.Count > 0) lines.Add(new string([.. line]));
            line.Clear();
        }
    }

    private static MrzLines? Fit(List<string> lines)
    {
        foreach (var shape in Shapes)
        {
            if (shape.SequenceEqual(lines.Select(line => line.Length))) return new([.. lines], false);
        }

        foreach (var shape in Shapes)
        {
            if (FitName(lines, shape) is { } fitted) return new(fitted, true);
        }

        // Two or three lines of nearly the right widths have lost one character and gained another: joined they would only seem right.
        var joined = string.Concat(lines);
        foreach (var shape in Shapes)
        {
            if (shape.Sum() != joined.Length || lines.Count > 1 && Nearly(lines, shape)) continue;
            var cut = new string[shape.Length];
            for (int i = 0, at = 0; i < shape.Length; at += shape[i++]) cut[i] = joined.Substring(at, shape[i]);
            return new(cut, false);
        }

        return null;
    }

    /// <summary>Lengthens or shortens the row of fillers that ends the line of names; null when that does not explain the widths.</summary>
    private static string[]? FitName(List<string> lines, int[] shape)
    {
        if (shape.Length < 2 || shape.Length != lines.Count) return null;
        var nameLine = shape.Length == 2 ? 0 : 2;
        for (var i = 0; i < shape.Length; i++)
        {
            if (i != nameLine && lines[i].Length != shape[i]) return null;
        }

        var (name, width) = (lines[nameLine], shape[nameLine]);
        if (Math.Abs(name.Length - width) > FillerSlack || !name.EndsWith("<<", StringComparison.Ordinal)) return null;
        if (name.TrimEnd('<').Length > width) return null;
        var fitted = lines.ToArray();
        fitted[nameLine] = name.Length > width ? name[..width] : name.PadRight(width, '<');
        return fitted;
    }

    private static bool Nearly(List<string> lines, int[] shape) =>
        shape.Length == lines.Count && !shape.Where((width, i) => Math.Abs(lines[i].Length - width) > FillerSlack).Any();
}

/// <summary>The lines of a zone; <paramref name="FillersAdjusted"/> when the fillers after the names had not their full width.</summary>
internal sealed record MrzLines(string[] Lines, bool FillersAdjusted);

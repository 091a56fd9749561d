using System.Globalization;
using System.Text;

namespace Liaison.Bench.Reports;

/// <summary><c>RESULTS.md</c>: one section for the full sizes and one for <c>--quick</c>; a run replaces its own, and leaves what people wrote.</summary>
internal static class ResultsFile
{
    private const string Full = "## Full sizes", Quick = "## Quick";

    private const string Head = """
        # Results of bench/run

        Written by `bench/run`; [README.md](README.md) says what each figure means and how to run it again.

        """;

    public static void Write(string path, bool isQuick, string section)
    {
        var (page, heading) = (File.Exists(path) ? File.ReadAllText(path) : Head, isQuick ? Quick : Full);
        var from = page.IndexOf(heading + "\n", StringComparison.Ordinal);
        var next = from < 0 ? -1 : page.IndexOf("\n##", from + heading.Length, StringComparison.Ordinal);
        var before = from < 0 ? page.TrimEnd('\n') + "\n\n" : page[..from];
        File.WriteAllText(path, $"{before}{heading}\n\n{section}\n{(next < 0 ? "" : page[next..])}");
    }

    /// <summary>The table, what was missed, notes, and where and how.</summary>
    public static string Section(IReadOnlyList<FigureRow> rows, IReadOnlyList<(string Name, string Value)> facts)
    {
        var page = new StringBuilder(Report.Whole(rows)).Append("\n| | |\n|---|---|\n");
        foreach (var (name, value) in facts) page.Append(CultureInfo.InvariantCulture, $"| {name} | {value} |\n");
        return page.ToString().TrimEnd('\n');
    }
}

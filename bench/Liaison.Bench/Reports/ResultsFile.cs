using System.Globalization;
using System.Text;

namespace Liaison.Bench.Reports;

/// <summary><c>RESULTS.md</c>: one section for the full sizes and one for <c>--quick</c>; a run replaces its own.</summary>
internal static class ResultsFile
{
    private const string Full = "## Full sizes", Quick = "## Quick";

    public static void Write(string path, bool isQuick, string section)
    {
        var before = File.Exists(path) ? File.ReadAllText(path) : "";
        var (full, quick) = (Part(before, Full), Part(before, Quick));
        if (isQuick) quick = section;
        else full = section;
        File.WriteAllText(path, $"""
            # Results of bench/run

            Written by `bench/run`; [README.md](README.md) says what each figure means and how to run it again.

            {Full}

            {full}

            {Quick}

            {quick}

            """);
    }

    /// <summary>The table, what was missed, notes, and where and how.</summary>
    public static string Section(IReadOnlyList<FigureRow> rows, IReadOnlyList<(string Name, string Value)> facts)
    {
        var page = new StringBuilder(Report.Whole(rows)).Append("\n| | |\n|---|---|\n");
        foreach (var (name, value) in facts) page.Append(CultureInfo.InvariantCulture, $"| {name} | {value} |\n");
        return page.ToString().TrimEnd('\n');
    }

    private static string Part(string text, string heading)
    {
        var from = text.IndexOf(heading + "\n", StringComparison.Ordinal);
        if (from < 0) return "Not run yet.";
        from += heading.Length;
        var to = text.IndexOf("\n## ", from, StringComparison.Ordinal);
        return (to < 0 ? text[from..] : text[from..to]).Trim('\n');
    }
}

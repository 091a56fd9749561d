using System.Text.RegularExpressions;

namespace ArchTests.Rules;

/// <summary>A line of docs/asvs.md.</summary>
/// <param name="Number">Of the requirement, as 6.2.3.</param>
/// <param name="Verdict">See <see cref="ChecklistRules.Verdicts"/>.</param>
/// <param name="Shown">By what, or why.</param>
internal sealed record ChecklistLine(string Number, string Verdict, string Shown);

/// <summary>docs/asvs.md claims nothing that is not there.</summary>
internal static partial class ChecklistRules
{
    public static readonly string[] Verdicts = ["met", "n.a.", "open"];

    public static IReadOnlyList<ChecklistLine> Lines(string page) =>
        [.. Line().Matches(page).Select(m => new ChecklistLine(m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value))];

    /// <summary>Lines of the tables that are no lines of the checklist, lines that say nothing, and numbers that come twice.</summary>
    public static IEnumerable<string> Form(string page)
    {
        var lines = Lines(page);
        foreach (var line in lines)
        {
            if (!Verdicts.Contains(line.Verdict)) yield return $"{line.Number}: {line.Verdict} is no verdict.";
            if (line.Verdict == "met" ? !Names(line.Shown).Any() : line.Shown.Length < 10) yield return $"{line.Number}: {line.Verdict}, and nothing that shows it.";
        }

        foreach (var twice in lines.GroupBy(l => l.Number).Where(g => g.Count() > 1)) yield return $"{twice.Key} stands there twice.";
        foreach (Match row in Row().Matches(page))
        {
            if (!Line().IsMatch(row.Value)) yield return $"No number, verdict and reason: {row.Value.Trim()}";
        }
    }

    /// <summary>The counts on top against the lines.</summary>
    public static IEnumerable<string> Counts(string page)
    {
        var lines = Lines(page);
        var wanted = $"{lines.Count} requirements: {Count("met")} met, {Count("n.a.")} not applicable, {Count("open")} open.";
        return page.Contains(wanted, StringComparison.Ordinal) ? [] : [$"The top of the page does not say: {wanted}"];

        int Count(string verdict) => lines.Count(l => l.Verdict == verdict);
    }

    /// <summary>Tests and files that are named and not there.</summary>
    public static IEnumerable<string> Missing(string page, IReadOnlyList<TextFile> files)
    {
        var tests = files.Where(f => f.Path.StartsWith("tests/", StringComparison.Ordinal)).ToArray();
        foreach (var line in Lines(page))
        {
            foreach (var name in Names(line.Shown).Where(n => !IsThere(n, files, tests))) yield return $"{line.Number} names {name}, which is not there.";
        }
    }

    private static bool IsThere(string name, IReadOnlyList<TextFile> files, IReadOnlyList<TextFile> tests)
    {
        if (name.Contains('/', StringComparison.Ordinal) || !name.Contains("Tests", StringComparison.Ordinal))
            return File.Exists(Path.Combine(Repository.Root, name)) || files.Any(f => f.Path == name);
        var parts = name.Split('.');
        return tests.Any(f => Regex.IsMatch(f.Text, $@"\bclass {Regex.Escape(parts[0])}\b")
            && (parts.Length == 1 || Regex.IsMatch(f.Text, $@"\b{Regex.Escape(parts[1])}\(")));
    }

    /// <summary>What stands between backticks or in links: tests by class or method, files by their path.</summary>
    private static IEnumerable<string> Names(string shown) =>
        Name().Matches(shown).Select(m => m.Groups[1].Success ? m.Groups[1].Value : Path.Combine("docs", m.Groups[2].Value.Split('#')[0]))
            .Select(n => Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, n))).Replace('\\', '/'));

    [GeneratedRegex(@"^\| (\d{1,2}\.\d{1,2}\.\d{1,2}) \| [^|]+ \| ([^|]+?) \| ([^|]+?) \|$", RegexOptions.Multiline)]
    private static partial Regex Line();

    [GeneratedRegex(@"^\| (?!number )[^\n]*$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`((?:[A-Z]\w*Tests(?:\.\w+)?)|(?:(?:src|tests|docs|deploy|bench|data)/[^`]+)|[\w.]+\.(?:md|props|json))`|\]\(([^)]+)\)")]
    private static partial Regex Name();
}

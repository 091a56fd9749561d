using System.Text.RegularExpressions;

namespace ArchTests.Rules;

/// <summary>What no file of the repository says: where somebody's machine keeps things, and where packages come from there.</summary>
internal static partial class TextRules
{
    public static IEnumerable<string> MachinePaths(TextFile file) => Find(file, MachinePath(), "an absolute path of a machine");

    public static IEnumerable<string> Registries(TextFile file) => Find(file, Registry(), "the host of a package registry");

    private static IEnumerable<string> Find(TextFile file, Regex pattern, string what)
    {
        var lines = file.Text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (pattern.IsMatch(lines[i])) yield return $"{file.Path}:{i + 1} holds {what}.";
        }
    }

    [GeneratedRegex(@"(?<![\w.}~])/(?:home|root|Users|work|workspace|builds|mnt)/[\w.]|\b[A-Z]:\\{1,2}(?:Users|work)\b")]
    private static partial Regex MachinePath();

    [GeneratedRegex(
        @"\b(?:[\w-]+\.)*(?:nuget\.org|npmjs\.(?:org|com)|yarnpkg\.com|pypi\.org|pythonhosted\.org|jfrog\.io)\b"
        + @"|\b[\w-]*(?:artifactory|nexus)[\w-]*\.[\w-]+\.\w+", RegexOptions.IgnoreCase)]
    private static partial Regex Registry();
}

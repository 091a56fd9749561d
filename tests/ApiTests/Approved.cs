using System.Runtime.CompilerServices;

namespace ApiTests;

/// <summary>Files under docs/ that a test keeps true. LIAISON_APPROVE=1 accepts the present state, to be reviewed as a diff.</summary>
internal static class Approved
{
    public static string Root { get; } = RootOf();

    public static void File(string path, string actual)
    {
        var full = Path.Combine(Root, path);
        actual = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("LIAISON_APPROVE") == "1") System.IO.File.WriteAllText(full, actual);
        Assert.True(System.IO.File.Exists(full) && System.IO.File.ReadAllText(full) == actual,
            $"{path} is not what the code says. If the change is meant, run this test with LIAISON_APPROVE=1 and review the diff.");
    }

    private static string RootOf([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}

using System.Runtime.CompilerServices;
using System.Xml.Linq;
using Mono.Cecil;
using Xunit.v3;

// All read the same assemblies, and what Cecil reads it reads when it is asked for, in one thread only.
[assembly: Parallelization(MaxThreads = 1)]

namespace ArchTests;

/// <summary>A project under <c>src/</c>: what it refers to, and what it was built to.</summary>
internal sealed record Project(string Name, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    private static readonly string[] NoModules = ["Kernel", "Matching", "Api", "Platform", "Hub", "Cli", "Console"];

    /// <summary>One domain of the hub: everything under <c>src/</c> that is not one of the fixed layers.</summary>
    public bool IsModule => !NoModules.Contains(Name);
}

/// <summary>A text file of the repository, by its path from the root.</summary>
internal sealed record TextFile(string Path, string Text);

/// <summary>
/// The repository as the rules see it. Projects, assemblies and files are discovered, so that a new one is never forgotten.
/// </summary>
internal static class Repository
{
    private const string Prefix = "Liaison.";

    private static readonly string[] NotOurs = [".git", ".data", ".liaison", ".vs", ".idea", "artifacts", "bin", "obj", "node_modules"];

    private static readonly string[] TextEndings =
        [".cs", ".csproj", ".props", ".slnx", ".slnf", ".sh", ".md", ".json", ".csv", ".txt", ".sql", ".yml", ".editorconfig", ""];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "../.."));

    public static IReadOnlyList<Project> Projects { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(Read)];

    /// <summary>The built assemblies by the short name of their project.</summary>
    public static IReadOnlyDictionary<string, AssemblyDefinition> Assemblies { get; } =
        Projects.ToDictionary(p => p.Name, p => AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, FileOf(p.Name))));

    /// <summary>Every text file that may be in the repository.</summary>
    public static IReadOnlyList<TextFile> Files { get; } = [.. Walk(Root).Where(IsText).Order(StringComparer.Ordinal)
        .Select(f => new TextFile(Path.GetRelativePath(Root, f).Replace('\\', '/'), File.ReadAllText(f)))];

    public static IEnumerable<TextFile> Sources => Files.Where(f => f.Path.EndsWith(".cs", StringComparison.Ordinal));

    private static Project Read(string file)
    {
        var xml = XDocument.Load(file);
        return new(
            Short(Path.GetFileNameWithoutExtension(file)),
            [.. Values(xml, "ProjectReference").Select(r => Short(Path.GetFileNameWithoutExtension(r.Replace('\\', '/'))))],
            [.. Values(xml, "PackageReference"), .. Values(xml, "FrameworkReference")]);
    }

    private static IEnumerable<string> Values(XDocument xml, string element) =>
        xml.Descendants(element).Select(e => (string)e.Attribute("Include")!);

    private static string Short(string name) => name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;

    /// <summary>The command line is called as people call it.</summary>
    private static string FileOf(string project) => project == "Cli" ? "liaison.dll" : Prefix + project + ".dll";

    private static IEnumerable<string> Walk(string folder) =>
        Directory.GetFiles(folder)
            .Concat(Directory.GetDirectories(folder).Where(d => !NotOurs.Contains(Path.GetFileName(d))).SelectMany(Walk));

    private static bool IsText(string file) =>
        TextEndings.Contains(Path.GetExtension(file)) && !Path.GetFileName(file).Equals(".git", StringComparison.Ordinal);

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}

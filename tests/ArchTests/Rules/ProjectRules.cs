using System.Xml.Linq;
using Mono.Cecil;

namespace ArchTests.Rules;

/// <summary>
/// ARCHITECTURE.md §2: which project may know which. A project is judged by its file and by the assembly that came of it.
/// </summary>
internal static class ProjectRules
{
    private const string Prefix = "Liaison.";

    /// <summary>Rule 1: Kernel and Matching stand on the runtime alone.</summary>
    public static IEnumerable<string> PackageFree(IEnumerable<Project> projects) =>
        from project in projects
        where project.Name is "Kernel" or "Matching"
        from package in project.Packages
        select $"{project.Name} references {package}; it may reference no package.";

    /// <summary>Rules 2, 3 and 6: arrows only this way, and never from a module to another.</summary>
    public static IEnumerable<string> Arrows(IReadOnlyCollection<Project> projects) =>
        from project in projects
        from reference in project.References.Distinct()
        where !MaySee(project, reference, projects)
        select $"{project.Name} references {reference}; ARCHITECTURE.md §2 has no such arrow.";

    /// <summary>What the compiler saw of other projects, also through references that a project file does not name.</summary>
    public static IEnumerable<string> Seen(AssemblyDefinition assembly) =>
        assembly.MainModule.AssemblyReferences.Select(r => r.Name).Where(n => n.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(n => n[Prefix.Length..]);

    /// <summary>ADR 0003: every package has its row.</summary>
    public static IEnumerable<string> Packages(string props, string adr)
    {
        var rows = adr.Split('\n').Where(l => l.StartsWith("| ", StringComparison.Ordinal)).Select(l => l.Split('|')[1].Trim()).ToHashSet();
        return XDocument.Parse(props).Descendants().Where(e => e.Name.LocalName is "PackageVersion" or "GlobalPackageReference")
            .Select(e => (string)e.Attribute("Include")!).Where(p => !rows.Contains(p))
            .Select(p => $"{p} has no row in docs/adr/0003-packages.md: why, licence, who keeps it.");
    }

    private static bool MaySee(Project from, string to, IEnumerable<Project> projects) => from.Name switch
    {
        "Kernel" => false,
        "Matching" or "Api" => to == "Kernel",
        "Cli" or "Console" => to is "Kernel" or "Api",
        "Platform" => to is "Kernel" or "Matching" or "Api",
        "Hub" => to is "Kernel" or "Matching" or "Api" or "Platform" or "Console" || projects.Any(p => p.Name == to && p.IsModule),
        _ => to is "Kernel" or "Matching" or "Api" or "Platform",
    };
}

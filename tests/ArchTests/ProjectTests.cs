using ArchTests.Rules;

namespace ArchTests;

public sealed class ProjectTests
{
    private static readonly Project Kernel =
        new("Kernel", [], []), Api = new("Api", ["Kernel"], []), Platform = new("Platform", ["Api"], []);

    [Fact]
    public void The_layers_and_at_least_one_module_are_discovered()
    {
        string[] layers = ["Kernel", "Matching", "Api", "Platform", "Hub", "Cli"];
        Assert.All(layers, name => Assert.Contains(Repository.Projects, p => p.Name == name && !p.IsModule));
        Assert.Contains(Repository.Projects, p => p is { Name: "TravelDocuments", IsModule: true });
        Assert.All(Repository.Projects, p => Assert.NotEmpty(Repository.Assemblies[p.Name].MainModule.Types));
    }

    [Fact]
    public void Kernel_and_Matching_reference_no_package() => Assert.Empty(ProjectRules.PackageFree(Repository.Projects));

    [Theory]
    [InlineData("Kernel")]
    [InlineData("Matching")]
    public void A_package_there_is_found(string project) =>
        Planted.Found(ProjectRules.PackageFree([new(project, [], ["Some.Package"]), new("Platform", [], ["Npgsql"])]), "Some.Package");

    [Fact]
    public void Projects_reference_only_what_the_arrows_allow() => Assert.Empty(ProjectRules.Arrows(Repository.Projects));

    [Fact]
    public void Assemblies_use_only_what_the_arrows_allow()
    {
        // The command line's assembly is called liaison, which is nobody's to reference.
        var seen = Repository.Projects.Select(p => p with { References = [.. ProjectRules.Seen(Repository.Assemblies[p.Name])] }).ToArray();
        Assert.Contains(seen, p => p.References.Contains("Kernel"));
        Assert.Empty(ProjectRules.Arrows(seen));
    }

    [Theory]
    [InlineData("Kernel", "Matching")]
    [InlineData("Matching", "Api")]
    [InlineData("Api", "Platform")]
    [InlineData("Platform", "Birds")]
    [InlineData("Birds", "Fish")]
    [InlineData("Birds", "Hub")]
    [InlineData("Cli", "Platform")]
    [InlineData("Cli", "Birds")]
    [InlineData("Console", "Birds")]
    [InlineData("Hub", "Cli")]
    public void An_arrow_the_wrong_way_is_found(string from, string to)
    {
        Project[] good = [Kernel, Api, Platform, new("Birds", ["Platform"], []), new("Fish", ["Kernel"], []),
            new("Hub", ["Birds", "Fish"], [])];
        Assert.Empty(ProjectRules.Arrows(good));
        Planted.Found(ProjectRules.Arrows([.. good.Where(p => p.Name != from), new(from, [to], [])]), $"{from} references {to}");
    }

    [Fact]
    public void A_reference_that_only_the_compiler_sees_is_found()
    {
        using var cli = Planted.Assembly("public class C { public Type Of() => typeof(Liaison.Platform.Codes.CodeList); }");
        Assert.Equal(["Platform"], ProjectRules.Seen(cli));
    }

    [Fact]
    public void Every_package_has_its_reason_on_file() =>
        Assert.Empty(ProjectRules.Packages(File("Directory.Packages.props"), File("docs/adr/0003-packages.md")));

    [Fact]
    public void A_package_without_a_reason_is_found() => Planted.Found(
        ProjectRules.Packages("<Project><PackageVersion Include='Known'/><PackageVersion Include='Known.More'/></Project>",
            "| Known | why |\nKnown.More"),
        "Known.More");

    private static string File(string path) => Repository.Files.Single(f => f.Path == path).Text;
}

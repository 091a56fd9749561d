using ArchTests.Rules;

namespace ArchTests;

/// <summary>docs/operate/options.md is what can be set: nothing more, nothing less.</summary>
public sealed class OperatorTests
{
    private const string Page = "docs/operate/options.md";

    private static readonly string Options = Repository.Files.Single(f => f.Path == Page).Text;

    /// <summary>Options are the hub's; the command line has a page of its own for its, and Platform's are those of programs that it calls.</summary>
    private static IEnumerable<string> Known =>
        Repository.Assemblies.SelectMany(a => OperatorRules.Known(a.Value).Where(k => a.Key == "Hub" || !k.StartsWith('-'))).Distinct();

    [Fact]
    public void The_environment_is_read_in_its_places_only() => Assert.Empty(Repository.Assemblies.Values.SelectMany(OperatorRules.Environment));

    [Theory]
    [InlineData("string Read() => Environment.GetEnvironmentVariable(\"LIAISON_X\");")]
    [InlineData("Func<string, string> Read => Environment.GetEnvironmentVariable;")]
    [InlineData("object Read() => Environment.GetEnvironmentVariables();")]
    public void Another_reader_is_found(string member)
    {
        using var planted = Planted.Assembly($"namespace Liaison.Planted; class Other {{ {member} }}");
        Planted.Found(OperatorRules.Environment(planted), "reads the environment");
    }

    [Fact]
    public void Everything_that_can_be_set_is_on_the_page() => Assert.Empty(OperatorRules.NotOnThePage(Known, Options));

    [Fact]
    public void What_is_not_on_the_page_is_found()
    {
        using var planted = Planted.Assembly("class A { const string One = \"LIAISON_NEW\"; string Two() => \"--new\"; string Three() => \"said LIAISON_NEW\"; }");
        Assert.Equal(["--new", "LIAISON_NEW"], OperatorRules.Known(planted).Order(StringComparer.Ordinal));
        Planted.Found(OperatorRules.NotOnThePage(OperatorRules.Known(planted), "| `--new N` | a |\nLIAISON_NEW"), "LIAISON_NEW");
    }

    [Fact]
    public void Everything_on_the_page_is_read_by_something() => Assert.Empty(OperatorRules.NotInTheCode(Known, Options,
        Repository.Files.Where(f => !f.Path.Contains('/', StringComparison.Ordinal) || f.Path.StartsWith("deploy/", StringComparison.Ordinal)
            || f.Path.StartsWith("tests/", StringComparison.Ordinal)).Where(f => !f.Path.EndsWith(".md", StringComparison.Ordinal))));

    [Fact]
    public void What_nothing_reads_is_found() => Planted.Found(
        OperatorRules.NotInTheCode(["LIAISON_A"], "| `LIAISON_A`, `LIAISON_B`, `LIAISON_C=1` | a |", [new("run", "$LIAISON_C")]), "LIAISON_B");
}

using ArchTests.Rules;

namespace ArchTests;

public sealed class SourceTests
{
    [Fact]
    public void The_files_are_discovered()
    {
        Assert.Contains(Repository.Files, f => f.Path == "run");
        Assert.Contains(Repository.Sources, f => f.Path.StartsWith("src/Liaison.Kernel/", StringComparison.Ordinal));
        Assert.Contains(Repository.Sources, f => f.Path == "tests/ArchTests/SourceTests.cs");
        Assert.DoesNotContain(Repository.Files, f => f.Path.Contains("/obj/", StringComparison.Ordinal)
            || f.Path.StartsWith("artifacts/", StringComparison.Ordinal));
    }

    [Fact]
    public void No_file_is_too_long() => Assert.Empty(Repository.Sources.SelectMany(SourceRules.Length));

    [Theory]
    [InlineData("src/A.cs", 401)]
    [InlineData("tests/A.cs", 601)]
    public void A_file_that_is_too_long_is_found(string path, int lines)
    {
        Assert.Empty(SourceRules.Length(new(path, Text(lines - 1))));
        Planted.Found(SourceRules.Length(new(path, Text(lines))), $"{lines} lines");
    }

    [Fact]
    public void Kernel_stays_small() => Assert.Empty(SourceRules.KernelLength(Repository.Sources));

    [Fact]
    public void A_kernel_that_grew_is_found()
    {
        TextFile[] files = [new("src/Liaison.Kernel/A.cs", Text(1500)), new("src/Liaison.Kernel/B/C.cs", Text(1499)),
            new("src/Liaison.Api/D.cs", Text(300))];
        Assert.Empty(SourceRules.KernelLength(files));
        Planted.Found(SourceRules.KernelLength([.. files, new("src/Liaison.Kernel/E.cs", "x")]), "3000 lines");
    }

    [Fact]
    public void No_method_is_too_long() => Assert.Empty(Repository.Sources.SelectMany(SourceRules.Methods));

    [Theory]
    [InlineData("class C {{ void M() {{\n{0}}} }}")]
    [InlineData("class C {{ C() {{\n{0}}} }}")]
    [InlineData("class C {{ int P {{ get {{\n{0}return 1; }} }} }}")]
    [InlineData("void Local() {{\n{0}}}")]
    public void A_method_that_is_too_long_is_found(string code)
    {
        Assert.Empty(SourceRules.Methods(new("a.cs", string.Format(null, code, Text(58)))));
        Planted.Found(SourceRules.Methods(new("a.cs", string.Format(null, code, Text(59)))), "61 lines");
    }

    [Fact]
    public void Nothing_takes_too_many_parameters() => Assert.Empty(Repository.Sources.SelectMany(SourceRules.Parameters));

    [Theory]
    [InlineData("class C { void M(int a, int b, int c, int d, int e, int f, int g, int h) { } }")]
    [InlineData("class C(int a, int b, int c, int d, int e, int f, int g, int h);")]
    [InlineData("class C { C(int a, int b, int c, int d, int e, int f, int g, int h) { } }")]
    [InlineData("delegate void D(int a, int b, int c, int d, int e, int f, int g, int h);")]
    [InlineData("void M() { void L(int a, int b, int c, int d, int e, int f, int g, int h) { } }")]
    [InlineData("static class C { static void M(this int self, int a, int b, int c, int d, int e, int f, int g, int h) { } }")]
    public void Too_many_parameters_are_found(string code)
    {
        Planted.Found(SourceRules.Parameters(new("a.cs", code)), "8 parameters");
        Assert.Empty(SourceRules.Parameters(new("a.cs", code.Replace(", int h", "", StringComparison.Ordinal))));
        Assert.Empty(SourceRules.Parameters(new("a.cs", "record R(int a, int b, int c, int d, int e, int f, int g, int h);")));
    }

    [Fact]
    public void No_file_tells_where_a_machine_keeps_things() => Assert.Empty(Repository.Files.SelectMany(TextRules.MachinePaths));

    [Theory]
    [InlineData("home", "anna/liaison")]
    [InlineData("root", ".cache")]
    [InlineData("Users", "anna")]
    [InlineData("work", "shared")]
    public void The_path_of_a_machine_is_found(string root, string rest)
    {
        Planted.Found(TextRules.MachinePaths(new("docs/a.md", $"fine: /var/lib/liaison, ~/{root}/{rest}\nSee /{root}/{rest}.")),
            "docs/a.md:2");
        Planted.Found(TextRules.MachinePaths(new("a.cs", $"var f = \"/{root}/{rest}\";")), "a.cs:1");
    }

    [Fact]
    public void A_path_of_Windows_is_found() => Planted.Found(TextRules.MachinePaths(new("a.cs", "C:" + @"\Users\anna")), "a.cs:1");

    [Fact]
    public void No_file_names_the_host_of_a_registry() => Assert.Empty(Repository.Files.SelectMany(TextRules.Registries));

    [Theory]
    [InlineData("api.nuget")]
    [InlineData("registry.npmjs")]
    [InlineData("pypi")]
    public void The_host_of_a_registry_is_found(string host) =>
        Planted.Found(TextRules.Registries(new("nuget.config", $"NuGet and npm\nhttps://{host}.org/v3")), "nuget.config:2");

    [Fact]
    public void The_host_of_a_private_registry_is_found() =>
        Planted.Found(TextRules.Registries(new("Directory.Build.props", "https://artifactory" + ".example.test/nuget")),
            "Directory.Build.props:1");

    private static string Text(int lines) => string.Concat(Enumerable.Repeat("//\n", lines));
}

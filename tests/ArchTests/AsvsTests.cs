using ArchTests.Rules;

namespace ArchTests;

/// <summary>The checklist of OWASP ASVS 5.0.0 levels 1 and 2 (docs/asvs.md) names only what is there.</summary>
public sealed class AsvsTests
{
    /// <summary>So many requirements have the levels 1 and 2 together, by chapter.</summary>
    private static readonly Dictionary<string, int> Chapters = new()
    {
        ["1"] = 27, ["2"] = 11, ["3"] = 19, ["4"] = 10, ["5"] = 9, ["6"] = 35, ["7"] = 18, ["8"] = 7, ["9"] = 7, ["10"] = 29,
        ["11"] = 14, ["12"] = 9, ["13"] = 13, ["14"] = 9, ["15"] = 13, ["16"] = 16, ["17"] = 7,
    };

    private static readonly string Page = Repository.Files.Single(f => f.Path == "docs/asvs.md").Text;

    [Fact]
    public void Every_requirement_has_its_line() =>
        Assert.Equal(Chapters, ChecklistRules.Lines(Page).GroupBy(l => l.Number.Split('.')[0]).ToDictionary(g => g.Key, g => g.Count()));

    [Fact]
    public void Every_line_has_a_verdict_and_what_shows_it() => Assert.Empty(ChecklistRules.Form(Page));

    [Theory]
    [InlineData("| 1.2.3 | words | perhaps | `AsvsTests` |", "no verdict")]
    [InlineData("| 1.2.3 | words | met | somehow or other |", "nothing that shows it")]
    [InlineData("| 1.2.3 | words | open | later |", "nothing that shows it")]
    [InlineData("| 1.2 | words | open | something is missing |", "No number")]
    [InlineData("| 1.2.3 | words | met | `AsvsTests` |\n| 1.2.3 | words | met | `AsvsTests` |", "twice")]
    public void A_line_without_is_found(string line, string found) => Planted.Found(ChecklistRules.Form(line), found);

    [Fact]
    public void The_counts_on_top_are_right() => Assert.Empty(ChecklistRules.Counts(Page));

    [Fact]
    public void A_wrong_count_is_found() =>
        Planted.Found(ChecklistRules.Counts("1 requirements: 0 met, 0 not applicable, 1 open.\n| 1.2.3 | words | met | `AsvsTests` |"), "1 met");

    [Fact]
    public void Every_test_and_file_that_is_named_exists() => Assert.Empty(ChecklistRules.Missing(Page, Repository.Files));

    [Theory]
    [InlineData("`NoSuchTests`")]
    [InlineData("`AsvsTests.No_such_test`")]
    [InlineData("`src/NoSuchFile.cs`")]
    [InlineData("[page](operate/no-such-page.md)")]
    public void One_that_does_not_exist_is_found(string named) => Planted.Found(
        ChecklistRules.Missing($"| 1.2.3 | words | met | {named} |\n| 1.2.4 | words | met | `AsvsTests.One_that_does_not_exist_is_found`, [page](glossary.md) |",
            Repository.Files), "1.2.3 names");
}

using Liaison.Bench.Reports;

namespace UnitTests.Bench;

/// <summary>A run replaces its own section of the results, and nothing that people wrote beside it.</summary>
public sealed class ResultsFileTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    [Theory]
    [InlineData(true, "# R\n\nSaid.\n\n## Cost\n\nMuch.\n\n## Full sizes\n\nold full\n\n### Beside\n\nMore.\n\n## Quick\n\nnew\n")]
    [InlineData(false, "# R\n\nSaid.\n\n## Cost\n\nMuch.\n\n## Full sizes\n\nnew\n\n### Beside\n\nMore.\n\n## Quick\n\nold quick\n")]
    public void A_run_replaces_its_own_section(bool isQuick, string page)
    {
        File.WriteAllText(path, "# R\n\nSaid.\n\n## Cost\n\nMuch.\n\n## Full sizes\n\nold full\n\n### Beside\n\nMore.\n\n## Quick\n\nold quick\n");
        ResultsFile.Write(path, isQuick, "new");
        Assert.Equal(page, File.ReadAllText(path));
    }

    [Fact]
    public void What_was_not_run_before_comes_last()
    {
        File.Delete(path);
        ResultsFile.Write(path, isQuick: false, "full");
        ResultsFile.Write(path, isQuick: true, "quick");
        Assert.EndsWith("\n\n## Full sizes\n\nfull\n\n## Quick\n\nquick\n", File.ReadAllText(path), StringComparison.Ordinal);
    }

    public void Dispose() => File.Delete(path);
}

using Liaison.Cli;
using Liaison.Kernel.Text;

namespace UnitTests.Cli;

public sealed class ImportCommandTests : IAsyncDisposable
{
    private readonly Shell shell = new();
    private readonly FakeHub hub = new();

    public ImportCommandTests() => shell.Set("LIAISON_HUB", hub.Address).Set("LIAISON_TOKEN", "t");

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync();
        shell.Dispose();
    }

    [Fact]
    public async Task Rejected_rows_end_in_a_file_beside_the_imported_one_as_the_hub_gives_it()
    {
        hub.Answers(Canned.Import);
        hub.Answers("line,column,code,message\r\n3,'=cmd(),unknownColumn,Remove it.\r\n", 200, "text/csv");
        var rows = "number,issuer\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"X{i:D7},UTO\n"));
        File.WriteAllText(Path.Combine(shell.Folder, "in.csv"), rows);
        Assert.Equal(ExitCode.Rejects, await shell.RunAsync("import", "in.csv"));
        Assert.Equal(
            "line,column,code,message\r\n3,'=cmd(),unknownColumn,Remove it.\r\n",
            File.ReadAllText(Path.Combine(shell.Folder, "in.csv.rejects.csv")));
        var got = hub.Got[0];
        Assert.Equal("text/csv", got.Headers["Content-Type"]);
        Assert.Equal(rows, got.Body);
        Assert.True(Guid.TryParse(got.Headers["Idempotency-Key"], out _));
        Assert.Contains("Imported 1 of 3 rows, 2 rejected.", shell.Out);
        Assert.Contains("in.csv.rejects.csv", shell.Out);
    }

    [Theory]
    [InlineData("a.ndjson", null, "application/x-ndjson")]
    [InlineData("a.JSONL", null, "application/x-ndjson")]
    [InlineData("a.txt", "ndjson", "application/x-ndjson")]
    [InlineData("a.ndjson", "csv", "text/csv")]
    public async Task The_files_name_or_the_option_says_what_it_is(string name, string? format, string mediaType)
    {
        hub.Answers("""{"id":"019a0000-0000-7000-8000-0000000000aa","state":"done","feed":"default","mode":"delta","receivedAt":"2026-01-01T00:00:00Z","rows":1,"recorded":1,"changed":0,"unchanged":0,"withdrawn":0,"rejected":0,"bytes":3,"bytesRead":3,"rejects":[]}""");
        File.WriteAllText(Path.Combine(shell.Folder, name), "{}\n");
        string[] args = ["import", name, "--idempotency-key", "k1", "--rejects", "r.csv"];
        Assert.Equal(0, await shell.RunAsync(format is null ? args : [.. args, "--format", format]));
        Assert.Equal((mediaType, "k1"), (hub.Got[0].Headers["Content-Type"], hub.Got[0].Headers["Idempotency-Key"]));
        Assert.False(File.Exists(Path.Combine(shell.Folder, "r.csv"))); // no rejects, no file
    }

    [Fact]
    public async Task A_reject_file_that_cannot_be_written_is_told_and_the_answer_is_not_lost()
    {
        hub.Answers(Canned.Import);
        File.WriteAllText(Path.Combine(shell.Folder, "in.csv"), "number\n");
        Assert.Equal(ExitCode.Rejects, await shell.RunAsync("import", "in.csv", "--rejects", "no-such-folder/r.csv", "--json"));
        Assert.Equal(Canned.Import, shell.Out.TrimEnd());
        Assert.Contains("could not be written", shell.Err);
    }

    [Fact]
    public async Task An_import_whose_outcome_is_unknown_says_how_to_repeat_it_safely()
    {
        hub.Answers("no hub", 502, "text/plain");
        File.WriteAllText(Path.Combine(shell.Folder, "in.csv"), "number\n");
        Assert.Equal(ExitCode.Unreachable, await shell.RunAsync("import", "in.csv"));
        Assert.Contains("--idempotency-key " + hub.Got[0].Headers["Idempotency-Key"], shell.Err);
    }

    [Fact]
    public async Task An_empty_file_is_not_sent()
    {
        File.WriteAllText(Path.Combine(shell.Folder, "in.csv"), "");
        Assert.Equal(ExitCode.Usage, await shell.RunAsync("import", "in.csv"));
        Assert.Empty(hub.Got);
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("\rx", "\"'\rx\"")]
    [InlineData("a=b", "a=b")]
    [InlineData("AB12;=1+1", "AB12;'=1+1")]
    [InlineData("AB12|@x;-1", "AB12|'@x;'-1")]
    [InlineData("a\n=1", "\"a\n'=1\"")]
    [InlineData("say \"no\", please", "\"say \"\"no\"\", please\"")]
    [InlineData("=\"a\",1", "\"'=\"\"a\"\",1\"")]
    [InlineData("", "")]
    public void A_cell_is_quoted_and_never_a_formula(string text, string cell) => Assert.Equal(cell, CsvCells.Cell(text));
}

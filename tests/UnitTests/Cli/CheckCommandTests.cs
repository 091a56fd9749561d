namespace UnitTests.Cli;

public sealed class CheckCommandTests : IDisposable
{
    private const string Summary = "{\"summary\":{\"searchId\":\"019a0000-0000-7000-8000-0000000000ff\",\"lines\":2,\"hit\":0,\"possible\":1,\"notKnown\":1,\"refused\":0,\"asOf\":{\"position\":42,\"at\":\"2025-01-02T03:04:05Z\"}}}\n";

    private const string Answers = "{\"line\":1,\"answer\":\"notKnown\"}\n{\"line\":2,\"ref\":\"=b\",\"answer\":\"possible\",\"aNewerHub\":1}\n";

    private readonly Shell shell = new();

    [Fact]
    public async Task Every_answer_gets_the_line_of_its_own_file()
    {
        await using var hub = new FakeHub().Answers(Answers + Summary);
        Ask(hub, "list.csv", "number;issuer;mrz\nA1;FRA;\n\n;;\"ONE\nTWO\"\n");
        Assert.Equal(3, await shell.RunAsync("check", "list.csv"));
        Assert.Equal("{\"number\":\"A1\",\"issuer\":\"FRA\"}\n{\"mrz\":\"ONE\\nTWO\"}\n", hub.Got.Single().Body);
        Assert.Equal("{\"line\":2,\"answer\":\"notKnown\"}\n{\"line\":4,\"ref\":\"=b\",\"answer\":\"possible\",\"aNewerHub\":1}\n", Result("list.csv.answers.ndjson"));
        Assert.Contains("POSSIBLE", shell.Out, StringComparison.Ordinal);
    }

    /// <summary>A spreadsheet writes TRUE.</summary>
    [Theory]
    [InlineData("true", "true")]
    [InlineData("TRUE", "true")]
    [InlineData("Yes", "true")]
    [InlineData("1", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("no", "false")]
    public async Task Near_is_read_as_a_spreadsheet_writes_it(string cell, string near)
    {
        await using var hub = new FakeHub().Answers(Answers + Summary);
        Ask(hub, "list.csv", $"number,near\nA1,{cell}\nA2,\n");
        await shell.RunAsync("check", "list.csv");
        Assert.Equal($"{{\"number\":\"A1\",\"near\":{near}}}\n{{\"number\":\"A2\"}}\n", hub.Got.Single().Body);
    }

    [Fact]
    public async Task A_result_for_a_spreadsheet_holds_no_formula()
    {
        await using var hub = new FakeHub().Answers(Answers + Summary);
        Ask(hub, "list.ndjson", "{\"number\":\"A1\"}\n{\"number\":\"A2\",\"ref\":\"=b\"}\n");
        await shell.RunAsync("check", "list.ndjson", "--out", "answers.csv");
        Assert.Equal("line,ref,answer,records,reasons,problem,ask\r\n1,,notKnown,,,,\r\n2,'=b,possible,,,,\r\n", Result("answers.csv"));
    }

    /// <summary>An answer without its last line is not complete, whatever its status.</summary>
    [Fact]
    public async Task An_answer_that_broke_off_is_asked_again()
    {
        await using var hub = new FakeHub().Answers(Answers).Answers(Answers + Summary);
        Ask(hub, "list.ndjson", "{\"number\":\"A1\"}\n{\"number\":\"A2\"}\n");
        Assert.Equal(3, await shell.RunAsync("check", "list.ndjson"));
        Assert.Equal(2, hub.Got.Count);
        Assert.Equal(2, Result("list.ndjson.answers.ndjson").Count(c => c == '\n'));
    }

    [Fact]
    public async Task A_refusal_says_that_nothing_was_answered()
    {
        await using var hub = new FakeHub().Refuses(Canned.Duplicate, 409);
        Ask(hub, "list.ndjson", "{\"number\":\"A1\"}\n");
        Assert.Equal(4, await shell.RunAsync("check", "list.ndjson"));
        Assert.Contains("Nothing was answered: the check is not complete.", shell.Err, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("number,horse\nA,b\n", "no field 'horse'")]
    [InlineData("number,number\nA,b\n", "twice")]
    [InlineData("number,issuer\nA\n", "Line 2 has 1 cells under 2 columns")]
    [InlineData("number,near\nA,perhaps\n", "Line 2: near is true or false")]
    [InlineData("number,issuer\n\"A,FRA\n", "opened on line 2")]
    [InlineData("", "empty")]
    [InlineData("number\n", "holds no question")]
    public async Task A_file_that_is_no_list_is_refused_with_what_to_do(string csv, string told)
    {
        await using var hub = new FakeHub();
        Ask(hub, "list.csv", csv);
        Assert.Equal(2, await shell.RunAsync("check", "list.csv"));
        Assert.Contains(told, shell.Err, StringComparison.Ordinal);
        Assert.Empty(hub.Got);
    }

    public void Dispose() => shell.Dispose();

    private void Ask(FakeHub hub, string file, string text)
    {
        shell.Set("LIAISON_HUB", hub.Address).Set("LIAISON_TOKEN", "token");
        File.WriteAllText(Path.Combine(shell.Folder, file), text);
    }

    private string Result(string file) => File.ReadAllText(Path.Combine(shell.Folder, file));
}

using System.Text;
using Liaison.Platform.Imports;

namespace UnitTests.Platform;

public sealed class CsvTableTests
{
    private static readonly CsvColumn[] Columns = [new("number", Required: true), new("issuer", Required: true), new("note")];

    [Theory]
    [InlineData("number,issuer,note\n1,UTO,x", "2:1|UTO|x")]
    [InlineData("note;ISSUER;Number\nx;UTO;1", "2:1|UTO|x")]
    [InlineData(" number ,issuer\n1,UTO", "2:1|UTO|")]
    [InlineData("number,issuer,,\n1,UTO,,\n2,UTO\n3,UTO,,,,", "2:1|UTO| 3:2|UTO| 4:3|UTO|")] // padding of spreadsheets
    [InlineData("number,issuer\n1\n1,UTO,x\n2,UTO", "2/0:cellCount 3/0:cellCount 4:2|UTO|")]
    [InlineData("number,issuer\n1,\"U\"T\n2,UTO", "2/2:textAfterQuote 3:2|UTO|")]
    [InlineData("number,issuer\n\n1,UTO", "3:1|UTO|")]
    [InlineData("number,issuer\n", "")]
    public async Task Rows_come_in_the_order_asked_for(string text, string expected) => Assert.Equal(expected, await Show(text));

    [Theory]
    [InlineData("", "1/0:noHeader!")]
    [InlineData("number\n1", "1/0:missingColumn!")]
    [InlineData("number,issuer,colour\n1,UTO,x", "1/3:unknownColumn!")]
    [InlineData("number,issuer,Number\n1,UTO,x", "1/3:duplicateColumn!")]
    [InlineData("number,,issuer\n1,,UTO", "1/2:unknownColumn!")]
    [InlineData("\nL898902C3,UTO,x\n", "2/1:unknownColumn 2/2:unknownColumn 2/3:unknownColumn 2/0:missingColumn 2/0:missingColumn!")]
    [InlineData("number,iss\"uer\n1,UTO", "1/2:quoteInPlainCell!")]
    [InlineData("PK\u0003\u0004xxxx", "1/0:notCsv!")]
    public async Task A_header_that_cannot_be_used_ends_the_reading(string text, string expected) =>
        Assert.Equal(expected, await Show(text));

    [Fact]
    public async Task No_message_repeats_what_a_cell_says()
    {
        foreach (var text in new[] { "L898902C3,UTO,x\n", "number,issuer\nL898902C3\n\"L898902C3\"L898902C3,UTO\n", "\"L898902C3" })
        {
            var problems = (await Read(text)).Select(row => row.Problem).OfType<CsvProblem>().ToList();
            Assert.NotEmpty(problems);
            Assert.All(problems, problem => Assert.DoesNotContain("L898902C3", problem.Message, StringComparison.Ordinal));
        }
    }

    private static async Task<string> Show(string text) => CsvReaderTests.Show(await Read(text));

    private static async Task<List<CsvRow>> Read(string text)
    {
        var rows = new List<CsvRow>();
        var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        var stop = TestContext.Current.CancellationToken;
        await foreach (var row in CsvTable.ReadAsync(stream, Columns, CsvLimits.Default, null, stop)) rows.Add(row);
        return rows;
    }
}

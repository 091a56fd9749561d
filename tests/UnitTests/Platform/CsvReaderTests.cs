using System.Text;
using CsCheck;
using Liaison.Platform.Imports;

namespace UnitTests.Platform;

public sealed class CsvReaderTests
{
    private static readonly Gen<string> GenCell = Gen.OneOf('a', 'B', '7', ' ', ',', ';', '\t', '"', '\r', '\n', 'é', '中')
        .Array[0, 6].Select(c => new string(c));

    [Theory]
    [InlineData("a,b\nc,d\n", "1:a|b 2:c|d")]
    [InlineData("a,b\r\nc,d", "1:a|b 2:c|d")]
    [InlineData("a,b\rc,d\r", "1:a|b 2:c|d")]
    [InlineData("a;b\nc,d;e\n", "1:a|b 2:c,d|e")]
    [InlineData("a\tb\nc\td\n", "1:a|b 2:c|d")]
    [InlineData("a,b;c;d\n", "1:a,b|c|d")]
    [InlineData("\"a,b,c\";d\n1;2", "1:a,b,c|d 2:1|2")] // delimiters inside quotes do not vote
    [InlineData("a\nb c\n", "1:a 2:b c")]
    [InlineData("\n\r\na,b\n\n\n1,2\n", "3:a|b 6:1|2")]
    [InlineData("a,b\n\"1\n2\r\n3\",x\n4,5", "1:a|b 2:1\n2\r\n3|x 5:4|5")]
    [InlineData("a,b\n\"say \"\"yes\"\"\",\"\"\n", "1:a|b 2:say \"yes\"|")]
    [InlineData("a,b\n,\n\"\"\n", "1:a|b 2:| 3:")]
    [InlineData("a, b\n 1 ,2", "1:a| b 2: 1 |2")] // spaces belong to the cell
    [InlineData("", "")]
    [InlineData("\n\n", "")]
    public async Task Rows_are_read(string text, string expected) => Assert.Equal(expected, await Show(text));

    [Theory]
    [InlineData("a,b\nx\"y,z\n1,2", "1:a|b 2/1:quoteInPlainCell 3:1|2")]
    [InlineData("a,b\n1,\"x\"y\n1,2", "1:a|b 2/2:textAfterQuote 3:1|2")]
    [InlineData("a,b\n1,\"x\" \n1,2", "1:a|b 2/2:textAfterQuote 3:1|2")]
    [InlineData("a,b\n1,x\0\n1,2", "1:a|b 2/2:nulCharacter 3:1|2")]
    [InlineData("a,b\n1,2\n\"x,2\n3,4\n", "1:a|b 2:1|2 3/1:quoteNotClosed!")]
    [InlineData("a,b\n1,\"", "1:a|b 2/2:quoteNotClosed!")]
    public async Task Misplaced_quotes_lose_their_row_only(string text, string expected) => Assert.Equal(expected, await Show(text));

    [Theory]
    [InlineData("1,2,3,4", "2:1|2|3|4")]
    [InlineData("1,2,3,4,5", "2/5:tooManyColumns")]
    [InlineData("1,2,3,4,5,6,7,\"8\n\",9\"\"", "2/5:tooManyColumns")] // skipped to its true end
    [InlineData("1,12345678", "2:1|12345678")]
    [InlineData("1,123456789", "2/2:cellTooLong")]
    [InlineData("1,\"1234\n6789\"", "2/2:cellTooLong")]
    [InlineData("1,\"1234567\"\"\"", "2:1|1234567\"")]
    [InlineData("12345678,12345678,12", "2:12345678|12345678|12")]
    [InlineData("12345678,12345678,123", "2/3:rowTooLong")]
    [InlineData("中中中中,中中,", "2:中中中中|中中|")] // 3 bytes each
    [InlineData("中中中中,中中,1", "2/3:rowTooLong")]
    [InlineData("1,\"12345678901234567890", "2/2:quoteNotClosed!")]
    [InlineData("1,\"123456789012345678901", "2/2:quoteNotClosed!")] // noticed before the end
    public async Task A_limit_tells_line_and_column(string row, string expected)
    {
        var limits = new CsvLimits(MaxColumns: 4, MaxCell: 8, MaxRowBytes: 20);
        var after = expected.EndsWith('!') ? "" : $" {2 + row.Count(c => c == '\n') + 1}:x|y";
        Assert.Equal($"1:a|b {expected}{after}", await Show($"a,b\n{row}\nx,y", limits));
    }

    [Fact]
    public async Task A_quote_that_swallows_the_file_is_noticed_after_one_row_length()
    {
        using var endless = new Generated("a,b\n1,\"", "x,y\n", 1_000_000_000);
        var rows = await Read(endless, CsvLimits.Default);
        Assert.Equal("1:a|b 2/2:quoteNotClosed!", Show(rows));
        Assert.InRange(endless.Sent, 65_536, 200_000);
    }

    [Theory]
    [InlineData("x,", CsvProblems.TooManyColumns)] // 1,000,000 columns
    [InlineData("x", CsvProblems.CellTooLong)]
    [InlineData(",", CsvProblems.TooManyColumns)]
    [InlineData("\"\"", CsvProblems.QuoteNotClosed)] // a cell of doubled quotes beyond all measure
    [InlineData("\"\",", CsvProblems.TooManyColumns)]
    [InlineData("\0", CsvProblems.NulCharacter)]
    public async Task A_monstrous_row_costs_no_memory(string repeated, string code)
    {
        await Read(new Generated("a,b\n1,", repeated, 100_000), CsvLimits.Default); // what is allocated once, is
        using var monster = new Generated("a,b\n1,", repeated, 1_000_000L * repeated.Length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var rows = await Read(monster, CsvLimits.Default);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(code, rows[^1].Problem?.Code);
        Assert.Equal(2, rows.Count);
        Assert.InRange(allocated, 1, 500_000);
    }

    [Fact]
    public async Task A_monstrous_header_is_told_and_costs_no_memory()
    {
        using var monster = new Generated("", "x,", 10_000_000);
        var row = Assert.Single(await Read(monster, CsvLimits.Default));
        Assert.Equal((1, 65, CsvProblems.TooManyColumns), (row.Line, row.Problem?.Column ?? 0, row.Problem?.Code));
    }

    [Fact]
    public async Task Rows_are_let_go_so_that_memory_does_not_grow_with_the_file()
    {
        using var large = new Generated("number,kind\n", "L898902C3,passport\r\n", 12 + 20 * 100_000);
        List<WeakReference> seen = [];
        await foreach (var row in CsvReader.ReadAsync(large, CsvLimits.Default, TestContext.Current.CancellationToken))
        {
            Assert.Null(row.Problem);
            seen.Add(new WeakReference(row));
            if (seen.Count != 100_000) continue;
            GC.Collect();
            Assert.True(seen.Count(one => one.IsAlive) < 10);
        }

        Assert.Equal(100_001, seen.Count);
    }

    [Fact]
    public async Task Every_encoding_gives_the_same_rows()
    {
        const string text = "né,中,𝄞\n\"ß\n\",2,3\n";
        Encoding[] encodings = [new UTF8Encoding(false), new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode];
        foreach (var encoding in encodings)
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
            Assert.Equal("1:né|中|𝄞 2:ß\n|2|3", Show(await Read(new MemoryStream(bytes), CsvLimits.Default)));
        }
    }

    [Theory]
    [InlineData("612C620A31C3286E0A", "1:a|b 2/0:invalidEncoding!")] // a,b / 1Ã(n
    [InlineData("612C620A312C320A332C34FF0A", "1:a|b 2:1|2 3/0:invalidEncoding!")]
    [InlineData("612C620A22310A32E40A22", "1:a|b 3/0:invalidEncoding!")] // the line where it shows, inside quotes
    [InlineData("612CC3", "1/0:invalidEncoding!")] // cut
    [InlineData("EDA080", "1/0:invalidEncoding!")] // a surrogate
    [InlineData("C080", "1/0:invalidEncoding!")] // overlong
    [InlineData("FFFE61002C0000D8", "1/0:invalidEncoding!")]
    [InlineData("FFFE61000A0000DC0A00", "1:a 2/0:invalidEncoding!")]
    [InlineData("FEFF0061000A00", "1:a 2/0:invalidEncoding!")]
    [InlineData("FFFE000061000000", "1/0:unsupportedEncoding!")]
    [InlineData("0000FEFF00000061", "1/0:unsupportedEncoding!")]
    [InlineData("504B030414000600", "1/0:notCsv!")]
    [InlineData("1F8B0800", "1/0:notCsv!")]
    [InlineData("61002C0062000A00", "1/1:nulCharacter 2/1:nulCharacter")] // UTF-16 without a mark
    [InlineData("EFBBBF", "")]
    [InlineData("FFFE", "")]
    public async Task What_is_not_text_is_told_with_its_line(string hex, string expected) =>
        Assert.Equal(expected, Show(await Read(new MemoryStream(Convert.FromHexString(hex)), CsvLimits.Default)));

    [Fact]
    public async Task What_was_written_is_read() =>
        await Gen.Select(
                Gen.Int[1, 5].SelectMany(width => GenCell.Array[width].Array[1, 8]),
                Gen.OneOf(',', ';', '\t'),
                Gen.OneOf("\n", "\r\n", "\r"),
                Gen.Int[1, 7])
            .SampleAsync(async (rows, delimiter, lineBreak, chunk) =>
            {
                // The header decides about the delimiter; a table of one column has none.
                string[] header = [.. Enumerable.Range(0, rows[0].Length).Select(i => $"c{i}")];
                string[][] all = [header, .. rows];
                var text = string.Concat(all.Select(row => string.Join(delimiter, row.Select(Write)) + lineBreak));
                var read = await Read(new Chunked(Encoding.UTF8.GetBytes(text), chunk), CsvLimits.Default);
                Assert.All(read, row => Assert.Null(row.Problem));
                Assert.Equal(all, read.Select(row => row.Cells));
            });

    [Fact]
    public async Task Random_bytes_give_rows_or_problems_and_the_same_ones_in_any_chunks()
    {
        var genByte = Gen.Frequency(
            (6, Gen.OneOf((byte)'a', (byte)',', (byte)';', (byte)'"', (byte)'\n', (byte)'\r', (byte)0)),
            (1, Gen.OneOf((byte)0xC3, (byte)0xA9, (byte)0xFF, (byte)0xFE)),
            (1, Gen.Byte));
        var limits = new CsvLimits(MaxColumns: 4, MaxCell: 6, MaxRowBytes: 16);
        await Gen.Select(genByte.Array[0, 80], Gen.Int[1, 5]).SampleAsync(async (bytes, chunk) =>
        {
            var whole = await Read(new MemoryStream(bytes), limits);
            Assert.Equal(Show(whole), Show(await Read(new Chunked(bytes, chunk), limits)));
            Assert.All(whole.SkipLast(1), row => Assert.False(row.Problem is { Stops: true }));
            Assert.All(whole, row => Assert.True(row.Cells.Count <= limits.MaxColumns && row.Cells.All(c => c.Length <= limits.MaxCell)));
            Assert.Equal(whole.Select(row => row.Line).Order(), whole.Select(row => row.Line));
        });
    }

    [Fact]
    public async Task A_stream_that_fails_is_not_a_file_that_ends()
    {
        using var failing = new Generated("a,b\n", "1,2\n", 100_000, fails: true);
        await Assert.ThrowsAsync<IOException>(() => Read(failing, CsvLimits.Default));
    }

    private static string Write(string cell) => $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task<string> Show(string text, CsvLimits? limits = null) =>
        Show(await Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), limits ?? CsvLimits.Default));

    internal static string Show(IEnumerable<CsvRow> rows) => string.Join(' ', rows.Select(row => row.Problem is { } problem
        ? $"{problem.Line}/{problem.Column}:{problem.Code}{(problem.Stops ? "!" : "")}"
        : $"{row.Line}:{string.Join('|', row.Cells)}"));

    private static async Task<List<CsvRow>> Read(Stream stream, CsvLimits limits)
    {
        var rows = new List<CsvRow>();
        await foreach (var row in CsvReader.ReadAsync(stream, limits, TestContext.Current.CancellationToken)) rows.Add(row);
        return rows;
    }
}

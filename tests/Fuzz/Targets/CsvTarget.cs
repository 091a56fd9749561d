using Liaison.Platform.Imports;

namespace Fuzz.Targets;

internal static class CsvTarget
{
    private static readonly CsvLimits Small = new(MaxColumns: 8, MaxCell: 64, MaxRowBytes: 256);
    private static readonly CsvColumn[] Columns =
        [new("number", Required: true), new("issuer", Required: true), new("kind"), new("status")];

    /// <summary>
    /// Any bytes as a CSV file: rows within the limits and problems with their line, the same however the stream is cut; never an
    /// exception.
    /// </summary>
    [FuzzTarget("csv")]
    internal static void Run(ReadOnlySpan<byte> data)
    {
        var bytes = data.ToArray();
        var rows = Read(stream => CsvReader.ReadAsync(stream, Small), new MemoryStream(bytes));
        Check(rows);
        Assert.All(rows.Where(r => r.Problem is null), r => Assert.InRange(r.Cells.Count, 1, Small.MaxColumns));

        // A network gives a file in pieces: nothing may depend on where they end.
        var dripping = Read(stream => CsvReader.ReadAsync(stream, Small), new Drip(bytes));
        Assert.Equal(rows.Select(r => (r.Line, r.Problem)), dripping.Select(r => (r.Line, r.Problem)));
        Assert.Equal(rows.SelectMany(r => r.Cells), dripping.SelectMany(r => r.Cells));

        var table = Read(stream => CsvTable.ReadAsync(stream, Columns, Small, null), new MemoryStream(bytes));
        Check(table);
        Assert.All(table.Where(r => r.Problem is null), r => Assert.Equal(Columns.Length, r.Cells.Count));
        if (table.Any(r => r.Problem is null)) Assert.DoesNotContain(table, r => r.Problem?.Code == CsvProblems.MissingColumn);
    }

    private static void Check(List<CsvRow> rows)
    {
        var line = 0L;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            Assert.True(row.Line >= 1 && row.Line >= line, "Lines count upwards from 1.");
            line = row.Line;
            Assert.All(row.Cells, cell => Assert.True(cell.Length <= Small.MaxCell && !cell.Contains('\0', StringComparison.Ordinal)));
            if (row.Problem is not { } problem) continue;
            Assert.Empty(row.Cells);
            Assert.Equal(row.Line, problem.Line);
            Assert.False(string.IsNullOrEmpty(problem.Code) || string.IsNullOrEmpty(problem.Message));
            if (problem.Stops) Assert.Equal(rows.Count - 1, i);
        }
    }

    /// <summary>Both streams answer at once, so nothing is waited for.</summary>
    private static List<CsvRow> Read(Func<Stream, IAsyncEnumerable<CsvRow>> read, Stream from) =>
        read(from).ToBlockingEnumerable().ToList();

    /// <summary>Gives a file in pieces of one to three bytes.</summary>
    private sealed class Drip(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, (int)(Position % 3) + 1)], cancellationToken);
    }
}

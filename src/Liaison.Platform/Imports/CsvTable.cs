using System.Runtime.CompilerServices;
using Liaison.Kernel.Parsing;

namespace Liaison.Platform.Imports;

/// <summary>A column that a file may have.</summary>
/// <param name="Name">Its name in the header line; case does not matter.</param>
/// <param name="Required">True when a file without it is refused.</param>
public readonly record struct CsvColumn(string Name, bool Required = false);

/// <summary>
/// CSV with a header line: columns in any order, found by name. Every row comes in the order in which the columns were asked for, with
/// an empty cell for a column the file does not have.
/// </summary>
public static class CsvTable
{
    /// <summary>
    /// The rows below the header. A header that cannot be used answers with each of its problems, the last one
    /// <see cref="CsvProblem.Stops"/>, and no row.
    /// </summary>
    public static async IAsyncEnumerable<CsvRow> ReadAsync(
        Stream stream,
        IReadOnlyList<CsvColumn> columns,
        CsvLimits limits,
        Func<string, FieldProblem?>? explainUnknown,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int[]? places = null;
        var width = 0;
        var fault = CsvProblems.Stop(1, CsvProblems.NoHeader, $"The file is empty; its first line names the columns: {Names(columns)}.");
        await foreach (var row in CsvReader.ReadAsync(stream, limits, cancellationToken).ConfigureAwait(false))
        {
            if (places is not null)
            {
                yield return row.Problem is null ? Arrange(row, places, width) : row;
                continue;
            }

            // Without a header no row can be understood, so what is wrong with it is the last thing said.
            List<CsvProblem> problems = row.Problem is { } unreadable ? [unreadable] : [];
            if (problems.Count == 0)
            {
                width = Width(row.Cells);
                places = Place(row, width, columns, explainUnknown, problems);
            }

            if (problems.Count == 0) continue;
            for (var i = 0; i < problems.Count; i++)
            {
                yield return CsvRow.Rejected(i + 1 < problems.Count ? problems[i] : problems[i] with { Stops = true });
            }

            yield break;
        }

        if (places is null) yield return CsvRow.Rejected(fault);
    }

    /// <summary>For each column asked for, its place in the file, or -1.</summary>
    private static int[] Place(CsvRow header, int width, IReadOnlyList<CsvColumn> columns,
        Func<string, FieldProblem?>? explainUnknown, List<CsvProblem> problems)
    {
        var places = new int[columns.Count];
        Array.Fill(places, -1);
        for (var i = 0; i < width; i++)
        {
            var name = header.Cells[i].Trim();
            var column = columns.Count - 1;
            while (column >= 0 && !string.Equals(columns[column].Name, name, StringComparison.OrdinalIgnoreCase)) column--;
            if (column < 0)
            {
                // The name is not repeated: in a file without header line it is the first record's number.
                var message = $"The name of this column is not known; known are: {Names(columns)}. Rename or remove it.";
                problems.Add(explainUnknown?.Invoke(name) is { } explained
                    ? new(header.Line, i + 1, explained.Code, explained.Message)
                    : new(header.Line, i + 1, CsvProblems.UnknownColumn, message));
            }
            else if (places[column] >= 0)
            {
                var message = $"The column {columns[column].Name} is column {places[column] + 1} already; remove one of them.";
                problems.Add(new(header.Line, i + 1, CsvProblems.DuplicateColumn, message));
            }
            else
            {
                places[column] = i;
            }
        }

        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] >= 0 || !columns[i].Required) continue;
            problems.Add(new(header.Line, 0, CsvProblems.MissingColumn, $"The column {columns[i].Name} is missing; add it."));
        }

        return places;
    }

    private static CsvRow Arrange(CsvRow row, int[] places, int width)
    {
        // Spreadsheets pad rows with empty cells, and so are a few too many no harm; too few may mean that cells moved to the left.
        if (row.Cells.Count < width || Width(row.Cells) > width)
        {
            var message = $"The row has {row.Cells.Count} cells, the header {width}; check delimiters and quotes.";
            return CsvRow.Rejected(new(row.Line, 0, CsvProblems.CellCount, message));
        }

        return CsvRow.Of(row.Line, Array.ConvertAll(places, place => place < 0 ? "" : row.Cells[place]));
    }

    /// <summary>How many cells there are without the empty ones at the end.</summary>
    private static int Width(IReadOnlyList<string> cells)
    {
        var width = cells.Count;
        while (width > 0 && string.IsNullOrWhiteSpace(cells[width - 1])) width--;
        return width;
    }

    private static string Names(IReadOnlyList<CsvColumn> columns) => string.Join(", ", columns.Select(column => column.Name));
}

namespace Liaison.Platform.Imports;

/// <summary>What is wrong with a row, a header or a file, and where.</summary>
/// <param name="Line">The line on which the row begins, from 1; for a wrong encoding the line on which it shows.</param>
/// <param name="Column">The cell's place in its row, from 1; 0 when the whole row or file is meant.</param>
/// <param name="Code">Stable camelCase code, one of <see cref="CsvProblems"/>.</param>
/// <param name="Message">English sentence for a person: what is wrong and what to do. Never repeats what the cell says.</param>
/// <param name="Stops">True when nothing after it can be read; otherwise only this row is lost.</param>
public sealed record CsvProblem(long Line, int Column, string Code, string Message, bool Stops = false);

/// <summary>One row of a file: its cells, or the reason why it has none.</summary>
public sealed class CsvRow
{
    private CsvRow(long line, string[] cells, CsvProblem? problem)
    {
        Line = line;
        Cells = cells;
        Problem = problem;
    }

    /// <summary>The line on which the row begins, from 1. Lines inside quotes count too, so it is the line an editor shows.</summary>
    public long Line { get; }

    /// <summary>The cells; empty when there is a problem.</summary>
    public IReadOnlyList<string> Cells { get; }

    /// <summary>Why the row could not be read; null when it could.</summary>
    public CsvProblem? Problem { get; }

    /// <summary>A row that was read.</summary>
    public static CsvRow Of(long line, string[] cells) => new(line, cells, null);

    /// <summary>A row that was not.</summary>
    public static CsvRow Rejected(CsvProblem problem) => new(problem.Line, [], problem);
}

/// <summary>How much of a file is looked at before it is refused. The defaults are beyond any honest import.</summary>
/// <param name="MaxColumns">Cells in a row.</param>
/// <param name="MaxCell">Characters (UTF-16 units) in a cell.</param>
/// <param name="MaxRowBytes">Bytes of a row as UTF-8, with its delimiters and quotes, without its line break.</param>
public sealed record CsvLimits(int MaxColumns = 64, int MaxCell = 4_096, int MaxRowBytes = 65_536)
{
    public static CsvLimits Default { get; } = new();
}

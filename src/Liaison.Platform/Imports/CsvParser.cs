using System.Buffers;
using System.Text;

namespace Liaison.Platform.Imports;

/// <summary>
/// The rows in a text that comes in blocks. Holds at most one row, within the limits; of a row beyond them only the problem is kept
/// and the rest is passed over.
/// </summary>
internal sealed class CsvParser(char delimiter, CsvLimits limits)
{
    private readonly SearchValues<char> endsPlain = SearchValues.Create([delimiter, '"', '\r', '\n', '\0']);
    private readonly SearchValues<char> endsQuoted = SearchValues.Create(['"', '\r', '\n', '\0']);
    private readonly char[] cell = new char[limits.MaxCell];
    private readonly List<string> cells = [];

    private State state;
    private CsvProblem? problem;
    private bool rowBegun;
    private bool afterReturn;
    private long rowLine = 1;
    private int column = 1;
    private int kept;
    private long cellBytes;
    private long rowBytes;

    private enum State
    {
        CellStart,
        Plain,
        Quoted,
        QuoteInQuoted,
    }

    /// <summary>The line of the next character, from 1.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>The next row that ends in the block, or null when the block is used up; goes on at <paramref name="at"/>.</summary>
    public CsvRow? Next(ReadOnlySpan<char> block, ref int at)
    {
        while (at < block.Length)
        {
            var rest = block[at..];
            var run = state is State.Plain or State.CellStart ? rest.IndexOfAny(endsPlain)
                : state is State.Quoted ? rest.IndexOfAny(endsQuoted)
                : 0;
            if (run < 0) run = rest.Length;
            if (run > 0)
            {
                at += run;
                if (state == State.CellStart) state = State.Plain;
                afterReturn = false;
                Take(rest[..run]);
                if (Unclosed() is { } unclosed) return unclosed;
                continue;
            }

            at++;
            var c = rest[0];
            var row = state is State.Quoted ? TakeInQuotes(c) : TakeOutside(c);
            afterReturn = c == '\r';
            if ((row ?? Unclosed()) is { } ended) return ended;
        }

        return null;
    }

    /// <summary>The row that the end of the text ends, or null.</summary>
    public CsvRow? End()
    {
        if (state == State.Quoted) return CsvRow.Rejected(CsvProblems.NotClosed(rowLine, column));
        return EndRow();
    }

    private CsvRow? TakeInQuotes(char c)
    {
        if (c == '"')
        {
            state = State.QuoteInQuoted;
            rowBytes++;
            return null;
        }

        if (c == '\0') Fail(CsvProblems.NulCharacter);
        else if (c is '\r' or '\n') CountLine(c);
        Take([c]);
        return null;
    }

    private CsvRow? TakeOutside(char c)
    {
        if (c is '\r' or '\n')
        {
            CountLine(c);
            return EndRow();
        }

        rowBegun = true;
        if (c == delimiter)
        {
            rowBytes++;
            EndCell();
            if (column > limits.MaxColumns) Fail(CsvProblems.TooManyColumns);
            return null;
        }

        switch (state, c)
        {
            case (State.CellStart, '"'):
                state = State.Quoted;
                rowBytes++;
                break;
            case (State.QuoteInQuoted, '"'):
                state = State.Quoted;
                Take([c]);
                break;
            case (State.QuoteInQuoted, _):
                state = State.Plain;
                Fail(CsvProblems.TextAfterQuote);
                break;
            default:
                state = State.Plain;
                Fail(c == '\0' ? CsvProblems.NulCharacter : CsvProblems.QuoteInPlainCell);
                break;
        }

        return null;
    }

    private void Take(ReadOnlySpan<char> text)
    {
        rowBegun = true;
        var bytes = Encoding.UTF8.GetByteCount(text);
        rowBytes += bytes;
        cellBytes += bytes;
        if (problem is not null) return;
        if (kept + text.Length > limits.MaxCell)
        {
            Fail(CsvProblems.CellTooLong);
            return;
        }

        text.CopyTo(cell.AsSpan(kept));
        kept += text.Length;
    }

    private void EndCell()
    {
        if (rowBytes > limits.MaxRowBytes) Fail(CsvProblems.RowTooLong);
        if (problem is null) cells.Add(kept == 0 ? "" : new string(cell, 0, kept));
        state = State.CellStart;
        kept = 0;
        cellBytes = 0;
        if (column <= limits.MaxColumns) column++;
    }

    private CsvRow? EndRow()
    {
        CsvRow? row = null;
        if (rowBegun)
        {
            EndCell();
            row = problem is null ? CsvRow.Of(rowLine, [.. cells]) : CsvRow.Rejected(problem);
        }

        cells.Clear();
        problem = null;
        rowBegun = false;
        rowLine = Line;
        column = 1;
        rowBytes = 0;
        return row;
    }

    /// <summary>CRLF is one line break, CR and LF alone are one each.</summary>
    private void CountLine(char c)
    {
        if (!(c == '\n' && afterReturn)) Line++;
    }

    /// <summary>The first problem of a row is the one to mend; what it made of the rest of the row may be nonsense.</summary>
    private void Fail(string code) => problem ??= CsvProblems.Row(rowLine, column, code, limits);

    /// <summary>A quoted cell larger than a row is a quote that somebody forgot.</summary>
    private CsvRow? Unclosed() =>
        state == State.Quoted && cellBytes > limits.MaxRowBytes ? CsvRow.Rejected(CsvProblems.NotClosed(rowLine, column)) : null;
}

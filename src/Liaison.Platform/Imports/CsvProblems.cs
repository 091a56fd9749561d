namespace Liaison.Platform.Imports;

/// <summary>Every problem that a CSV file can have before anybody looks at what its cells mean.</summary>
public static class CsvProblems
{
    public const string NotCsv = "notCsv";
    public const string UnsupportedEncoding = "unsupportedEncoding";
    public const string InvalidEncoding = "invalidEncoding";
    public const string TooManyColumns = "tooManyColumns";
    public const string CellTooLong = "cellTooLong";
    public const string RowTooLong = "rowTooLong";
    public const string QuoteInPlainCell = "quoteInPlainCell";
    public const string TextAfterQuote = "textAfterQuote";
    public const string QuoteNotClosed = "quoteNotClosed";
    public const string NulCharacter = "nulCharacter";
    public const string NoHeader = "noHeader";
    public const string UnknownColumn = "unknownColumn";
    public const string DuplicateColumn = "duplicateColumn";
    public const string MissingColumn = "missingColumn";
    public const string CellCount = "cellCount";

    internal static CsvProblem Stop(long line, string code, string message) => new(line, 0, code, message, Stops: true);

    internal static CsvProblem Row(long line, int column, string code, CsvLimits limits) => new(line, column, code, code switch
    {
        TooManyColumns => $"The row has more than {limits.MaxColumns} columns; check the delimiter and remove the surplus.",
        CellTooLong => $"The cell has more than {limits.MaxCell} characters; shorten it.",
        RowTooLong => $"The row has more than {limits.MaxRowBytes} bytes; shorten its cells or check its line break.",
        QuoteInPlainCell => "A quote stands inside a cell that does not begin with one; put the cell in quotes and double the quote.",
        TextAfterQuote => "Text follows the closing quote of a cell; double the quotes inside it.",
        NulCharacter => "The row has a NUL character; if the file is UTF-16, save it with a byte-order mark or as UTF-8.",
        _ => throw new ArgumentOutOfRangeException(nameof(code)),
    });

    /// <summary>Where an open quote swallows the next rows, nobody can tell any more where a row begins, so reading ends.</summary>
    internal static CsvProblem NotClosed(long line, int column) =>
        new(line, column, QuoteNotClosed, "A quote is opened here and not closed; close it and send the rows from here again.", Stops: true);
}

using System.Globalization;
using Liaison.Api.TravelDocuments;
using Liaison.Kernel.Text;

namespace Liaison.Cli.Rendering;

/// <summary>The answers to a checked file: NDJSON as the hub gave them, or CSV for a spreadsheet.</summary>
internal sealed class AnswerFile(TextWriter to, bool isCsv)
{
    private const string Prefix = "{\"line\":";

    public void Begin()
    {
        if (isCsv) to.Write("line,ref,answer,records,reasons,problem,ask\r\n");
    }

    /// <param name="text">The hub's own line.</param>
    /// <param name="answer">The same, read.</param>
    /// <param name="line">Where the question stands in the file.</param>
    public void Add(string text, SearchLineAnswer answer, long line)
    {
        var number = line.ToString(CultureInfo.InvariantCulture);
        if (!isCsv)
        {
            to.Write(Prefix + number);
            to.Write(text.AsSpan(Prefix.Length).TrimStart("0123456789"));
            to.Write('\n');
            return;
        }

        var matches = answer.Matches ?? [];
        string problem = answer.Problem is { } refused ? $"{refused.Code}: {refused.Detail}" : "";
        string[] cells =
        [
            answer.Ref ?? "", answer.Answer ?? "refused", string.Join(' ', matches.Select(m => m.Document.Id)),
            string.Join(' ', matches.SelectMany(m => m.Reasons).Select(r => r.Code).Distinct()), problem,
            answer.Refer is { } refer ? $"{refer.Desk} {refer.Reference}" : string.Join(' ', (answer.Sealed ?? []).Select(s => s.Owner)),
        ];
        to.Write(number + "," + string.Join(',', cells.Select(CsvCells.Cell)) + "\r\n");
    }
}

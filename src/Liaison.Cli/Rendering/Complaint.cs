using Liaison.Api;

namespace Liaison.Cli.Rendering;

/// <summary>What went wrong, for standard error: one line with what is wrong and what to do, then what belongs to it.</summary>
/// <param name="Line">One sentence or two.</param>
/// <param name="More">Fields at fault, hints.</param>
internal sealed record Complaint(string Line, params IReadOnlyList<string> More)
{
    /// <summary>The hub's refusal: its title and advice, then field by field.</summary>
    public static Complaint Of(Problem problem)
    {
        var more = problem.Errors.Select(e => $"{(e.Field.Length > 0 ? e.Field : "request")}: {e.Message} ({e.Code})").ToList();
        if (problem.ExistingId is { } existing) more.Add($"The record that is there: liaison history {existing}");
        if (problem.TraceId is { } trace) more.Add($"Trace id for the hub's operator: {trace}");
        var detail = problem.Detail is { Length: > 0 } d ? " " + d : "";
        return new($"The hub refused ({problem.Code}): {problem.Title.TrimEnd('.')}.{detail}", more);
    }

    /// <summary>Writes it and gives back the exit code, so that a command ends with <c>return complaint.Tell(…)</c>.</summary>
    public int Tell(TextWriter error, int exitCode)
    {
        error.WriteLine("liaison: " + SafeText.Of(Line));
        foreach (var line in More) error.WriteLine("  " + SafeText.Of(line));
        return exitCode;
    }
}

using System.CommandLine.Completions;

namespace Liaison.Cli;

/// <summary>
/// The code lists of <c>data/</c>, for completion and help only. The hub alone decides which codes hold: it may be newer than this
/// command.
/// </summary>
internal static class CodeLists
{
    /// <summary>The first column of the list, in the order of the file.</summary>
    public static IReadOnlyList<string> Codes(string list)
    {
        using var stream = typeof(CodeLists).Assembly.GetManifestResourceStream($"codes/{list}.csv")
            ?? throw new ArgumentException($"There is no code list {list}.", nameof(list));
        using var reader = new StreamReader(stream);
        var codes = new List<string>();
        reader.ReadLine();
        while (reader.ReadLine() is { Length: > 0 } line) codes.Add(line[..line.IndexOf(',', StringComparison.Ordinal)]);
        return codes;
    }

    /// <summary>Reads the list only when the shell asks.</summary>
    public static Func<CompletionContext, IEnumerable<CompletionItem>> Completions(string list) =>
        _ => Codes(list).Select(code => new CompletionItem(code));
}

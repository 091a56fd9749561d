using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ArchTests.Rules;

/// <summary>ARCHITECTURE.md §3: sizes, so that reading one thing never needs an afternoon.</summary>
internal static class SourceRules
{
    public const int FileLines = 400, TestFileLines = 600, MethodLines = 60, MostParameters = 7, KernelLines = 3000;

    public static IEnumerable<string> Length(TextFile file)
    {
        var most = file.Path.StartsWith("tests/", StringComparison.Ordinal) ? TestFileLines : FileLines;
        var lines = Lines(file);
        return lines > most ? [$"{file.Path} has {lines} lines, more than {most}."] : [];
    }

    public static IEnumerable<string> KernelLength(IEnumerable<TextFile> sources)
    {
        var lines = sources.Where(f => f.Path.StartsWith("src/Liaison.Kernel/", StringComparison.Ordinal)).Sum(Lines);
        return lines >= KernelLines ? [$"Kernel has {lines} lines; it stays under {KernelLines}."] : [];
    }

    public static IEnumerable<string> Methods(TextFile file) =>
        from node in Parse(file).DescendantNodes()
        where node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax
        let span = node.GetLocation().GetLineSpan()
        let lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1
        where lines > MethodLines
        select $"{file.Path}:{span.StartLinePosition.Line + 1} has a method of {lines} lines, more than {MethodLines}.";

    /// <summary>
    /// A record's primary constructor is exempt: it is the list of its facts, given by name or copied with <c>with</c>. Extension methods
    /// count what a caller writes.
    /// </summary>
    public static IEnumerable<string> Parameters(TextFile file) =>
        from list in Parse(file).DescendantNodes().OfType<ParameterListSyntax>()
        where list.Parent is not RecordDeclarationSyntax
        let count = list.Parameters.Count(p => !p.Modifiers.Any(SyntaxKind.ThisKeyword))
        where count > MostParameters
        let line = list.GetLocation().GetLineSpan().StartLinePosition.Line + 1
        select $"{file.Path}:{line} takes {count} parameters, more than {MostParameters}.";

    private static SyntaxNode Parse(TextFile file) => CSharpSyntaxTree.ParseText(file.Text).GetRoot();

    private static int Lines(TextFile file) => file.Text.TrimEnd('\n').Split('\n').Length;
}

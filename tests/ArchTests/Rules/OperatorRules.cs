using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace ArchTests.Rules;

/// <summary>What an operator can set is read in a few places and written down in one page.</summary>
internal static partial class OperatorRules
{
    /// <summary>Who may read the environment, by why.</summary>
    private static readonly Dictionary<string, string> Readers = new()
    {
        ["Liaison.Hub.HubEnvironment"] = "the hub's variables",
        ["Liaison.Platform.Data.PrivatePostgres.PrivatePostgresOptions"] = "where PostgreSQL's programs are, for the tests too",
        ["Liaison.Platform.Data.PrivatePostgres.PostgresBinaries"] = "PATH",
        ["Liaison.Cli.Program"] = "hands its surroundings to the commands",
        ["Program"] = "hands its surroundings to the commands",
    };

    public static IEnumerable<string> Environment(AssemblyDefinition assembly) =>
        from type in assembly.MainModule.GetAllTypes()
        from method in type.Methods.Where(m => m.HasBody)
        from call in method.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>()
        where call is { Name: "GetEnvironmentVariable" or "GetEnvironmentVariables" or "ExpandEnvironmentVariables", DeclaringType.FullName: "System.Environment" }
            or { Name: "AddEnvironmentVariables" }
        let reader = Outermost(type)
        where !Readers.ContainsKey(reader)
        select $"{method.FullName} reads the environment; HubEnvironment does, and docs/operate/options.md says what.";

    /// <summary>The variables and options that an assembly knows.</summary>
    public static IEnumerable<string> Known(AssemblyDefinition assembly) =>
        assembly.MainModule.GetAllTypes()
            .SelectMany(t => t.Fields.Select(f => f.Constant).OfType<string>()
                .Concat(t.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions).Select(i => i.Operand).OfType<string>()))
            .Where(s => Variable().IsMatch(s)).Distinct();

    /// <summary>The rows of the page: what stands first in a row, between backticks.</summary>
    public static HashSet<string> Rows(string page) =>
        [.. Row().Matches(page).SelectMany(m => Name().Matches(m.Value)).Select(m => m.Groups[1].Value)];

    public static IEnumerable<string> NotOnThePage(IEnumerable<string> known, string page)
    {
        var rows = Rows(page);
        return known.Where(k => !rows.Contains(k)).Select(k => $"{k} has no row in docs/operate/options.md: who reads it and what it means.");
    }

    /// <param name="known">Of the assemblies.</param>
    /// <param name="page">docs/operate/options.md.</param>
    /// <param name="scripts">The commands at the root and below deploy, and the tests, which read some too.</param>
    public static IEnumerable<string> NotInTheCode(IEnumerable<string> known, string page, IEnumerable<TextFile> scripts)
    {
        var all = known.ToHashSet();
        var text = string.Concat(scripts.Select(s => s.Text));
        return Rows(page).Where(r => Variable().IsMatch(r) && !all.Contains(r) && !text.Contains(r, StringComparison.Ordinal))
            .Select(r => $"docs/operate/options.md tells of {r}, which nothing reads.");
    }

    private static string Outermost(TypeDefinition type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type.FullName;
    }

    [GeneratedRegex("^(?:(?:LIAISON|OTEL|DOTNET|ASPNETCORE|XDG)_[A-Z_]*[A-Z]|--[a-z-]+)$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^\| [^|]*`[^|]*\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([^` =]+)[^`]*`")]
    private static partial Regex Name();
}

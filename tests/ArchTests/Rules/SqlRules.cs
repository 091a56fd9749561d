using System.Text.RegularExpressions;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace ArchTests.Rules;

/// <summary>ARCHITECTURE.md §2.5: a module's SQL touches only its own schema, neither another module's nor Platform's.</summary>
internal static partial class SqlRules
{
    /// <summary>What PostgreSQL itself owns, and where the migrator keeps its book: nobody's.</summary>
    private const string Shared = "public";

    /// <summary>The schemas that a project's migrations make.</summary>
    public static IEnumerable<string> Schemas(AssemblyDefinition assembly) =>
        Scripts(assembly).SelectMany(s => CreateSchema().Matches(s)).Select(m => m.Groups[1].Value).Distinct();

    /// <param name="assembly">Whose strings and scripts are looked at.</param>
    /// <param name="schemas">Every schema of the hub.</param>
    public static IEnumerable<string> OwnSchemaOnly(AssemblyDefinition assembly, IEnumerable<string> schemas)
    {
        var own = Schemas(assembly).ToHashSet();
        var foreign = schemas.Append(Shared).Where(s => !own.Contains(s)).ToArray();
        var migrates = assembly.Name.Name == "Liaison.Platform";
        return from text in Scripts(assembly).Concat(Strings(assembly)).Distinct()
               from schema in foreign
               where !(migrates && schema == Shared)
               from Match match in Regex.Matches(text, $@"(?<![\w.'/:-]){schema}\.[a-z_]+\b")
               // Alone it is a code, as that of a permission.
               where match.Value != text
               select $"{assembly.Name.Name}: SQL names {match.Value}, which is not its own.";
    }

    private static IEnumerable<string> Scripts(AssemblyDefinition assembly)
    {
        foreach (var resource in assembly.MainModule.Resources.OfType<EmbeddedResource>())
        {
            if (!resource.Name.EndsWith(".sql", StringComparison.Ordinal)) continue;
            using var reader = new StreamReader(resource.GetResourceStream());
            yield return Comment().Replace(reader.ReadToEnd(), "");
        }
    }

    /// <summary>String literals in code, and constants, which the compiler puts where they are used and where they are declared.</summary>
    private static IEnumerable<string> Strings(AssemblyDefinition assembly)
    {
        foreach (var type in assembly.MainModule.GetAllTypes())
        {
            foreach (var constant in type.Fields.Select(f => f.Constant).OfType<string>()) yield return constant;
            foreach (var literal in type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions)
                .Select(i => i.Operand).OfType<string>())
                yield return literal;
        }
    }

    [GeneratedRegex(@"CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", RegexOptions.IgnoreCase)]
    private static partial Regex CreateSchema();

    [GeneratedRegex("--[^\n]*")]
    private static partial Regex Comment();
}

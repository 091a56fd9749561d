using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Mono.Cecil;

namespace ArchTests;

/// <summary>Violations that a rule must find: source compiled in memory, with everything at hand that the product may refer to.</summary>
internal static class Planted
{
    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(f => MetadataReference.CreateFromFile(f))];

    public static AssemblyDefinition Assembly(string source, string name = "Liaison.Planted")
    {
        var compilation = CSharpCompilation.Create(name, [CSharpSyntaxTree.ParseText("using System;\n" + source)], References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        stream.Position = 0;
        return AssemblyDefinition.ReadAssembly(stream);
    }

    /// <summary>The rule found exactly one violation, and it names what was planted.</summary>
    public static void Found(IEnumerable<string> violations, string named) =>
        Assert.Contains(named, Assert.Single(violations), StringComparison.Ordinal);
}

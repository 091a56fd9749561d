using System.Reflection;

namespace Fuzz;

/// <summary>
/// Marks <c>static void Run(ReadOnlySpan&lt;byte&gt;)</c> as a fuzz target: it feeds foreign bytes to a parser and throws when a promise
/// of that parser is broken. Its seeds lie in <c>Corpus/NAME/</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FuzzTargetAttribute(string name) : Attribute
{
    internal string Name { get; } = name;
}

internal delegate void FuzzBody(ReadOnlySpan<byte> data);

/// <summary>All targets of this assembly, found by their attribute, and their seeds.</summary>
internal static class FuzzTargets
{
    internal static string CorpusFolder { get; } = Path.Combine(AppContext.BaseDirectory, "Corpus");

    internal static IReadOnlyDictionary<string, FuzzBody> All { get; } = typeof(FuzzTargets).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        .Select(method => (method, target: method.GetCustomAttribute<FuzzTargetAttribute>()))
        .Where(pair => pair.target is not null)
        .ToDictionary(pair => pair.target!.Name, pair => pair.method.CreateDelegate<FuzzBody>());

    internal static IReadOnlyList<byte[]> Seeds(string target)
    {
        var folder = Path.Combine(CorpusFolder, target);
        return Directory.Exists(folder) ? [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)] : [];
    }
}

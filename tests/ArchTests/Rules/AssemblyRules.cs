using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace ArchTests.Rules;

/// <summary>Rules over built assemblies.</summary>
internal static class AssemblyRules
{
    private static readonly string[] Suffixes =
        ["Service", "Manager", "Helper", "Util", "Utils", "Base", "Impl", "Processor", "Common", "Dto", "DTO", "Entity"];

    /// <summary>What the rules of a domain may not touch; a name that ends with a dot stands for everything below it.</summary>
    private static readonly string[] NotPure =
    [
        "Microsoft.AspNetCore.", "Microsoft.EntityFrameworkCore.", "Microsoft.Extensions.", "Npgsql.", "NpgsqlTypes.", "System.Data.",
        "System.IO.", "System.Net.", "System.Diagnostics.", "System.TimeProvider", "System.Environment", "System.Console",
        "System.Threading.Timer", "Liaison.Platform.Access.", "Liaison.Platform.Audit.", "Liaison.Platform.Data.",
        "Liaison.Platform.Imports.", "Liaison.Platform.Outbox.", "Liaison.Platform.Telemetry.", "Liaison.Platform.Web.",
    ];

    /// <summary>Types that source generators and the compiler add are not ours to name.</summary>
    public static IEnumerable<TypeDefinition> Own(AssemblyDefinition assembly) => assembly.MainModule.GetAllTypes()
        .Where(t => !t.FullName.Contains('<', StringComparison.Ordinal) && SpaceOf(t).StartsWith("Liaison", StringComparison.Ordinal));

    /// <summary>§2.7: a module shows its XModule and nothing else. Razor components cannot be internal; nothing outside can do much with one.</summary>
    public static IEnumerable<string> OnlyTheModuleIsPublic(AssemblyDefinition assembly)
    {
        var module = assembly.Name.Name.Split('.')[^1] + "Module";
        var open = assembly.MainModule.Types.Where(t => t.IsPublic && !IsComponent(t)).Select(t => t.Name).ToArray();
        return open.Where(n => n != module).Select(n => $"{assembly.Name.Name}: {n} is public; only {module} may be.")
            .Concat(open.Contains(module) ? [] : [$"{assembly.Name.Name} has no public {module}."]);
    }

    /// <summary>
    /// §2.4: no EF, no ASP.NET, no database, no logging, no clock and no I/O in Domain/, nor the module's own folders that have them.
    /// </summary>
    public static IEnumerable<string> DomainIsPure(AssemblyDefinition assembly) =>
        from type in assembly.MainModule.GetAllTypes()
        where IsDomain(SpaceOf(type))
        from touched in TouchedTypes.Of(type).Distinct()
        where NotPure.Any(n => touched.StartsWith(n, StringComparison.Ordinal))
            || (touched.StartsWith(assembly.Name.Name + ".", StringComparison.Ordinal) && IsOutside(touched, assembly.Name.Name))
        select $"{type.FullName} touches {touched}; Domain/ is pure.";

    /// <summary>§3: names that say nothing.</summary>
    public static IEnumerable<string> Names(AssemblyDefinition assembly) =>
        from type in Own(assembly)
        let name = type.Name.Split('`')[0]
        where Suffixes.Any(s => name.EndsWith(s, StringComparison.Ordinal))
        select $"{type.FullName}: this suffix says nothing; name the thing.";

    /// <summary>§3: an interface with one implementation is only a detour. Ports are exempt, each with its reason.</summary>
    public static IEnumerable<string> Interfaces(
        IReadOnlyCollection<AssemblyDefinition> assemblies, IReadOnlyDictionary<string, string> ports)
    {
        var implemented = assemblies.SelectMany(Own).Where(t => !t.IsInterface)
            .SelectMany(t => t.Interfaces.Select(i => i.InterfaceType.GetElementType().FullName))
            .GroupBy(n => n).ToDictionary(g => g.Key, g => g.Count());
        return from type in assemblies.SelectMany(Own)
               where type.IsInterface && !ports.ContainsKey(type.FullName)
               let count = implemented.GetValueOrDefault(type.FullName)
               where count < 2
               select $"{type.FullName} has {count} implementations; call the type itself.";
    }

    /// <summary>§8: TimeProvider at the edge.</summary>
    public static IEnumerable<string> Clock(AssemblyDefinition assembly) =>
        from type in assembly.MainModule.GetAllTypes()
        from method in type.Methods
        where method.HasBody
        from call in method.Body.Instructions.Select(i => i.Operand).OfType<MethodReference>()
        where call.DeclaringType.FullName is "System.DateTime" or "System.DateTimeOffset"
            && call.Name is "get_Now" or "get_UtcNow" or "get_Today"
        select $"{method.FullName} asks {call.DeclaringType.Name}.{call.Name[4..]}; use a TimeProvider.";

    private static bool IsComponent(TypeDefinition type) =>
        type.BaseType is { } above && (above.FullName == "Microsoft.AspNetCore.Components.ComponentBase"
            || (type.Module.GetType(above.FullName) is { } own && IsComponent(own)));

    private static bool IsDomain(string space) => space.Split('.').Contains("Domain");

    /// <summary>A type of the module in a folder that is not Domain; what lies at its root (problems, events) is words only.</summary>
    private static bool IsOutside(string touched, string module)
    {
        var below = touched[(module.Length + 1)..].Split('/')[0].Split('.');
        return below.Length > 1 && below[0] != "Domain";
    }

    private static string SpaceOf(TypeDefinition type)
    {
        while (type.DeclaringType is { } outer) type = outer;
        return type.Namespace;
    }
}

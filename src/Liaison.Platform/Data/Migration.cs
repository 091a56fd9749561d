using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Liaison.Platform.Data;

/// <summary>One numbered SQL file of a module, embedded as <c>migrations/{module}-{number}.sql</c>.</summary>
public sealed record Migration(string Module, int Number, string Sql)
{
    private const string Prefix = "migrations/";

    public string Checksum { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>The migrations of an assembly in the order in which they must run.</summary>
    public static IReadOnlyList<Migration> Of(Assembly assembly)
    {
        var migrations = new List<Migration>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
            var file = Path.GetFileNameWithoutExtension(name[Prefix.Length..]);
            var dash = file.LastIndexOf('-');
            migrations.Add(new(file[..dash], int.Parse(file[(dash + 1)..], CultureInfo.InvariantCulture), reader.ReadToEnd()));
        }

        return [.. migrations.OrderBy(m => m.Number)];
    }
}

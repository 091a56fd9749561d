using System.Globalization;
using Liaison.Kernel.Parsing;

namespace Liaison.Hub;

/// <summary>The command line of <c>serve</c>.</summary>
/// <param name="Port">On loopback; 0 takes any free one.</param>
/// <param name="DataFolder">Where the private PostgreSQL and the demo accounts live.</param>
/// <param name="Demo">Load the demo data when the database is empty.</param>
internal sealed record ServeOptions(int Port, string DataFolder, bool Demo)
{
    public const string DefaultDataFolder = ".data";

    public static Parsed<ServeOptions> Parse(IReadOnlyList<string> args)
    {
        var options = new ServeOptions(8080, DefaultDataFolder, true);
        for (var i = 0; i < args.Count; i++)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            switch (args[i])
            {
                case "--no-demo":
                    options = options with { Demo = false };
                    continue;
                case "--port" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535:
                    options = options with { Port = port };
                    break;
                case "--data" when !string.IsNullOrWhiteSpace(value):
                    options = options with { DataFolder = value };
                    break;
                default:
                    return new FieldProblem(args[i], "option", $"Unknown option or missing value: {args[i]}. See --port, --data, --no-demo.");
            }

            i++;
        }

        return options with { DataFolder = Path.GetFullPath(options.DataFolder) };
    }
}

using System.Globalization;
using Liaison.Kernel.Parsing;

namespace Liaison.Bench;

/// <summary>The command line of <c>bench/run</c>.</summary>
/// <param name="Quick">Small sizes and short rounds.</param>
/// <param name="Json">The rows once more as the last line.</param>
/// <param name="Only">Some figures; empty for all.</param>
/// <param name="Rounds">Of each side, after warm-up.</param>
/// <param name="Folder">Where data lies while it runs; null takes the system's folder for such.</param>
internal sealed record BenchOptions(bool Quick, bool Json, IReadOnlyList<string> Only, int Rounds, string? Folder)
{
    public const int FewestRounds = 5;

    public static readonly string[] Figures = ["single", "latency", "batch", "bytes", "near", "import", "scale"];

    public static Parsed<BenchOptions> Parse(IReadOnlyList<string> args)
    {
        var options = new BenchOptions(false, false, [], FewestRounds, null);
        for (var i = 0; i < args.Count; i++)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            switch (args[i])
            {
                case "--quick":
                    options = options with { Quick = true };
                    continue;
                case "--json":
                    options = options with { Json = true };
                    continue;
                case "--only" when value?.Split(',') is { } named && named.All(Figures.Contains):
                    options = options with { Only = named };
                    break;
                case "--rounds" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds >= FewestRounds:
                    options = options with { Rounds = rounds };
                    break;
                case "--data" when !string.IsNullOrWhiteSpace(value):
                    options = options with { Folder = Path.GetFullPath(value) };
                    break;
                default:
                    return new FieldProblem(args[i], "option",
                        $"Unknown option or value: {args[i]} {value}. See --quick, --json, --only {string.Join(',', Figures)} (some of them), "
                        + $"--rounds N (at least {FewestRounds}), --data DIR.");
            }

            i++;
        }

        return options;
    }
}

using SharpFuzz;

namespace Fuzz;

/// <summary>
/// Without <c>--target</c> the xunit v3 runner, as its own entry point would start it. With <c>--target NAME</c> the coverage-guided
/// run of one target under libFuzzer, or a replay of the files named after it; see README.md.
/// </summary>
internal static class Program
{
    private const string DriverVariable = "__LIBFUZZER_SHM_ID";

    private static int Main(string[] args)
    {
        if (args is ["--target", var name, .. var files]) return RunTarget(name, files);
        return args.Contains("--server") || args.Contains("--internal-msbuild-node")
            ? Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
                .GetAwaiter().GetResult()
            : Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args).GetAwaiter().GetResult();
    }

    private static int RunTarget(string name, string[] files)
    {
        if (!FuzzTargets.All.TryGetValue(name, out var body))
        {
            Console.Error.WriteLine($"No target {name}. There are: {string.Join(", ", FuzzTargets.All.Keys.Order(StringComparer.Ordinal))}.");
            return 2;
        }

        foreach (var file in files) body(File.ReadAllBytes(file));
        if (files.Length > 0)
        {
            Console.WriteLine($"{files.Length} inputs, no fault.");
            return 0;
        }

        if (Environment.GetEnvironmentVariable(DriverVariable) is null)
        {
            Console.Error.WriteLine("Start this through libfuzzer-dotnet, or name files to replay; see tests/Fuzz/README.md.");
            return 2;
        }

        Fuzzer.LibFuzzer.Run(data => body(data));
        return 0;
    }
}

using Liaison.Bench.Figures;
using Liaison.Bench.Reports;

namespace Liaison.Bench;

/// <summary>One run: the figures in an order in which each dataset is loaded once, the table, the page.</summary>
internal static class BenchRun
{
    public static async Task RunAsync(BenchOptions options, CancellationToken stop)
    {
        var load = Facts.Load();
        if (Facts.IsBusy) Console.Error.WriteLine($"The machine is busy (load {load}): the figures say little. RESULTS.md will name the load.");
        List<(string Name, string Value)> facts;
        var rows = new List<FigureRow>();
        await using (var bench = await Bench.StartAsync(options, stop))
        {
            facts = await Facts.GatherAsync(bench, load, stop);
            foreach (var figure in BenchOptions.Figures.Where(f => options.Only.Count == 0 || options.Only.Contains(f)))
                rows.AddRange(await MeasureAsync(bench, figure, stop));
        }

        Console.WriteLine();
        Console.Write(Report.Whole(rows));
        // A table with a hole would look like a whole one.
        if (options.Only.Count == 0 && Environment.GetEnvironmentVariable("BENCH_RESULTS") is { Length: > 0 } path)
            ResultsFile.Write(path, options.Quick, ResultsFile.Section(rows, facts));
        if (options.Json) Console.WriteLine(Report.Json(rows));
    }

    private static Task<IReadOnlyList<FigureRow>> MeasureAsync(Bench bench, string figure, CancellationToken stop) => figure switch
    {
        "single" => new SingleSearch(bench).RunAsync(stop),
        "latency" => Latency.RunAsync(bench, stop),
        "batch" => BatchSearch.RunAsync(bench, stop),
        "bytes" => IndexBytes.RunAsync(bench, stop),
        "near" => Near.RunAsync(bench, stop),
        "import" => new BulkImport(bench).RunAsync(stop),
        _ => new Scale(bench).RunAsync(stop),
    };
}

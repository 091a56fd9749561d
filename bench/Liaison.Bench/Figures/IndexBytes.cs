using Liaison.Bench.Reports;

namespace Liaison.Bench.Figures;

/// <summary>What one document costs: the index's folder against Redis's memory.</summary>
internal static class IndexBytes
{
    public static async Task<IReadOnlyList<FigureRow>> RunAsync(Bench bench, CancellationToken stop)
    {
        var main = await bench.MainAsync(stop);
        var redis = await main.RedisAsync(stop);
        var bytes = new DirectoryInfo(main.Hub.IndexFolder).EnumerateFiles().Sum(f => f.Length) / (double)bench.Sizes.Documents;
        return
        [
            FigureRow.Of($"index bytes per document, {Sizes.Name(bench.Sizes.Documents)} / Redis memory per key", "B", [bytes], [redis.BytesPerKey], Bar.AtMost(0.25)) with
            {
                Note = "sizes are counted once, they do not vary; Redis keeps record and kind in one integer for each key",
                Spread = null,
            },
        ];
    }
}

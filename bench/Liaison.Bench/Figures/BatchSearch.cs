using System.Text;
using Liaison.Bench.Clients;
using Liaison.Bench.Corpora;
using Liaison.Bench.Reports;
using Liaison.Bench.Servers;

namespace Liaison.Bench.Figures;

/// <summary>Documents a second in batches, against Redis asked 32 at a time.</summary>
internal static class BatchSearch
{
    private const int Streams = 4, RedisConnections = 64, Pipeline = 32;
    private const string Path = "/v1/travel-documents/search/batch";

    public static async Task<IReadOnlyList<FigureRow>> RunAsync(Bench bench, CancellationToken stop)
    {
        var main = await bench.MainAsync(stop);
        var figure = $"batch search, {Sizes.Name(bench.Sizes.Documents)}, {Streams} streams / Redis GET pipelined by {Pipeline}";
        var target = new HttpTarget(main.Hub.Address, Path, Hub.Token);
        if (!await BatchClient.IsThereAsync(target, stop))
            return [FigureRow.Missing(figure, "documents/s", Bar.AtLeast(1), $"this build has no {Path}")];

        var redis = await main.RedisAsync(stop);
        var (ours, peer) = (new List<double>(), new List<double>());
        var each = bench.Sizes.BatchDocuments / Streams;
        bench.Say("batches: warming up");
        for (var warm = TimeSpan.Zero; warm < bench.Sizes.WarmUp;) warm += await RoundAsync(main, target, each, stop);
        for (var round = 1; round <= bench.Options.Rounds; round++)
        {
            var took = await RoundAsync(main, target, each, stop);
            var keys = Enumerable.Range(0, bench.Sizes.BatchDocuments * 2).Select(_ => main.Questions.Next());
            var asked = redis.Get(keys, RedisConnections, Pipeline, bench.Sizes.Round, stop);
            ours.Add(Streams * each / took.TotalSeconds);
            peer.Add(asked.PerSecond);
            bench.Say($"round {round}: batch {ours[^1]:F0}, Redis pipelined {peer[^1]:F0} documents a second");
        }

        return
        [
            FigureRow.Of(figure, "documents/s", ours, peer, Bar.AtLeast(1)) with
            {
                Note = $"{Streams} requests of {Sizes.Name(each)} lines at once; Redis over {RedisConnections} connections",
            },
        ];
    }

    private static async Task<TimeSpan> RoundAsync(MainDataset main, HttpTarget target, int each, CancellationToken stop)
    {
        byte[][] bodies = [.. Enumerable.Range(0, Streams).Select(_ => Body(main.Questions, each))];
        await main.Database.CheckpointAsync(stop);
        return await BatchClient.RunAsync(target, bodies, each, stop);
    }

    private static byte[] Body(Questions questions, int lines)
    {
        var body = new StringBuilder(lines * 40);
        for (var i = 0; i < lines; i++) body.Append(Questions.Body(questions.Next())).Append('\n');
        return Encoding.ASCII.GetBytes(body.ToString());
    }
}

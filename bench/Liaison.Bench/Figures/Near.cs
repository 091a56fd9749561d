using Liaison.Bench.Clients;
using Liaison.Bench.Corpora;
using Liaison.Bench.Reports;
using Liaison.Bench.Servers;
using Liaison.Kernel.Issuers;
using Liaison.Matching;

namespace Liaison.Bench.Figures;

/// <summary>
/// The processor time of a near search of nine characters: in the index alone, on one thread; and of the whole hub for each such request.
/// </summary>
internal static class Near
{
    private const int Characters = 9, Candidates = 1000, InIndex = 5_000, OverHttp = 2_000, Connections = 32;

    public static async Task<IReadOnlyList<FigureRow>> RunAsync(Bench bench, CancellationToken stop)
    {
        var size = Sizes.Name(bench.Sizes.Documents);
        var main = await bench.MainAsync(stop);
        bench.Say("near searches");
        var whole = Whole(bench, main, stop);
        await bench.CloseMainAsync();
        var index = InTheIndex(bench, stop);
        return
        [
            FigureRow.Alone($"near search, {Characters} characters, {size}: processor time in the index", "µs", index, Bar.AtMost(200, "µs")),
            FigureRow.Alone($"near search, {Characters} characters, {size}: processor time of the hub for a request", "µs", whole, null),
        ];
    }

    private static List<double> InTheIndex(Bench bench, CancellationToken stop)
    {
        var corpus = Corpus.OfLength(Characters);
        var folder = Path.Combine(bench.Folder, "near");
        var questions = new Questions(corpus, bench.Sizes.Documents, bench.Sizes.Documents, place => place);
        var spent = new List<double>();
        using (var index = NumberIndex.Open(folder, out _))
        {
            IndexSegments.Load(index, new(Guid.NewGuid(), Guid.NewGuid()), corpus, bench.Sizes.Documents, stop);
            for (var round = 0; round <= bench.Options.Rounds; round++)
            {
                Question[] asked = [.. Enumerable.Range(0, InIndex).Select(_ => Ask(questions.Next()))];
                var before = Environment.CpuUsage.TotalTime;
                foreach (var question in asked) index.Search(question, Candidates);
                if (round > 0) spent.Add((Environment.CpuUsage.TotalTime - before).TotalMicroseconds / InIndex);
                stop.ThrowIfCancellationRequested();
            }
        }

        Directory.Delete(folder, recursive: true);
        return spent;
    }

    private static List<double> Whole(Bench bench, MainDataset main, CancellationToken stop)
    {
        var client = new LoadClient(main.Hub.Address.Port, Connections, Protocol.Http);
        var spent = new List<double>();
        for (var round = 0; round <= bench.Options.Rounds; round++)
        {
            var asked = Asked(main.Questions).Take(OverHttp).Select(a => Questions.Body(a, near: true));
            var requests = RequestList.Http(Hub.SearchPath, Hub.Token, asked);
            var before = main.Hub.ProcessorTime;
            var seen = client.RunClosed(requests, 1, bench.Sizes.Round, stop);
            if (seen.Bad > 0) throw new BenchException($"{seen.Bad} near searches were answered with an error.");
            if (round > 0) spent.Add((main.Hub.ProcessorTime - before).TotalMicroseconds / seen.Answers);
        }

        return spent;
    }

    private static IEnumerable<Sample> Asked(Questions questions)
    {
        while (true)
        {
            var next = questions.Next();
            if (next.Number.Length == Characters) yield return next;
        }
    }

    private static Question Ask(in Sample sample) => new() { Number = IndexSegments.Key(sample), Issuer = IssuingCodes.Pack(sample.Issuer), Near = true };
}

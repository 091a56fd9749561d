using System.Text;

namespace Liaison.Bench.Corpora;

/// <summary>
/// The questions of a run: distinct, of the same distribution as the documents on file, one in a thousand of them on file. Each call takes
/// the next ones, so that no round asks what another one has asked.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class Questions
{
    public const int OneHitIn = 1000;
    private const long MostMisses = 200_000_000;

    private readonly Corpus corpus;
    private readonly long documents;
    private readonly Permutation hits;
    private readonly Permutation misses;
    private readonly Func<long, long> placeOfHit;
    private long next;

    /// <param name="corpus">Where documents and questions come from.</param>
    /// <param name="documents">How many of its places are on file.</param>
    /// <param name="canHit">How many documents hits are drawn from.</param>
    /// <param name="placeOfHit">Where in the corpus the n-th of these is.</param>
    public Questions(Corpus corpus, long documents, long canHit, Func<long, long> placeOfHit)
    {
        if (documents + OneHitIn > corpus.Capacity)
            throw new ArgumentException($"The demo formats give {corpus.Capacity} documents; {documents} leave no questions that miss.");
        (this.corpus, this.documents, this.placeOfHit) = (corpus, documents, placeOfHit);
        hits = new(canHit, 0x4849_5453);
        misses = new(Math.Min(MostMisses, corpus.Capacity - documents), 0x4D49_5353);
    }

    /// <summary>How many were taken.</summary>
    public long Taken => next;

    /// <summary>How many can be taken before they repeat.</summary>
    public long Distinct => misses.Size;

    public Sample Next()
    {
        var place = next++;
        // Anywhere in its thousand, so that hits do not come in step.
        var isHit = place % OneHitIn == (long)(unchecked((ulong)(place / OneHitIn) * 0x9E37_79B9_7F4A_7C15) >> 32) % OneHitIn;
        return isHit
            ? corpus.At(placeOfHit(hits.At(place / OneHitIn % hits.Size)))
            : corpus.At(documents + misses.At(place % misses.Size));
    }

    /// <summary>The body of a search.</summary>
    public static string Body(in Sample asked, bool near = false) =>
        $$"""{"number":"{{asked.Number}}","issuer":"{{asked.Issuer}}"{{(near ? ",\"near\":true" : "")}}}""";

    /// <summary>Bodies, one a line, for each of the client's threads a file of its own.</summary>
    public async Task WriteAsync(IEnumerable<string> paths, int each, CancellationToken stop)
    {
        foreach (var path in paths)
        {
            await using var file = new StreamWriter(path, append: false, Encoding.ASCII, 1 << 16);
            for (var i = 0; i < each; i++)
            {
                if (i % 10_000 == 0) stop.ThrowIfCancellationRequested();
                file.Write(Body(Next()));
                file.Write('\n');
            }
        }
    }
}

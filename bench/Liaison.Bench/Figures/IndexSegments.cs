using Liaison.Bench.Corpora;
using Liaison.Kernel.Issuers;
using Liaison.Matching;

namespace Liaison.Bench.Figures;

/// <summary>Segments made from generated documents, without rows in a database.</summary>
internal static class IndexSegments
{
    /// <summary>Writes a node's index folder. The record of a document is its place, from 1.</summary>
    public static void Build(string folder, IndexOrigin origin, Corpus corpus, long documents, CancellationToken stop)
    {
        using var index = NumberIndex.Open(folder, out _);
        Load(index, origin, corpus, documents, stop);
    }

    public static void Load(NumberIndex index, IndexOrigin origin, Corpus corpus, long documents, CancellationToken stop)
    {
        using var load = index.BeginLoad(origin);
        for (long place = 0; place < documents; place++)
        {
            if (place % 100_000 == 0) stop.ThrowIfCancellationRequested();
            var document = corpus.At(place);
            load.Add(new IndexedNumber(place + 1, Key(document), IssuingCodes.Pack(document.Issuer), document.KindBit));
        }

        // Before the first change set: an empty log, which is what the database has.
        load.Publish(default, stop);
    }

    public static NumberKey Key(in Sample document) =>
        NumberKey.TryParse(document.Number, out var key) ? key : throw new InvalidOperationException("The corpus dealt out a number that is none.");
}

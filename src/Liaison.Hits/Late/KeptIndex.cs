using System.Globalization;
using Liaison.Matching;
using Liaison.Platform.Searches;

namespace Liaison.Hits.Late;

/// <summary>
/// Fingerprints of kept searches in files of the node: which rows asked for this? A folder for each period, so that
/// what is too old goes with its folder. Derived: what is lost is built anew from the rows.
/// </summary>
/// <remarks>One writer; <see cref="Compact"/> may run beside it. Nothing that grows with the searches is on the heap.</remarks>
internal sealed class KeptIndex : IDisposable
{
    /// <summary>Characters that no other is taken for, so that a fingerprint stands in the index as it is.</summary>
    private const string Alphabet = "0123456789ACEFHJKMNPRTUVWXY";

    /// <summary>What fills one word of a key: 47 bits of the fingerprint. The row holds all of it.</summary>
    private const int Characters = 10;

    /// <summary>The index gives the lowest ids first, and the newest searches matter most.</summary>
    private const long Newest = 1L << 60;

    /// <summary>More of one fingerprint in one period are left out.</summary>
    public const int Most = 2_000;

    private const int LargeDelta = 400_000;

    private readonly string folder;
    private readonly IndexOrigin origin;
    private readonly TimeSpan period;
    private readonly Lock gate = new();
    private readonly SortedDictionary<long, NumberIndex> periods = [];

    private KeptIndex(string folder, IndexOrigin origin, TimeSpan period) => (this.folder, this.origin, this.period) = (folder, origin, period);

    /// <summary>Of the last row up to which all are in.</summary>
    public long Through => periods.Count == 0 ? 0 : periods.Last().Value.Position;

    public long Count => All().Sum(p => p.Count);

    /// <summary>What the folder holds of this database; anything else is deleted.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public static KeptIndex Open(string folder, IndexOrigin origin, TimeSpan kept)
    {
        var index = new KeptIndex(folder, origin, TimeSpan.FromDays(Math.Max(1, Math.Ceiling(kept.TotalDays / 5))));
        if (!index.TryOpen()) index.Clear();
        return index;
    }

    /// <summary>Takes in marks of rows.</summary>
    /// <param name="at">Of the newest row.</param>
    /// <param name="through">All rows up to this id are in then.</param>
    /// <param name="marks">Id of the row, place in it, fingerprint.</param>
    public void Add(DateTimeOffset at, long through, IReadOnlyCollection<(long Row, int Place, ulong Print)> marks)
    {
        var number = at.UtcTicks / period.Ticks;
        if (periods.Count == 0 || number > periods.Last().Key) Begin(number);
        var current = periods.Last().Value;
        IndexChange[] changes = [.. marks.Select(m => new IndexedNumber(Packed(m.Row, m.Place), Key(m.Print), 0, 0))];
        current.Apply(new IndexPoint(Math.Max(through, current.Position), Guid.Empty), changes);
        if (current.DeltaCount > LargeDelta) current.Compact(flush: true, CancellationToken.None);
    }

    /// <summary>The places where fingerprints may have been asked for, newest first in each period: the row says whether they were.</summary>
    public IEnumerable<(int Print, long Row, int Place)> Find(ReadOnlyMemory<ulong> prints)
    {
        var questions = new Question[prints.Length];
        for (var i = 0; i < questions.Length; i++) questions[i] = new() { Number = Key(prints.Span[i]) };
        var results = new SearchResult[questions.Length];
        foreach (var index in All().Reverse())
        {
            index.SearchMany(questions, Most, results);
            for (var i = 0; i < results.Length; i++)
            {
                foreach (var candidate in results[i].Candidates)
                {
                    var packed = Newest - candidate.Record;
                    yield return (i, packed >> KeptRow.PlaceBits, (int)(packed & ((1 << KeptRow.PlaceBits) - 1)));
                }
            }
        }
    }

    /// <summary>Turns what is in memory into files, and several files into one.</summary>
    public void Compact(CancellationToken cancellation)
    {
        foreach (var index in All())
        {
            while (index.Compact(flush: false, cancellation))
            {
            }
        }
    }

    /// <summary>Deletes the periods that ended before a moment.</summary>
    public void Forget(DateTimeOffset before)
    {
        foreach (var number in periods.Keys.Where(n => (n + 1) * period.Ticks <= before.UtcTicks).ToArray())
        {
            // The newest says how far the rows were read.
            if (number == periods.Last().Key) continue;
            var old = periods[number];
            lock (gate) periods.Remove(number);
            old.Dispose();
            Directory.Delete(PathOf(number), recursive: true);
        }
    }

    /// <summary>Begins anew from the first row.</summary>
    public void Clear()
    {
        Dispose();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    public void Dispose()
    {
        NumberIndex[] open;
        lock (gate)
        {
            open = [.. periods.Values];
            periods.Clear();
        }

        foreach (var index in open) index.Dispose();
    }

    private bool TryOpen()
    {
        if (!Directory.Exists(folder)) return true;
        foreach (var path in Directory.GetDirectories(folder))
        {
            if (!long.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
            var index = NumberIndex.Open(path, out var discarded);
            lock (gate) periods.Add(number, index);
            if (discarded is not null || index.Origin != origin) return false;
        }

        return true;
    }

    /// <summary>What came before is wholly in files then: only the newest may have to be filled again.</summary>
    private void Begin(long number)
    {
        var through = Through;
        if (periods.Count > 0)
        {
            var last = periods.Last().Value;
            while (last.DeltaCount > 0) last.Compact(flush: true, CancellationToken.None);
        }

        var index = NumberIndex.Open(PathOf(number), out _);
        using (var load = index.BeginLoad(origin)) load.Publish(new(through, Guid.Empty), CancellationToken.None);
        lock (gate) periods.Add(number, index);
    }

    private string PathOf(long number) => Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture));

    private NumberIndex[] All()
    {
        lock (gate) return [.. periods.Values];
    }

    private static long Packed(long row, int place) => Newest - (row << KeptRow.PlaceBits | (long)place);

    private static NumberKey Key(ulong print)
    {
        Span<char> text = stackalloc char[Characters];
        for (var i = 0; i < text.Length; i++) (text[i], print) = (Alphabet[(int)(print % (ulong)Alphabet.Length)], print / (ulong)Alphabet.Length);
        return NumberKey.TryParse(text, out var key) ? key : throw new InvalidOperationException("A fingerprint is no number.");
    }
}

using System.Globalization;
using Liaison.Matching;
using Liaison.Platform.Jobs;
using Liaison.Platform.Searches;

namespace Liaison.Hits.Late;

/// <summary>
/// Fingerprints of kept searches: which rows asked for this? What came last lies in memory as it came, and is looked through from end to end; what
/// was there before is in files of the node, in folders of one period each, so that what is too old goes with its folder. A period of a busy hub has
/// several: to make one file of all would take longer than memory has room. Derived: what is lost is built anew from the rows.
/// </summary>
/// <remarks>One writer, who also looks; <see cref="Compact"/> may run beside it. Nothing that grows with the searches is on the heap.</remarks>
internal sealed class KeptIndex : IDisposable
{
    /// <summary>Characters that no other is taken for, so that a fingerprint stands in the index as it is.</summary>
    private const string Alphabet = "0123456789ACEFHJKMNPRTUVWXY";

    /// <summary>What fills one word of a key: 47 bits of the fingerprint. The row holds all of it.</summary>
    private const int Characters = 10;

    /// <summary>The index gives the lowest ids first, and the newest searches matter most.</summary>
    private const long NewestFirst = 1L << 60;

    /// <summary>More of one fingerprint in one folder, or in one part of memory, are left out.</summary>
    public const int Most = 2_000;

    /// <summary>Fingerprints that an index is asked for at once: enough for their memory to be fetched side by side, few enough to be used again.</summary>
    private const int Together = 1_024;

    /// <summary>Of a folder: to look into more of them costs more than to make one of them.</summary>
    private const int ManyFiles = 16;

    /// <summary>Marks in a folder, after which another one is begun.</summary>
    private const long UsualFolder = 32_000_000;

    private readonly string folder;
    private readonly IndexOrigin origin;
    private readonly TimeSpan period;
    private readonly Lock gate = new();
    private readonly SortedDictionary<(long Period, int Folder), NumberIndex> files = [];
    private readonly List<KeptPart> recent = [];

    /// <summary>The part that is being filled, the last of the recent ones: never written to a file before it is full or another one was begun.</summary>
    private KeptPart? current;
    private long taken;

    private readonly int mostParts;
    private readonly long mostOfFolder;

    private KeptIndex(string folder, IndexOrigin origin, TimeSpan period, int mostParts, long mostOfFolder) =>
        (this.folder, this.origin, this.period, this.mostParts, this.mostOfFolder) = (folder, origin, period, mostParts, mostOfFolder);

    /// <summary>Of the last row up to which all are in files.</summary>
    public long Through
    {
        get
        {
            lock (gate) return files.Count == 0 ? 0 : files.Last().Value.Position;
        }
    }

    /// <summary>How many marks were taken in since it was opened.</summary>
    public long Taken => Volatile.Read(ref taken);

    /// <summary>Nothing should be added until some of it was written to files.</summary>
    public bool IsFull
    {
        get
        {
            lock (gate) return recent.Count >= mostParts;
        }
    }

    /// <summary>What the folder holds of this database; anything else is deleted.</summary>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public static KeptIndex Open(string folder, IndexOrigin origin, TimeSpan kept, int mostParts = HitOptions.UsualKeptParts, long mostOfFolder = UsualFolder)
    {
        var index = new KeptIndex(folder, origin, TimeSpan.FromDays(Math.Max(1, Math.Ceiling(kept.TotalDays / 5))), mostParts, mostOfFolder);
        try
        {
            if (!index.TryOpen()) index.Clear();
            return index;
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    /// <summary>Takes in the marks of a row.</summary>
    /// <param name="at">When it was written.</param>
    /// <param name="row">Its id.</param>
    /// <param name="prints">In the order of their places.</param>
    public void Add(DateTimeOffset at, long row, ReadOnlySpan<ulong> prints)
    {
        Volatile.Write(ref taken, taken + prints.Length);
        // A row that comes late goes to those among which it is found.
        var number = Math.Max(at.UtcTicks / period.Ticks, Newest());
        for (var place = 0; place < prints.Length; place++)
        {
            if (current is null || current.IsFull || current.Period != number)
            {
                current = new(number, current?.Through ?? Through);
                lock (gate) recent.Add(current);
            }

            current.Add(prints[place], row << KeptRow.PlaceBits | (long)place);
        }
    }

    /// <summary>All rows up to an id were added.</summary>
    public void Complete(long through)
    {
        if (through > current?.Through) current.Through = through;
    }

    /// <summary>The places where fingerprints may have been asked for, newest first: the row says whether they were.</summary>
    public IEnumerable<(int Print, long Row, int Place)> Find(ReadOnlyMemory<ulong> prints)
    {
        var (parts, files) = All();
        var looked = new LookedFor(prints.Span);
        foreach (var part in parts.Reverse())
        {
            foreach (var (print, place) in part.Find(looked, Most)) yield return (print, place >> KeptRow.PlaceBits, PlaceOf(place));
        }

        var keys = new NumberKey[prints.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = Key(prints.Span[i]);
        var (questions, results) = (new Question[Math.Min(Together, keys.Length)], new SearchResult[Math.Min(Together, keys.Length)]);
        foreach (var index in files.Reverse())
        {
            for (var from = 0; from < keys.Length; from += Together)
            {
                var count = Math.Min(Together, keys.Length - from);
                for (var i = 0; i < count; i++) questions[i] = new() { Number = keys[from + i] };
                index.SearchMany(questions.AsSpan(0, count), Most, results);
                for (var i = 0; i < count; i++)
                {
                    foreach (var candidate in results[i].Candidates)
                    {
                        var place = NewestFirst - candidate.Record;
                        yield return (from + i, place >> KeptRow.PlaceBits, PlaceOf(place));
                    }
                }
            }
        }

        static int PlaceOf(long place) => (int)(place & ((1 << KeptRow.PlaceBits) - 1));
    }

    /// <summary>Turns what is in memory into files, but for the part that is being filled, and several files into one.</summary>
    /// <param name="hurry">False when it can wait, as long as memory for it is left and files are few.</param>
    /// <param name="cancellation">Ends it.</param>
    public void Compact(bool hurry, CancellationToken cancellation)
    {
        bool nearlyFull;
        lock (gate) nearlyFull = recent.Count > mostParts * 3 / 4;
        while ((hurry || nearlyFull) && Closed() is { Length: > 0 } parts)
        {
            Write(parts, cancellation);
            lock (gate) recent.RemoveAll(parts.Contains);
        }

        foreach (var index in All().Files)
        {
            while ((hurry || index.SegmentCount > ManyFiles) && Closed().Length == 0 && index.Compact(flush: false, cancellation))
            {
            }
        }
    }

    /// <summary>Deletes the folders of periods that ended before a moment.</summary>
    public void Forget(DateTimeOffset before)
    {
        // The newest says how far the rows were read.
        foreach (var key in files.Keys.SkipLast(1).Where(k => (k.Period + 1) * period.Ticks <= before.UtcTicks).ToArray())
        {
            var old = files[key];
            lock (gate) files.Remove(key);
            old.Dispose();
            Directory.Delete(PathOf(key), recursive: true);
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
            open = [.. files.Values];
            files.Clear();
            recent.Clear();
            current = null;
        }

        foreach (var index in open) index.Dispose();
    }

    private bool TryOpen()
    {
        if (!Directory.Exists(folder)) return true;
        foreach (var path in Directory.GetDirectories(folder))
        {
            if (KeyOf(path) is not { } key) return false;
            var index = NumberIndex.Open(path, out var discarded, filters: true);
            lock (gate) files.Add(key, index);
            if (discarded is not null || index.Origin != origin) return false;
        }

        return true;
    }

    /// <summary>The oldest parts of one period that nothing is added to any more.</summary>
    private KeptPart[] Closed()
    {
        lock (gate) return [.. recent.TakeWhile(p => p.Period == recent[0].Period && (p != current || p.IsFull))];
    }

    private long Newest()
    {
        if (current is not null) return current.Period;
        lock (gate) return files.Count > 0 ? files.Last().Key.Period : 0;
    }

    /// <summary>Parts are written in their order, so only the newest folder may have to be filled again.</summary>
    private void Write(KeptPart[] parts, CancellationToken cancellation)
    {
        var (key, index) = ToFill(parts[0].Period);
        var begins = index is null;
        index ??= NumberIndex.Open(PathOf(key), out _, filters: true);
        try
        {
            using var load = index.BeginLoad(begins ? origin : null);
            foreach (var (print, place) in parts.SelectMany(p => p.Marks)) load.Add(new IndexedNumber(NewestFirst - place, Key(print), 0, 0));
            load.Publish(new(Math.Max(parts[^1].Through, index.Position), Guid.Empty), cancellation);
        }
        catch when (begins)
        {
            index.Dispose();
            throw;
        }

        if (!begins) return;
        lock (gate) files.Add(key, index);
    }

    /// <summary>The newest folder of a period, or the one to begin.</summary>
    private ((long Period, int Folder) Key, NumberIndex? Index) ToFill(long number)
    {
        lock (gate)
        {
            foreach (var (key, index) in files.Reverse())
            {
                if (key.Period == number) return index.Count < mostOfFolder ? (key, index) : ((number, key.Folder + 1), null);
            }
        }

        return ((number, 0), null);
    }

    private string PathOf((long Period, int Folder) key) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{key.Period}-{key.Folder}"));

    private static (long Period, int Folder)? KeyOf(string path) => Path.GetFileName(path).Split('-') is [var period, var folder]
        && long.TryParse(period, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && int.TryParse(folder, NumberStyles.None, CultureInfo.InvariantCulture, out var one) ? (number, one) : null;

    /// <summary>What moves from memory to files meanwhile is in one of them, or in both.</summary>
    private (KeptPart[] Recent, NumberIndex[] Files) All()
    {
        lock (gate) return ([.. recent], [.. files.Values]);
    }

    private static NumberKey Key(ulong print)
    {
        Span<char> text = stackalloc char[Characters];
        for (var i = 0; i < text.Length; i++) (text[i], print) = (Alphabet[(int)(print % (ulong)Alphabet.Length)], print / (ulong)Alphabet.Length);
        return NumberKey.TryParse(text, out var key) ? key : throw new InvalidOperationException("A fingerprint is no number.");
    }
}

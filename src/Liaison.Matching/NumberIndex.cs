using Liaison.Matching.Segments;

namespace Liaison.Matching;

/// <summary>
/// Answers "is this number known?" from memory. It knows records by id, numbers as characters, and issuer and kind as bare figures;
/// what they mean is the caller's affair. Issuer and kind are compared here, so that a foreign namesake costs the caller no read.
/// </summary>
/// <remarks>
/// Thread-safe. Searches take no lock; change sets are applied one after the other. A search that begins after <c>Apply</c> returned sees
/// all of its changes. A search beside it may see some, but each record as it was before or as it is after, and what a set adds before
/// what it takes away: a record that moves to another number, or gives way to another record in the same set, is never missed in between.
/// The index is made of layers: immutable segments in files and a delta in memory. <see cref="Compact"/> turns deltas into segments and
/// several segments into one, beside searches and changes.
/// </remarks>
public sealed partial class NumberIndex : IDisposable
{
    private readonly Lock writing = new();
    private readonly IndexFolder? folder;
    private readonly bool filters;
    private Layers layers;
    private IndexPoint point;
    private long position;
    private long count;
    private bool closed;

    /// <summary>An empty index in memory only: everything stays in the delta.</summary>
    public NumberIndex()
        : this(null, null, [], 0, false)
    {
    }

    private NumberIndex(IndexFolder? folder, Manifest? manifest, IReadOnlyList<Segment> segments, long count, bool filters)
    {
        (this.folder, this.filters) = (folder, filters);
        this.count = count;
        Origin = manifest?.Origin ?? default;
        point = manifest?.Point ?? default;
        position = point.Position;
        (frozenAt, frozenCount) = (point, count);
        layers = new(segments, new Delta());
        foreach (var segment in segments) segment.Release(); // the snapshot holds them now
    }

    /// <summary>What the segments were made from; the default when there are none.</summary>
    public IndexOrigin Origin { get; private set; }

    /// <summary>The last change set applied.</summary>
    public IndexPoint Point
    {
        get
        {
            lock (writing) return point;
        }
    }

    /// <summary>The position of the last change set applied; 0 when there was none.</summary>
    public long Position => Volatile.Read(ref position);

    /// <summary>How many records the index knows.</summary>
    public long Count => Volatile.Read(ref count);

    /// <summary>How many segments it is made of.</summary>
    public int SegmentCount => Volatile.Read(ref layers).Segments.Count();

    /// <summary>How many of them know by a filter what they do not have.</summary>
    internal int FilterCount => Volatile.Read(ref layers).Segments.Count(s => s.HasFilter);

    /// <summary>How many records the delta speaks of: what a restart reads again from the database.</summary>
    public long DeltaCount => Volatile.Read(ref layers).Active.Size;

    /// <summary>
    /// Opens what a folder keeps, all of it verified, or an empty index when that is damaged, of another format, or not there.
    /// </summary>
    /// <param name="path">Made, for this user only, when it is not there. One process at a time.</param>
    /// <param name="discarded">Why what was there is not used; null when it is, or when there was nothing.</param>
    /// <param name="filters">Keeps a byte for each entry in memory, outside the heap, by which what is not there is known sooner: for an index of which very much is asked that it does not have.</param>
    /// <exception cref="IOException">Another process uses the folder, or it cannot be made.</exception>
    public static NumberIndex Open(string path, out string? discarded, bool filters = false)
    {
        var folder = IndexFolder.Open(path);
        var (manifest, segments, fault) = folder.Read();
        discarded = fault;
        try
        {
            if (filters) foreach (var segment in segments) segment.Filter();
        }
        catch
        {
            foreach (var segment in segments) segment.Release();
            folder.Dispose();
            throw;
        }

        return new(folder, manifest, segments, manifest?.Count ?? 0, filters);
    }

    /// <summary>As the other one, when change sets have no names.</summary>
    public void Apply(long position, ReadOnlySpan<IndexChange> changes) => Apply(new IndexPoint(position, Guid.Empty), changes);

    /// <summary>
    /// Takes in one change set; the last change of a record counts. A large set may come in several of one position, as long as nobody
    /// trusts <see cref="Position"/> before the last.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is before <see cref="Position"/>: history does not run backwards.</exception>
    /// <exception cref="ArgumentException">A change has the default number or range, or a kind above 31. Nothing was applied.</exception>
    public void Apply(IndexPoint point, ReadOnlySpan<IndexChange> changes) => Apply((IndexPoint?)point, changes);

    /// <summary>
    /// Takes in changes of later change sets while an earlier one is being loaded: where the index stands is left to the load, which may be
    /// published at any moment.
    /// </summary>
    /// <exception cref="ArgumentException">As of <see cref="Apply(IndexPoint, ReadOnlySpan{IndexChange})"/>.</exception>
    public void ApplyAhead(ReadOnlySpan<IndexChange> changes) => Apply((IndexPoint?)null, changes);

    private void Apply(IndexPoint? moved, ReadOnlySpan<IndexChange> changes)
    {
        lock (writing)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            var point = moved ?? this.point;
            ArgumentOutOfRangeException.ThrowIfLessThan(point.Position, this.point.Position, nameof(point));
            foreach (var change in changes) Require(change);
            var (older, active) = (layers.Older.Length - 1, layers.Active);
            var grown = 0L;
            var last = new Dictionary<long, IndexChange>(changes.Length);
            foreach (var change in changes) last[change.Record] = change;
            foreach (var change in last.Values)
            {
                var word = active.Of(change.Record);
                var known = word == Word.Silent ? layers.Knows(change.Record, older) : word == Word.Known;
                grown += (change is Removed ? 0 : 1) - (known ? 1 : 0);
            }

            if (last.Count > 0) active.Apply(last.Values);
            Volatile.Write(ref count, count + grown);
            this.point = point;
            isAhead = moved is null ? isAhead || last.Count > 0 : false;
            Volatile.Write(ref position, point.Position);
        }
    }

    /// <summary>
    /// Lets go of files and memory. Searches that run go on to their end, a merge that runs is ended and waited for; nothing may begin any
    /// more.
    /// </summary>
    public void Dispose()
    {
        if (Volatile.Read(ref closed)) return;
        closing.Cancel();
        lock (compacting)
        {
            lock (writing)
            {
                if (closed) return;
                closed = true;
                layers.Release();
                folder?.Dispose();
            }
        }
    }

    internal static void Require(IndexChange change)
    {
        var good = change switch
        {
            IndexedNumber number => number.Number.Length > 0 && number.Kind <= IndexChange.MaxKind,
            IndexedRange range => range.Range.First.Length > 0 && range.Kind <= IndexChange.MaxKind,
            _ => true,
        };
        if (!good) throw new ArgumentException("A change has no number, or a kind beyond the mask.", nameof(change));
    }

    /// <summary>Before a segment is among the layers.</summary>
    private void Prepare(Segment segment)
    {
        if (filters) segment.Filter();
    }

    private Layers Hold()
    {
        while (true)
        {
            var now = Volatile.Read(ref layers);
            if (now.TryHold()) return now;
            ObjectDisposedException.ThrowIf(Volatile.Read(ref closed), this);
        }
    }

    /// <summary>Only under the lock. The old snapshot lives as long as searches hold it.</summary>
    private void Swap(IReadOnlyList<Layer> older, Delta active)
    {
        var before = layers;
        Volatile.Write(ref layers, new(older, active));
        before.Release();
    }
}

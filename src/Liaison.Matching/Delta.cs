using System.Collections.Concurrent;

namespace Liaison.Matching;

/// <summary>
/// The newest layer, in memory: what changed since the segments were written. One writer; searches beside it see each record as it was
/// before or as it is after, and what a set adds before what it takes away.
/// </summary>
internal sealed class Delta : Layer
{
    /// <summary>By folded number, so that one probe finds the exact and the confusable. Arrays are replaced, never written to.</summary>
    private readonly ConcurrentDictionary<NumberKey, IndexedNumber[]> numbers = new();
    private readonly ConcurrentDictionary<RangeGroup, RangeRow[]> ranges = new();
    private readonly ConcurrentDictionary<long, IndexChange> records = new();
    private long moves;
    private int size;

    public override long Size => Volatile.Read(ref size);

    /// <summary>Goes up before a record leaves a place for another: a search that saw it go up looks again.</summary>
    public long Moves => Volatile.Read(ref moves);

    /// <summary>What it knows of its records, tombstones too. Only when nothing is applied any more, or by the writer.</summary>
    public IEnumerable<IndexChange> Changes => records.Values;

    public override Word Of(long record) =>
        size == 0 || !records.TryGetValue(record, out var change) ? Word.Silent : change is Removed ? Word.Gone : Word.Known;

    public override void Find(in NumberKey probe, ulong hash, in Question question, NumberMatch slip, ref Findings findings, int layer)
    {
        if (size == 0 || !numbers.TryGetValue(probe, out var posting)) return;
        foreach (var entry in posting) Judge(new(entry.Number, entry.Record, entry.Issuer, entry.Kind), question, slip, ref findings, layer);
    }

    public override void FindRanges(ushort issuer, in Question question, in NumberKey folded, ref Findings findings, int layer)
    {
        if (size > 0 && ranges.TryGetValue(new(issuer, folded.Length), out var rows))
            RangeRow.Find(rows, issuer, question, folded, ref findings, layer);
    }

    /// <summary>Each record at most once.</summary>
    public void Apply(IReadOnlyCollection<IndexChange> changes)
    {
        var gone = new List<IndexedNumber>();
        var arriving = new Dictionary<RangeGroup, Dictionary<long, RangeRow>>();
        var leaving = new Dictionary<RangeGroup, HashSet<long>>();
        Volatile.Write(ref size, size + changes.Count); // before the first is visible: a search passes by an empty layer
        foreach (var change in changes)
        {
            records.TryGetValue(change.Record, out var old);
            if (change is IndexedNumber number) Add(number);
            else if (change is IndexedRange range) Of(arriving, RangeGroup.Of(range))[range.Record] = new(range);

            // What stays in its place was replaced there; only what moved or ended is taken away, when all additions are visible.
            if (old is IndexedNumber before && !(change is IndexedNumber now && before.Number.Fold() == now.Number.Fold())) gone.Add(before);
            if (old is IndexedRange past && !(change is IndexedRange here && RangeGroup.Of(past) == RangeGroup.Of(here)))
                Of(leaving, RangeGroup.Of(past)).Add(past.Record);
        }

        foreach (var (group, added) in arriving) ranges[group] = Arranged(ranges.GetValueOrDefault(group, []), added);
        // Older layers lose their word on a record only when this layer can already be searched for it.
        foreach (var change in changes) records[change.Record] = change;
        // A set that only takes away moves nothing.
        if (gone.Count + leaving.Count > 0 && changes.Any(change => change is not Removed)) Interlocked.Increment(ref moves);
        foreach (var number in gone) Remove(number);
        foreach (var (group, lost) in leaving)
        {
            var rest = ranges[group].Where(row => !lost.Contains(row.Record)).ToArray();
            RangeRow.Arrange(rest);
            if (rest.Length == 0) ranges.TryRemove(group, out _);
            else ranges[group] = rest;
        }

        Volatile.Write(ref size, records.Count);
    }

    private static RangeRow[] Arranged(RangeRow[] rows, Dictionary<long, RangeRow> added)
    {
        RangeRow[] all = [.. rows.Where(row => !added.ContainsKey(row.Record)), .. added.Values];
        RangeRow.Arrange(all);
        return all;
    }

    private void Add(IndexedNumber number)
    {
        var key = number.Number.Fold();
        numbers[key] = numbers.TryGetValue(key, out var posting)
            ? [.. posting.Where(entry => entry.Record != number.Record), number]
            : [number];
    }

    private void Remove(IndexedNumber number)
    {
        var key = number.Number.Fold();
        var rest = Array.FindAll(numbers[key], entry => entry.Record != number.Record);
        if (rest.Length == 0) numbers.TryRemove(key, out _);
        else numbers[key] = rest;
    }

    private static T Of<T>(Dictionary<RangeGroup, T> groups, RangeGroup group)
        where T : new() =>
        groups.TryGetValue(group, out var found) ? found : groups[group] = new T();

    private readonly record struct RangeGroup(ushort Issuer, int Length)
    {
        public static RangeGroup Of(IndexedRange entry) => new(entry.Issuer, entry.Range.First.Length);
    }
}

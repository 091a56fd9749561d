using Liaison.Hits.Storage;
using Liaison.Platform.Data;
using Liaison.Platform.Searches;
using Npgsql;

namespace Liaison.Hits.Late;

/// <summary>
/// Goes through the change log of a dataset, in order. A search that becomes known only after the changes that it did not see were gone through lets
/// them be gone through again: once for all such searches, and a large one no sooner than after a while.
/// </summary>
/// <remarks>Not thread-safe: of the one worker.</remarks>
internal sealed class LeadSearch(IPastSearches dataset, KeptIndex index, TellLate tell, int large, TimeProvider clock)
{
    private const int SetsAtOnce = 1_000;

    /// <summary>Searches that were answered while a large set was on its way into the index go on coming for a while.</summary>
    private static readonly TimeSpan LargeAgain = TimeSpan.FromSeconds(15);

    /// <summary>Nobody writes a search to the audit longer than this.</summary>
    private static readonly TimeSpan LongestSearch = TimeSpan.FromMinutes(10);

    private readonly Dictionary<long, (ChangeSet Set, DateTimeOffset Due)> largeAgain = [];
    private LeadProgress? progress;

    /// <summary>Searches from before this moment were known when the changes that they did not see were gone through.</summary>
    public DateTimeOffset Since { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Goes on where somebody was before.</summary>
    public async Task LoadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        progress = await LeadStore.ProgressAsync(connection, dataset.Dataset, cancellation);
        if (progress is not null) Since = progress.At - LongestSearch;
    }

    /// <summary>Where to begin when nobody did before.</summary>
    public void BeginAt(long position) => progress ??= new(position, 0, clock.GetUtcNow());

    /// <param name="connection">That holds the leads.</param>
    /// <param name="earliest">The position that the earliest of the searches that were just learned was answered from.</param>
    /// <param name="readUntil">All searches from before this moment are known: whoever goes on from here has to make up for those that came after.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(NpgsqlConnection connection, long? earliest, DateTimeOffset readUntil, CancellationToken cancellation)
    {
        if (earliest is { } late && late < progress!.Position) await AgainAsync(connection, late, cancellation);
        foreach (var (position, again) in largeAgain.Where(l => l.Value.Due <= clock.GetUtcNow()).ToArray())
        {
            largeAgain.Remove(position);
            await foreach (var page in dataset.PrintsAsync([again.Set], 0, cancellation)) await tell.RunAsync(connection, index, dataset, page, cancellation);
        }

        var before = progress!;
        progress = before with { At = readUntil };
        while (await ChangeLog.AfterAsync(connection, progress!.Position, SetsAtOnce, cancellation) is { Count: > 0 } sets)
        {
            foreach (var group in Groups(sets)) await GoThroughAsync(connection, group, cancellation);
        }

        if ((progress.Position, progress.Record) != (before.Position, before.Record)) await LeadStore.SaveAsync(connection, dataset.Dataset, progress, cancellation);
    }

    private async Task AgainAsync(NpgsqlConnection connection, long from, CancellationToken cancellation)
    {
        while (from < progress!.Position && await ChangeLog.AfterAsync(connection, from, SetsAtOnce, cancellation) is { Count: > 0 } sets)
        {
            from = sets[^1].Position;
            foreach (var group in Groups([.. sets.Where(s => s.Position <= progress.Position)]))
            {
                if (IsLarge(group[0])) largeAgain.TryAdd(group[0].Position, (group[0], clock.GetUtcNow() + LargeAgain));
                else await foreach (var page in PagesAsync(group, 0, cancellation)) await tell.RunAsync(connection, index, dataset, page, cancellation);
            }
        }
    }

    private async Task GoThroughAsync(NpgsqlConnection connection, ChangeSet[] group, CancellationToken cancellation)
    {
        await foreach (var page in PagesAsync(group, progress!.Record, cancellation))
        {
            await tell.RunAsync(connection, index, dataset, page, cancellation);
            if (!IsLarge(group[0])) continue;
            progress = progress with { Record = page.Through };
            await LeadStore.SaveAsync(connection, dataset.Dataset, progress, cancellation);
        }

        progress = progress with { Position = group[^1].Position, Record = 0 };
    }

    private async IAsyncEnumerable<PrintPage> PagesAsync(
        ChangeSet[] group, long after, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        ChangeSet[] own = [.. group.Where(s => s.Module == dataset.Dataset)];
        if (own.Length == 0) yield break;
        await foreach (var page in dataset.PrintsAsync(own, after, cancellation)) yield return page;
    }

    /// <summary>Small sets that follow one another together, a large one alone.</summary>
    private IEnumerable<ChangeSet[]> Groups(List<ChangeSet> sets)
    {
        var (group, records) = (new List<ChangeSet>(), 0L);
        foreach (var set in sets)
        {
            if (group.Count > 0 && (IsLarge(set) || records + set.Records > large))
            {
                yield return [.. group];
                (group, records) = ([], 0);
            }

            group.Add(set);
            records += set.Module == dataset.Dataset ? set.Records : 0;
            if (!IsLarge(set)) continue;
            yield return [.. group];
            (group, records) = ([], 0);
        }

        if (group.Count > 0) yield return [.. group];
    }

    private bool IsLarge(ChangeSet set) => set.Module == dataset.Dataset && set.Records > large;
}

using Liaison.Platform.Data;
using Liaison.Platform.Searches;
using Npgsql;

namespace Liaison.Hits.Late;

/// <summary>
/// Under load a node holds what is kept of searches for a moment after they are in the audit. What it held when it died is made anew here, from the
/// audit: a little too much rather than too little, for what is kept twice is told once.
/// </summary>
internal sealed class LostSearches(IReadOnlyList<IPastSearches> datasets, TimeProvider clock)
{
    /// <summary>Who lives says so ten times a second, or has nothing to say.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1), Pace = TimeSpan.FromSeconds(5);

    /// <summary>Longer than a search waits for its place in the audit, and than clocks of nodes differ.</summary>
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longer than change sets take from their beginning, whose moment the change log has, to their place in a node's index: a file of ten million takes some five minutes.
    /// What is held against a search although its answer told of it, is not told again.
    /// </summary>
    private static readonly TimeSpan LongestChange = TimeSpan.FromHours(1);

    private DateTimeOffset due;

    /// <summary>When it is time, looks whether a node died.</summary>
    public async Task RunAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (now < due) return;
        due = now + Pace;
        foreach (var (writer, through) in await KeptSearches.SilentAsync(connection, Silence, cancellation))
        {
            var (from, to) = (through - Around, through + Around);
            var kept = await KeptSearches.EntriesAsync(connection, from, to + Around, cancellation);
            var position = await ChangeLog.LastAsync(connection, from - LongestChange, cancellation);
            var made = new List<Inquiry>();
            foreach (var dataset in datasets)
            {
                foreach (var asked in await KeptSearches.OthersAsync(connection, dataset.Event, from, to, kept, cancellation))
                {
                    if (dataset.Remember(asked, position) is { } inquiry) made.Add(inquiry);
                }
            }

            await KeptSearches.ReplaceAsync(connection, writer, made, now, cancellation);
        }
    }
}

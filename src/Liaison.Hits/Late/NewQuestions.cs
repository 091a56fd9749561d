using Liaison.Hits.Storage;
using Npgsql;

namespace Liaison.Hits.Late;

/// <summary>
/// Questions that were let stand since the last look. A record that no search found yet, because its import was on its way into the index, may have been gone
/// through before the question was there.
/// </summary>
/// <param name="since">When whoever did this before may have looked last.</param>
/// <param name="clock">The time.</param>
/// <remarks>Not thread-safe: of the one worker.</remarks>
internal sealed class NewQuestions(DateTimeOffset since, TimeProvider clock)
{
    /// <summary>Longer than any write takes: so long after its moment a question may be committed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private HashSet<Guid> known = [];
    private DateTimeOffset from = since;

    /// <returns>The position of the earliest of those that came; nothing when there are none.</returns>
    public async Task<long?> EarliestAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var asked = await StandingStore.AskedAfterAsync(connection, from, cancellation);
        var before = known;
        (known, from) = ([.. asked.Select(a => a.Id)], now - Patience);
        return asked.Where(a => !before.Contains(a.Id)).Select(a => (long?)a.Position).Min();
    }
}

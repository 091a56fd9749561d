using Liaison.Platform.Searches;

namespace Liaison.Hits.Open;

/// <summary>How records of all datasets stand now. Events tell what was so when they were written, and may be taken late.</summary>
internal sealed class RecordsNow(IEnumerable<IPastSearches> datasets)
{
    /// <summary>Those that are there, by their ids. Under the lock of those who open, nothing of it is overtaken by what was said before.</summary>
    public async Task<Dictionary<Guid, RecordNow>> OfAsync(Guid[] records, CancellationToken cancellation)
    {
        var now = new Dictionary<Guid, RecordNow>();
        foreach (var dataset in datasets)
        {
            foreach (var record in await dataset.NowAsync(records, cancellation)) now[record.Id] = record;
        }

        return now;
    }
}
